import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { runPlan } from '../../server/cli/plan.ts';
import { planArgs, secondsOf } from '../../server/cli/plan-args.ts';
import { createChance } from '../../server/plan/chance.ts';
import { closedLoop } from '../../server/plan/closed-loop.ts';
import { type Demand, requestRate, shareOf, startDemand } from '../../server/plan/demand.ts';
import {
  erlangB,
  erlangC,
  fewestServers,
  waitBeyond,
  waitMean,
  waitQuantile,
} from '../../server/plan/erlang.ts';
import { MOST_IN_A_CELL, type PlanRequest, plan, serviceOf } from '../../server/plan/plan.ts';
import { createSimulatedWorkers, gainOf } from '../../server/plan/simulated-workers.ts';
import { steadyState } from '../../server/plan/steady-state.ts';
import { createVirtualTime } from '../../server/plan/virtual-time.ts';

const ALONE = { rtf: 0.1, lanes: 1, batchGain: 1 };
const STREAMS: Demand = { kind: 'streams', streams: 500, seconds: 5.5, speechShare: 1 };
const asked = (more: Partial<PlanRequest> = {}): PlanRequest => ({
  ...{ demand: STREAMS, shape: ALONE, waitP99: 2, mostBusy: 0.7, seed: 1 },
  ...more,
});

describe('Erlang B and C', () => {
  // The tables that telephone engineers plan by: offered erlangs at which 1 % (2 %) are lost.
  test.each([
    [1, 0.0101, 0.01],
    [5, 1.36, 0.01],
    [10, 4.46, 0.01],
    [20, 12.0, 0.01],
    [30, 20.3, 0.01],
    [50, 37.9, 0.01],
    [100, 84.1, 0.01],
    [10, 5.08, 0.02],
    [20, 13.2, 0.02],
    [50, 40.3, 0.02],
  ])('%i servers and %f erlangs lose %f', (servers, load, lost) => {
    expect(Math.abs(erlangB(servers, load) / lost - 1)).toBeLessThan(0.04);
  });

  test.each([
    [1, 0.6, 0.6],
    [2, 1, 1 / 3],
    [3, 2, 4 / 9],
    [5, 4, 0.5541],
    [10, 8, 0.4092],
    [10, 9, 0.6687],
  ])('with %i servers and %f erlangs %f wait', (servers, load, waits) => {
    expect(erlangC(servers, load)).toBeCloseTo(waits, 4);
  });

  it('agrees with the defining sum in exact fractions', () => {
    for (const [servers, load] of [
      [7, 3],
      [30, 29],
      [72, 50],
      [200, 190],
    ] as const) {
      expect(erlangC(servers, load)).toBeCloseTo(exactErlangC(servers, load), 12);
    }
  });

  it('is stable to a hundred thousand servers, where powers and factorials are not', () => {
    const c = erlangC(100_000, 99_900);
    expect(c).toBeGreaterThan(0.5);
    expect(c).toBeLessThan(0.9);
    expect(erlangC(100_000, 50_000)).toBe(0);
    // Halfin and Whitt: with c = a + b sqrt(a), 1 / (1 + b Phi(b) / phi(b)) wait in the limit; b = 1 gives 0.2234.
    expect(erlangC(100_316, 100_000)).toBeCloseTo(0.2234, 2);
  });

  it('more servers never wait more, more load never less, and the tail falls', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        (servers, busy, seconds) => {
          const queue = { servers, load: servers * busy, service: 0.5 };
          const p = waitBeyond(queue, seconds);
          expect(p).toBeGreaterThanOrEqual(0);
          expect(p).toBeLessThanOrEqual(1);
          expect(waitBeyond({ ...queue, servers: servers + 1 }, seconds)).toBeLessThanOrEqual(p);
          expect(waitBeyond({ ...queue, load: queue.load * 0.9 }, seconds)).toBeLessThanOrEqual(p);
          expect(waitBeyond(queue, seconds + 1)).toBeLessThanOrEqual(p);
          expect(waitQuantile({ ...queue, servers: servers + 1 }, 0.99)).toBeLessThanOrEqual(
            waitQuantile(queue, 0.99),
          );
        },
      ),
    );
  });

  it('the fewest servers keep the wait and one less does not', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 300, noNaN: true }),
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        fc.double({ min: 0.01, max: 30, noNaN: true }),
        (load, service, seconds) => {
          const servers = fewestServers({ load, service }, { share: 0.99, seconds });
          expect(waitQuantile({ servers, load, service }, 0.99)).toBeLessThanOrEqual(seconds);
          expect(waitQuantile({ servers: servers - 1, load, service }, 0.99)).toBeGreaterThan(seconds);
        },
      ),
    );
  });
});

