/** Whether it can read now: a known clip through the real gate and engine, seldom, one at a time, in bounded time. */
import { type ErrorWire, SottoError, toWire } from '../../shared/errors.ts';
import type { Clock } from '../../shared/queue/port.ts';
import type { TranscriptionService } from '../service/port.ts';

export type Readiness =
  | { readonly name: 'ready'; readonly canaryMs: number; readonly at: number }
  | { readonly name: 'unready'; readonly error: ErrorWire; readonly at: number };

export interface ReadinessOptions {
  /** how long an answer stands for the next */
  readonly cacheMs: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

export function createReadiness(
  service: Pick<TranscriptionService, 'canary' | 'status'>,
  { cacheMs, timeoutMs, clock }: ReadinessOptions,
): () => Promise<Readiness> {
  let last: Readiness | undefined;
  let asking: Promise<Readiness> | undefined;

  async function sing(): Promise<Readiness> {
    const { engine } = service.status();
    if (engine.name === 'failed') return { name: 'unready', error: engine.error, at: clock.now() };
    const controller = new AbortController();
    const late = new SottoError('engine_timeout', `no answer within ${timeoutMs} ms`);
    let stopTimer = () => {};
    const timeout = new Promise<never>((_resolve, reject) => {
      stopTimer = clock.after(timeoutMs, () => {
        controller.abort(late);
        reject(late);
      });
    });
    try {
      const { ms } = await Promise.race([service.canary(controller.signal), timeout]);
      return { name: 'ready', canaryMs: ms, at: clock.now() };
    } catch (error) {
      return { name: 'unready', error: toWire(error), at: clock.now() };
    } finally {
      stopTimer();
    }
  }

  return () => {
    if (last !== undefined && clock.now() - last.at < cacheMs) return Promise.resolve(last);
    asking ??= sing().then((answer) => {
      last = answer;
      asking = undefined;
      return answer;
    });
    return asking;
  };
}
