/** What a queue does in the long run: a seeded sample of requests through the real gate, with its uncertainty. */
import { toSottoError } from '../../shared/errors.ts';
import { createChance } from './chance.ts';
import { type Demand, requestRate, speechOf, startDemand } from './demand.ts';
import { createSimulatedWorkers, type WorkerShape } from './simulated-workers.ts';
import { createVirtualTime } from './virtual-time.ts';

export interface SteadyStateOptions {
  readonly demand: Demand;
  readonly shape: WorkerShape;
  readonly workers: number;
  /** of the wait, e.g. 0.99 */
  readonly share: number;
  readonly seed: number;
}

/** Seconds; Infinity where the line only grows. `high` is the upper end of the 95 % confidence interval. */
export interface Estimate {
  readonly mean: number;
  readonly high: number;
}

export interface SteadyState {
  readonly waitQuantile: Estimate;
  readonly waitMean: Estimate;
  /** share of arrivals that found no worker free */
  readonly waited: Estimate;
  /** measured busy share of the engines */
  readonly busy: number;
  /** seconds, sorted: all measured waits */
  readonly waits: readonly number[];
  /** moments that were simulated: its cost */
  readonly moments: number;
}

const BATCHES = 10;
const REQUESTS_A_BATCH = 2_000;
/** Student's t, 9 degrees of freedom, 97.5 %. */
const T_9 = 2.262;
/** The queue starts empty; it has forgotten that after some service times of every worker. */
const WARM_UP_SERVICES = 20;
const LEAST_WARM_UP = 1_000;
/** Requests in line for each place, and at least, from which on the workers are taken not to keep up. */
const HOPELESS_A_PLACE = 20;
const HOPELESS = 500;
/** A wait shorter than this is rounding. */
const NO_WAIT_MS = 1e-6;

const ENDLESS: Estimate = { mean: Number.POSITIVE_INFINITY, high: Number.POSITIVE_INFINITY };
const NEVER: Omit<SteadyState, 'moments'> = {
  ...{ waitQuantile: ENDLESS, waitMean: ENDLESS, waited: { mean: 1, high: 1 }, busy: 1, waits: [] },
};

/**
 * Batch means (A. M. Law, *Simulation Modeling and Analysis*, chapter 9): after a warm-up the requests are taken in
 * ten batches in the order in which they came; the figures of the batches give the mean and its confidence interval.
 */
export async function steadyState(options: SteadyStateOptions): Promise<SteadyState> {
  const { demand, shape, workers, share, seed } = options;
  const clock = createVirtualTime();
  const crowd = createSimulatedWorkers({ ...shape, workers, clock, maxWaiting: Number.POSITIVE_INFINITY });
  const load = requestRate(demand) * speechOf(demand) * shape.rtf;
  const warmUp = Math.ceil(Math.max(LEAST_WARM_UP, WARM_UP_SERVICES * load));
  const waits = new Float64Array(BATCHES * REQUESTS_A_BATCH);
  let asked = 0;
  let answered = 0;
  let failure: unknown;
  let measuredFrom = { at: 0, busyMs: 0 };

  startDemand(demand, { clock, chance: createChance(seed) }, (request) => {
    if (asked === warmUp) measuredFrom = { at: clock.now(), busyMs: crowd.busyMs };
    const place = asked - warmUp;
    asked += 1;
    crowd.read(request).then(
      (waitMs) => {
        if (place < 0 || place >= waits.length) return;
        waits[place] = waitMs < NO_WAIT_MS ? 0 : waitMs / 1000;
        answered += 1;
      },
      (thrown: unknown) => {
        failure ??= thrown;
      },
    );
  });
  const hopeless = HOPELESS + HOPELESS_A_PLACE * workers * shape.lanes;
  const behind = () => crowd.stats().waiting > hopeless;
  await clock.run(() => answered === waits.length || failure !== undefined || behind());
  if (failure !== undefined) throw toSottoError(failure);
  if (behind()) return { ...NEVER, moments: clock.moments };

  const batches = Array.from({ length: BATCHES }, (_, batch) =>
    waits.slice(batch * REQUESTS_A_BATCH, (batch + 1) * REQUESTS_A_BATCH).sort(),
  );
  const seconds = (clock.now() - measuredFrom.at) / 1000;
  return {
    waitQuantile: estimate(batches.map((batch) => quantile(batch, share))),
    waitMean: estimate(batches.map(mean)),
    waited: estimate(batches.map((batch) => batch.filter((wait) => wait > 0).length / batch.length)),
    busy: (crowd.busyMs - measuredFrom.busyMs) / 1000 / seconds / workers,
    waits: [...waits.sort()],
    moments: clock.moments,
  };
}

/** By nearest rank, of sorted values. */
export const quantile = (sorted: ArrayLike<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index] ?? 0;
  return values.length === 0 ? 0 : sum / values.length;
}

function estimate(values: readonly number[]): Estimate {
  const middle = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
  return { mean: middle, high: middle + T_9 * Math.sqrt(variance / values.length) };
}