/** C = (a^c/c!)(c/(c-a)) / (sum_{k<c} a^k/k! + (a^c/c!)(c/(c-a))), all times c!(c-a), for whole numbers. */
function exactErlangC(servers: number, load: number): number {
  const c = BigInt(servers);
  const a = BigInt(load);
  let factorial = 1n;
  for (let k = 1n; k <= c; k += 1n) factorial *= k;
  let sum = 0n;
  let term = factorial;
  for (let k = 0n; k < c; k += 1n) {
    sum += term;
    term = (term * a) / (k + 1n);
  }
  const waiting = a ** c * c;
  return Number((waiting * 10n ** 18n) / (sum * (c - a) + waiting)) / 1e18;
}

describe('the simulation with the real gate', () => {
  // Poisson arrivals and exponential lengths: what the formula takes for granted.
  const poisson = (load: number): Demand => ({
    ...{ kind: 'files', perSecond: load / 0.5, seconds: 5, speechShare: 1 },
  });

  test.each([
    [2, 1],
    [10, 8],
    [40, 34],
  ])('%i workers under %i erlangs wait as Erlang C says, within its confidence', async (workers, load) => {
    const run = await steadyState({
      ...{ demand: poisson(load), shape: ALONE, workers, share: 0.99, seed: 7 },
    });
    const queue = { servers: workers, load, service: 0.5 };
    // Three times the half width of a 95 % interval: what chance alone does not reach.
    const near = ({ mean, high }: { mean: number; high: number }, expected: number) =>
      expect(Math.abs(mean - expected)).toBeLessThanOrEqual(3 * (high - mean) + 1e-9);
    near(run.waited, erlangC(workers, load));
    near(run.waitMean, waitMean(queue));
    near(run.waitQuantile, waitQuantile(queue, 0.99));
    expect(run.waitMean.high - run.waitMean.mean).toBeLessThan(0.5 * run.waitMean.mean);
    expect(run.busy).toBeCloseTo(load / workers, 1);
  });

  it('is the same for the same seed, and another for another', async () => {
    const options = { demand: poisson(4), shape: ALONE, workers: 5, share: 0.99 };
    const [one, again, other] = await Promise.all([1, 1, 2].map((seed) => steadyState({ ...options, seed })));
    expect(again?.waits).toEqual(one?.waits);
    expect(other?.waits).not.toEqual(one?.waits);
  });

  it('batches in full lanes get through more, in half full ones less than that', async () => {
    const shape = { rtf: 0.1, lanes: 8, batchGain: 2 };
    expect([1, 4, 8, 9].map((width) => gainOf(shape, width).toFixed(2))).toEqual([
      '1.00',
      '1.43',
      '2.00',
      '2.00',
    ]);
    const clock = createVirtualTime();
    const crowd = createSimulatedWorkers({ ...shape, workers: 1, clock, maxWaiting: 100 });
    let left = 17;
    for (let each = 0; each < 17; each += 1) {
      void crowd.read({ priority: 'live', windows: [10] }).then(() => {
        left -= 1;
      });
    }
    await clock.run(() => left === 0);
    // The first lane starts alone or with those submitted at the same moment: 8 + 8 + 1 windows of 1 s each.
    expect(clock.now()).toBeCloseTo(4000 + 4000 + 1000, 6);
    expect(crowd.busyMs).toBeCloseTo(clock.now(), 6);
  });
});

