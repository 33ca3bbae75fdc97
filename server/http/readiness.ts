/** Whether it can read now: a known clip through the real gate and engine, seldom, one at a time, in bounded time. */
import { type ErrorWire, SottoError, toWire } from '../../shared/errors.ts';
import type { SupervisorState } from '../../shared/host/events.ts';
import type { Clock } from '../../shared/queue/port.ts';
import type { RequestService } from '../service/port.ts';

export type Readiness =
  | { readonly name: 'ready'; readonly canaryMs: number; readonly at: number }
  | { readonly name: 'unready'; readonly error: ErrorWire; readonly at: number };

export interface ReadinessOptions {
  /** how long an answer stands for the next */
  readonly cacheMs: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** What is well again should get work again. */
const LONGEST_BAD_NEWS_MS = 1_000;

/** Those who ask while a reading is on its way share it. */
export function createReadiness(
  service: Pick<RequestService, 'canary' | 'status'>,
  { cacheMs, timeoutMs, clock }: ReadinessOptions,
): () => Promise<Readiness> {
  let last: Readiness | undefined;
  let asking: Promise<Readiness> | undefined;

  async function sing(): Promise<Readiness> {
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

  function stands({ name, at }: Readiness): boolean {
    return clock.now() - at < (name === 'ready' ? cacheMs : Math.min(cacheMs, LONGEST_BAD_NEWS_MS));
  }

  return async () => {
    const trouble = troubleOf(service.status().engine);
    // Known without a reading; an answer from before does not stand then.
    if (trouble !== undefined) return { name: 'unready', error: trouble, at: clock.now() };
    if (last !== undefined && stands(last)) return last;
    asking ??= sing().then((answer) => {
      last = answer;
      asking = undefined;
      return answer;
    });
    return asking;
  };
}

/** Why no engine is ready. */
function troubleOf(engine: SupervisorState): ErrorWire | undefined {
  switch (engine.name) {
    case 'ready':
      return undefined;
    case 'failed':
      return engine.error;
    case 'closed':
      return { code: 'closed' };
    case 'idle':
    case 'starting':
    case 'backing-off':
      return { code: 'engine_unavailable', detail: `it is ${engine.name}` };
  }
}
