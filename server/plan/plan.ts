/** How many workers: offered load, Erlang C, then the real gate under virtual time, then room to spare. */
import { type Demand, requestRate, shareOf, speechOf } from './demand.ts';
import { erlangC, fewestServers, waitQuantile } from './erlang.ts';
import { gainOf, type WorkerShape } from './simulated-workers.ts';
import { type SteadyState, steadyState } from './steady-state.ts';

export interface PlanRequest {
  readonly demand: Demand;
  readonly shape: WorkerShape;
  /** seconds that 99 % of the requests wait at most, from the end of what was said (or sent) to its reading */
  readonly waitP99: number;
  /** the highest share of time that workers may be busy in the mean */
  readonly mostBusy: number;
  readonly seed: number;
  /** judge this number instead of looking for one */
  readonly workers?: number;
}

/** Which of the four steps asked for the most workers; `given` where the number was. */
export type DecidedBy = 'load' | 'erlang_c' | 'simulation' | 'headroom' | 'given';

export interface Step {
  /** of one queue */
  readonly workers: number;
  readonly utilisation: number;
  /** seconds; null where they never catch up */
  readonly erlangP99: number | null;
  readonly simulated: SteadyState | undefined;
}

export interface Plan {
  readonly request: PlanRequest;
  /** erlangs: workers that are busy in the mean, over all queues, batches full */
  readonly load: number;
  /** queues that share the demand, so that none has more than MOST_IN_A_CELL workers */
  readonly cells: number;
  readonly answer: Step;
  readonly decidedBy: DecidedBy;
  /** of one queue; the steps by their names */
  readonly needed: Readonly<Record<'load' | 'erlang_c' | 'simulation' | 'headroom', number>>;
  /** every number that was simulated on the way, fewest workers first */
  readonly tried: readonly Step[];
  readonly catchesUp: boolean;
  /** seconds until the backlog of a minute without any worker is read; null: never */
  readonly catchUpSeconds: number | null;
}

/**
 * Larger queues wait less at the same utilisation, so a plan in cells errs on the safe side, and its simulation
 * costs the same however many streams there are. Nobody runs thousands of workers behind one queue anyway.
 */
export const MOST_IN_A_CELL = 100;
const SHARE = 0.99;
const OUTAGE_SECONDS = 60;
const MOST_STEP = 1024;

/** Engine seconds that one request takes, in full batches. */
export const serviceOf = (demand: Demand, shape: WorkerShape): number =>
  (speechOf(demand) * shape.rtf) / gainOf(shape, shape.lanes);

export async function plan(request: PlanRequest): Promise<Plan> {
  const { demand, shape, waitP99, mostBusy, workers: given } = request;
  const service = serviceOf(demand, shape);
  const load = requestRate(demand) * service;
  const cells = Math.max(1, Math.ceil((given ?? load / mostBusy) / MOST_IN_A_CELL));
  const cell = { demand: shareOf(demand, cells), load: load / cells, service };
  const tried = new Map<number, Step>();

  async function attempt(workers: number): Promise<Step> {
    const known = tried.get(workers);
    if (known !== undefined) return known;
    const stable = cell.load < workers;
    const step: Step = {
      workers,
      utilisation: cell.load / workers,
      erlangP99: stable ? waitQuantile({ ...cell, servers: workers }, SHARE) : null,
      simulated: stable
        ? await steadyState({ demand: cell.demand, shape, workers, share: SHARE, seed: request.seed })
        : undefined,
    };
    tried.set(workers, step);
    return step;
  }

  const atLeast = Math.floor(cell.load) + 1;
  const byErlang = fewestServers(cell, { share: SHARE, seconds: waitP99 });
  const bySimulation =
    given === undefined
      ? await raise(byErlang, async (many) => keeps(await attempt(many), waitP99))
      : byErlang;
  // A hair less, so that 50 / 0.5 is 100 and not 101.
  const byHeadroom = Math.ceil(cell.load / mostBusy - 1e-9);
  const needed = { load: atLeast, erlang_c: byErlang, simulation: bySimulation, headroom: byHeadroom };
  const answer = await attempt(
    given === undefined ? Math.max(...Object.values(needed)) : Math.max(1, Math.round(given / cells)),
  );
  const spare = answer.workers - cell.load;
  return {
    request,
    load,
    cells,
    answer,
    decidedBy: given === undefined ? deciding(needed, answer.workers) : 'given',
    needed,
    tried: [...tried.values()].sort((a, b) => a.workers - b.workers),
    catchesUp: spare > 0,
    catchUpSeconds: spare > 0 ? (OUTAGE_SECONDS * cell.load) / spare : null,
  };
}

/** The wait is kept with confidence: by the upper end of its interval. */
const keeps = ({ simulated }: Step, waitP99: number): boolean =>
  simulated !== undefined && simulated.waitQuantile.high <= waitP99;

/** The fewest from `start` that are good enough: steps double until some are, then the last step is halved. */
async function raise(start: number, good: (workers: number) => Promise<boolean>): Promise<number> {
  if (await good(start)) return start;
  let bad = start;
  let step = 1;
  while (!(await good(bad + step))) {
    bad += step;
    step *= 2;
    if (step > MOST_STEP) throw new RangeError(`no number of workers up to ${bad} keeps this wait`);
  }
  let enough = bad + step;
  while (enough - bad > 1) {
    const middle = Math.floor((bad + enough) / 2);
    if (await good(middle)) enough = middle;
    else bad = middle;
  }
  return enough;
}

/** The simplest step that explains it. */
function deciding(needed: Plan['needed'], workers: number): DecidedBy {
  const names = ['load', 'erlang_c', 'simulation', 'headroom'] as const;
  return names.find((name) => needed[name] === workers) ?? 'simulation';
}

/** Share of arrivals that wait by Erlang C, in one queue. */
export const waitingShare = ({ request: { demand, shape }, cells }: Plan, workers: number): number =>
  erlangC(workers, (requestRate(demand) / cells) * serviceOf(demand, shape));
