/** A plan as data (`--json`) and as a table for people. Names as Prometheus would have them: base units, snake case. */
import type { ClosedLoop } from './closed-loop.ts';
import type { DecidedBy, Plan, Step } from './plan.ts';

export interface PlanReport {
  /** all queues together */
  readonly workers: number;
  readonly utilisation: number;
  /** of the simulation; null where they never catch up */
  readonly wait_p99_s: number | null;
  /** upper end of its 95 % confidence interval */
  readonly wait_p99_high_s: number | null;
  readonly wait_mean_s: number | null;
  /** by the formula alone */
  readonly erlang_wait_p99_s: number | null;
  readonly load: number;
  readonly catches_up: boolean;
  /** until the backlog of a minute without workers is read */
  readonly catch_up_s: number | null;
  readonly decided_by: DecidedBy;
  /** workers by each step, all queues together */
  readonly needed: Plan['needed'];
  readonly cells: number;
  readonly workers_per_cell: number;
  readonly seed: number;
}

export function planReport({ answer, cells, ...plan }: Plan): PlanReport {
  const { simulated } = answer;
  return {
    workers: answer.workers * cells,
    utilisation: round(answer.utilisation, 4),
    wait_p99_s: rounded(simulated?.waitQuantile.mean),
    wait_p99_high_s: rounded(simulated?.waitQuantile.high),
    wait_mean_s: rounded(simulated?.waitMean.mean),
    erlang_wait_p99_s: rounded(answer.erlangP99 ?? undefined),
    load: round(plan.load, 4),
    catches_up: plan.catchesUp,
    catch_up_s: rounded(plan.catchUpSeconds ?? undefined),
    decided_by: plan.decidedBy,
    needed: {
      load: plan.needed.load * cells,
      erlang_c: plan.needed.erlang_c * cells,
      simulation: plan.needed.simulation * cells,
      headroom: plan.needed.headroom * cells,
    },
    cells,
    workers_per_cell: answer.workers,
    seed: plan.request.seed,
  };
}

const rounded = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : round(value, 4);

function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

const WHY: Readonly<Record<DecidedBy, string>> = {
  load: 'the offered load',
  erlang_c: 'the wait, by Erlang C; the simulation agrees',
  simulation: 'the wait, by the simulation',
  headroom: 'the headroom for a lost worker and a busier minute',
  given: 'you',
};

export function planTable(plan: Plan): string {
  const { answer, cells, load, needed, request } = plan;
  const rows: [string, string][] = [['offered load', `${number(load)} workers busy in the mean`]];
  if (plan.decidedBy !== 'given') {
    rows.push(
      ['to keep up at all', `${needed.load * cells}`],
      ['by Erlang C', line(needed.erlang_c * cells, stepOf(plan, needed.erlang_c), cells)],
      ['by the simulation', line(needed.simulation * cells, stepOf(plan, needed.simulation), cells)],
      [`busy for ${percent(request.mostBusy)} at most`, `${needed.headroom * cells}`],
    );
  }
  if (cells > 1) rows.push(['queues', `${cells}, with ${answer.workers} workers each`]);
  rows.push(
    ['workers', line(answer.workers * cells, answer, cells)],
    ['decided by', WHY[plan.decidedBy]],
    [
      'a minute without any',
      plan.catchUpSeconds === null
        ? 'is never caught up with'
        : `is caught up with after ${time(plan.catchUpSeconds)}`,
    ],
  );
  return table(rows);
}

const stepOf = ({ tried }: Plan, workers: number): Step | undefined =>
  tried.find((step) => step.workers === workers);

function line(workers: number, step: Step | undefined, cells: number): string {
  if (step === undefined) return `${workers}`;
  const { simulated, erlangP99, utilisation } = step;
  const parts = [`${workers}`, `${percent(utilisation)} busy`];
  if (simulated === undefined || erlangP99 === null) return [...parts, 'never catch up'].join(', ');
  const { mean, high } = simulated.waitQuantile;
  parts.push(`99 % wait ${time(mean)} at most (95 % sure of ${time(high)}; formula ${time(erlangP99)})`);
  return parts.join(', ') + (cells > 1 ? ', each queue' : '');
}

export interface ClosedLoopReport {
  readonly clients: number;
  readonly workers: number;
  readonly served: number;
  readonly served_share: number;
  readonly refused: number;
  readonly timed_out: number;
  readonly wait_p99_s: number | null;
  /** erlangs, were they all streams that go on */
  readonly load: number;
  readonly catches_up: boolean;
}

export function closedLoopReport(loop: ClosedLoop, workers: number, rtf: number): ClosedLoopReport {
  return {
    clients: loop.clients,
    workers,
    served: loop.served,
    served_share: round(loop.served / loop.clients, 4),
    refused: loop.refused,
    timed_out: loop.timedOut,
    wait_p99_s: rounded(loop.waitP99 ?? undefined),
    load: round(loop.clients * rtf, 4),
    catches_up: loop.clients * rtf < workers,
  };
}

export function closedLoopTable(report: ClosedLoopReport): string {
  const { clients, served, refused, timed_out, wait_p99_s, workers, load } = report;
  const share = (many: number) => `${many} (${percent(many / clients)})`;
  return table([
    ['ask at once', `${clients}, of ${workers} worker${workers === 1 ? '' : 's'}`],
    ['served in time', share(served)],
    ['refused at once', share(refused)],
    ['timed out', share(timed_out)],
    ['99 % of those served waited', wait_p99_s === null ? '-' : `${time(wait_p99_s)} at most`],
    [
      'as streams that go on',
      `${number(load)} workers' load: ${report.catches_up ? 'caught up with' : 'never caught up with'}`,
    ],
  ]);
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

const number = (value: number): string => (value < 100 ? value.toFixed(1) : Math.round(value).toString());
const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

export function time(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'for ever';
  if (seconds < 0.001) return '0 s';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 100 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}
