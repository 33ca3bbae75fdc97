import type { EngineBatch, EngineInfo, LoadProgress, WindowReading } from '../asr/engine.ts';
import { SottoError } from '../errors.ts';
import type { Clock } from '../queue/port.ts';
import type { EngineHost } from './host.ts';

/** A host whose calls always settle: they race its exit, a deadline and, while it starts, a stop. */
export interface GuardedHost {
  /** Rejects with why it did not start, `engine_timeout`, or the reason of `stop`; the host is killed then. */
  start(
    onProgress: (progress: LoadProgress) => void,
    deadlineMs: number,
    stop: AbortSignal,
  ): Promise<EngineInfo>;
  /** Rejects with the host's reason, or `engine_timeout`, which kills it. */
  run(batch: EngineBatch, deadlineMs: number, signal: AbortSignal): Promise<readonly WindowReading[]>;
  /** the last run got to the engine, as far as anyone can tell */
  reached(): boolean;
  memoryBytes(): number | undefined;
  /** it is gone because it did not answer in time */
  readonly hung: boolean;
  kill(): void;
  readonly exited: Promise<SottoError | undefined>;
}

/** What timers of every runtime can hold. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function guardHost(host: EngineHost, clock: Clock): GuardedHost {
  let hung = false;
  void host.exited.then((why) => {
    hung ||= why?.code === 'engine_timeout';
  });

  /** `work` gets what begins its deadline anew. */
  function guarded<T>(
    deadlineMs: number,
    doing: string,
    work: (moved: () => void) => Promise<T>,
    stop?: AbortSignal,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      let stopTimer: (() => void) | undefined;
      let over = false;
      const end = () => {
        over = true;
        stopTimer?.();
        stop?.removeEventListener('abort', onStop);
      };
      const fail = (reason: unknown) => {
        end();
        reject(reason);
      };
      const killFor = (reason: unknown) => {
        host.kill();
        fail(reason);
      };
      const onStop = () => killFor(stop?.reason);
      const startTimer = () => {
        stopTimer?.();
        if (over || deadlineMs > LONGEST_TIMER_MS) return;
        stopTimer = clock.after(deadlineMs, () => {
          hung = true;
          killFor(new SottoError('engine_timeout', `${doing} took over ${Math.round(deadlineMs)} ms`));
        });
      };
      stop?.addEventListener('abort', onStop, { once: true });
      startTimer();
      work(startTimer).then((value) => {
        end();
        resolve(value);
      }, fail);
      void host.exited.then((why) => fail(why ?? new SottoError('engine_exited', `killed while ${doing}`)));
    });
  }

  return {
    start: (onProgress, deadlineMs, stop) =>
      guarded(
        deadlineMs,
        'starting',
        async (moved) => {
          try {
            return await host.start((progress) => {
              moved();
              onProgress(progress);
            });
          } catch (thrown) {
            host.kill();
            throw thrown;
          }
        },
        stop,
      ),
    run: (batch, deadlineMs, signal) =>
      guarded(deadlineMs, 'reading', async () => {
        const readings = await host.run(batch, signal);
        if (readings.length === batch.windows.length) return readings;
        throw new SottoError('internal', `${readings.length} readings of ${batch.windows.length} windows`);
      }),
    get hung() {
      return hung;
    },
    reached: () => host.reached?.() ?? true,
    memoryBytes: () => host.memoryBytes?.(),
    kill: () => host.kill(),
    exited: host.exited,
  };
}