describe('what was reported', () => {
  it('500 clients, one worker, 60 s: about a fifth are served, the rest hear nothing', async () => {
    const loop = { clients: 500, workers: 1, shape: ALONE, seconds: 5.5, timeoutSeconds: 60, seed: 1 };
    const unbounded = await closedLoop({ ...loop, maxWaiting: Number.POSITIVE_INFINITY });
    expect(unbounded.served / 500).toBeGreaterThan(0.18);
    expect(unbounded.served / 500).toBeLessThan(0.26);
    expect(unbounded).toMatchObject({ refused: 0, timedOut: 500 - unbounded.served });
    // With a bound that the time can hold as many are served, and the others know at once.
    const bounded = await closedLoop({ ...loop, maxWaiting: 95 });
    expect(bounded).toMatchObject({ served: 96, refused: 404, timedOut: 0 });
  });

  it('50 workers for 500 streams never catch up with a minute that was lost, 60 do', async () => {
    const fifty = await plan(asked({ workers: 50 }));
    expect(fifty).toMatchObject({ load: 50, catchesUp: false, catchUpSeconds: null, decidedBy: 'given' });
    expect(fifty.answer).toMatchObject({ utilisation: 1, erlangP99: null, simulated: undefined });
    const answer = await plan(asked({ workers: 60 }));
    expect(answer).toMatchObject({ catchesUp: true, catchUpSeconds: 300 });
    // A tenth of it, through the gate, 10 s after 5 s were lost and 50 s later still.
    expect(await backlogAfter(5, 60)).toBeGreaterThan(0.6 * (await backlogAfter(5, 10)));
    expect(await backlogAfter(8, 60)).toBeLessThan(5);
  });

  it('50 clients that go on with one worker fall further and further behind', async () => {
    const [minute, ten] = [await backlogAfter(1, 6, 50, 0), await backlogAfter(1, 60, 50, 0)];
    expect(ten / minute).toBeGreaterThan(7);
  });
});

/** Requests in line `seconds` after so many seconds of work had been left lying, through the real gate. */
async function backlogAfter(workers: number, seconds: number, streams = 50, lost = 5): Promise<number> {
  const demand = { ...STREAMS, streams };
  const clock = createVirtualTime();
  const crowd = createSimulatedWorkers({
    ...{ ...ALONE, workers, clock, maxWaiting: Number.POSITIVE_INFINITY },
  });
  const ask = (windows: readonly number[]) => void crowd.read({ priority: 'live', windows });
  for (let each = 0; each < lost * requestRate(demand); each += 1) ask([5.5]);
  startDemand(demand, { clock, chance: createChance(3) }, ({ windows }) => ask(windows));
  await clock.run(() => clock.now() >= 1000 * seconds);
  return crowd.stats().waiting;
}

describe('sotto plan', () => {
  async function sotto(...args: string[]) {
    let stdout = '';
    const output = {
      ...{ terminal: false, error: () => {}, status: () => {} },
      async write(text: string) {
        stdout += text;
      },
    };
    return { code: await runPlan(args, output), stdout };
  }

  it('--json and --html: data, and a page that needs nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sotto-plan-'));
    const html = join(folder, 'plan.html');
    const flags = ['--streams', '20', '--rtf', '0.1', '--wait-p99', '500ms', '--json', '--html', html];
    const { code, stdout } = await sotto(...flags);
    const page = await readFile(html, 'utf8');
    await rm(folder, { recursive: true });
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      load: 2,
      catches_up: true,
      cells: 1,
      needed: { load: 3, headroom: 3 },
      seed: 1,
    });
    expect(report.utilisation).toBeCloseTo(2 / report.workers, 4);
    expect(report.wait_p99_s).toBeLessThanOrEqual(0.5);
    expect(page.match(/<svg /g)).toHaveLength(3);
    expect(page).toContain('prefers-color-scheme:dark');
    expect(page).not.toMatch(/<script|https?:|NaN|Infinity/);
  });

  it('--clients tells who was served', async () => {
    const { stdout } = await sotto(
      '--clients',
      '50',
      '--rtf',
      '0.1',
      '--timeout',
      '10s',
      '--queue',
      '9',
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      clients: 50,
      workers: 1,
      refused: 40,
      load: 5,
      catches_up: false,
    });
  });

  test.each([
    [[], 'one of --streams'],
    [['--streams', '5'], '--rtf is needed'],
    [['--streams', '5', '--clients', '5', '--rtf', '1'], 'one of --streams'],
    [['--streams', '0', '--rtf', '1'], '--streams must be'],
    [['--streams', '5', '--rtf', '1', '--wait-p99', 'soon'], '--wait-p99 must be a time'],
    [['--streams', '5', '--rtf', '1', '--batch-gain', '2'], 'cannot be more than --lanes'],
    [['--streams', '5', '--rtf', '1', '--nonsense'], 'nonsense'],
  ])('refused: %j', (args, why) => {
    expect(() => planArgs(args)).toThrow(why);
  });

  test.each([
    ['2s', 2],
    ['500ms', 0.5],
    ['1.5m', 90],
    ['3', 3],
  ])('%s is %f seconds', (text, seconds) => expect(secondsOf('x', text)).toBeCloseTo(seconds, 9));
});

