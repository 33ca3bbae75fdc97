/** So many clients ask at once and give up after a while: what was reported of services without a bound. */
import { toSottoError } from '../../shared/errors.ts';
import { createChance } from './chance.ts';
import { createSimulatedWorkers, type WorkerShape } from './simulated-workers.ts';
import { quantile } from './steady-state.ts';
import { createVirtualTime } from './virtual-time.ts';

export interface ClosedLoopOptions {
  readonly clients: number;
  readonly workers: number;
  readonly shape: WorkerShape;
  /** mean clip */
  readonly seconds: number;
  readonly timeoutSeconds: number;
  /** requests that may wait; Infinity: no bound */
  readonly maxWaiting: number;
  readonly seed: number;
}

export interface ClosedLoop {
  readonly clients: number;
  readonly served: number;
  /** refused at once, with a reason */
  readonly refused: number;
  /** waited for the whole timeout and heard nothing */
  readonly timedOut: number;
  /** wait of those served, seconds; null where none was */
  readonly waitP99: number | null;
}

/** Every client asks once, at the same moment, for a clip of exponential length. */
export async function closedLoop(options: ClosedLoopOptions): Promise<ClosedLoop> {
  const { clients, workers, shape, seconds, timeoutSeconds, maxWaiting, seed } = options;
  const clock = createVirtualTime();
  const chance = createChance(seed);
  const crowd = createSimulatedWorkers({ ...shape, workers, clock, maxWaiting });
  const ends = { refused: 0, timedOut: 0 };
  const waits: number[] = [];
  let failure: unknown;
  const ended = () => waits.length + ends.refused + ends.timedOut;

  const ask = async () => {
    const giveUp = new AbortController();
    const stopTimer = clock.after(1000 * timeoutSeconds, () => giveUp.abort());
    const windows = [chance.exponential(seconds)];
    try {
      waits.push((await crowd.read({ priority: 'file', windows, signal: giveUp.signal })) / 1000);
    } catch (thrown) {
      const { code } = toSottoError(thrown);
      if (code === 'queue_full') ends.refused += 1;
      else if (code === 'cancelled') ends.timedOut += 1;
      else failure ??= thrown;
    } finally {
      stopTimer();
    }
  };
  for (let client = 0; client < clients; client += 1) void ask();
  await clock.run(() => ended() === clients || failure !== undefined);
  if (failure !== undefined) throw toSottoError(failure);
  waits.sort((a, b) => a - b);
  return {
    clients,
    served: waits.length,
    ...ends,
    waitP99: waits.length === 0 ? null : quantile(waits, 0.99),
  };
}