describe('a plan', () => {
  it('500 streams at 0.1: load, Erlang C, simulation, headroom', async () => {
    const made = await plan(asked());
    expect(made.load).toBeCloseTo(50, 9);
    expect(made.needed).toMatchObject({ load: 51, headroom: 72 });
    expect(made.needed.erlang_c).toBe(
      fewestServers({ load: 50, service: 0.55 }, { share: 0.99, seconds: 2 }),
    );
    expect(made.needed.simulation).toBeGreaterThanOrEqual(made.needed.erlang_c);
    expect(made).toMatchObject({ decidedBy: 'headroom', cells: 1, answer: { workers: 72 } });
    expect(made.answer.simulated?.waitQuantile.high).toBeLessThanOrEqual(2);
    expect(made.answer.simulated?.busy).toBeCloseTo(50 / 72, 1);
  });

  it('the simulation raises what the formula takes for granted: batches that are rarely full', async () => {
    const shape = { rtf: 0.2, lanes: 4, batchGain: 2 };
    const made = await plan(asked({ demand: { ...STREAMS, streams: 30 }, shape, waitP99: 0.5, mostBusy: 1 }));
    expect(made.needed.simulation).toBeGreaterThan(made.needed.erlang_c);
    expect(made.decidedBy).toBe('simulation');
  });

  it('costs as much for a hundred million streams as for a thousand: counted moments', async () => {
    const cost = async (streams: number) => {
      const made = await plan(asked({ demand: { ...STREAMS, streams } }));
      expect(made.answer.workers).toBeLessThanOrEqual(MOST_IN_A_CELL);
      expect(made.answer.workers * made.cells).toBeGreaterThanOrEqual((streams * 0.1) / 0.7 - 1e-6);
      return made.tried.reduce((sum, { simulated }) => sum + (simulated?.moments ?? 0), 0);
    };
    const [thousand, hundredMillion] = [await cost(1_000), await cost(100_000_000)];
    expect(hundredMillion).toBeLessThan(2 * thousand);
  });

  it('cells share the demand', () => {
    const files: Demand = { kind: 'files', perSecond: 6, seconds: 60, speechShare: 0.5 };
    expect(requestRate(shareOf(files, 3))).toBe(2);
    expect(serviceOf(files, ALONE)).toBeCloseTo(3, 9);
    expect(requestRate(shareOf({ ...STREAMS, speechShare: 0.5 }, 2))).toBeCloseTo(250 / 11, 9);
  });
});

it('virtual time fires in order, the older first of two at once, and not what was cancelled', async () => {
  const times = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(times, async (delays) => {
      const clock = createVirtualTime();
      const fired: number[] = [];
      const cancels = delays.map((ms, index) => clock.after(ms, () => fired.push(index)));
      for (const [index, cancel] of cancels.entries()) if (index % 3 === 0) cancel();
      await clock.run(() => false);
      const expected = delays
        .map((ms, index) => ({ ms, index }))
        .filter(({ index }) => index % 3 !== 0)
        .sort((a, b) => a.ms - b.ms || a.index - b.index);
      expect(fired).toEqual(expected.map(({ index }) => index));
    }),
    { numRuns: 50 },
  );
});
