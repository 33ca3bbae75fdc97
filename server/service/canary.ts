/** The known clip that a healthy engine reads right, sent the way that everyone's windows go. */
import { faultOf, selfTestOf } from '../../shared/asr/self-test.ts';
import { SottoError, toSottoError } from '../../shared/errors.ts';
import type { Batcher, Clock } from '../../shared/queue/port.ts';
import type { EnginePool } from '../pool/port.ts';
import type { CanaryResult } from './port.ts';

export interface Canary {
  /** Rejects with a SottoError: `self_test_failed`, `engine_timeout`, `cancelled`, what the engine says. */
  sing(signal: AbortSignal): Promise<CanaryResult>;
}

/** Milliseconds; a batch that runs is waited for. */
const LONGEST_MS = 60_000;

/**
 * It goes before the windows of files, so it waits for the running batch and no longer, however much is queued. Those
 * who ask while one is on its way get the same one: health checks cannot fill the engine.
 */
export function createCanary(
  batcher: Pick<Batcher, 'submit'>,
  borrow: EnginePool['borrow'],
  clock: Clock,
): Canary {
  let flying: Promise<CanaryResult> | undefined;

  async function fly(): Promise<CanaryResult> {
    const { model, giveBack } = borrow();
    const { samples, expected } = selfTestOf(model);
    const limit = new AbortController();
    const cancel = clock.after(LONGEST_MS, () => limit.abort());
    const began = clock.now();
    try {
      const reading = await batcher.submit({
        window: { samples },
        options: { model, task: 'transcribe', language: 'en', effort: 'draft' },
        priority: 'live',
        kind: { name: 'final' },
        signal: limit.signal,
      });
      if (reading === undefined) throw new SottoError('internal', 'the canary was replaced');
      const fault = faultOf(reading, expected);
      if (fault !== undefined) throw new SottoError('self_test_failed', fault);
      return { ms: clock.now() - began, text: reading.segments.map(({ text }) => text).join(' ') };
    } catch (thrown) {
      throw limit.signal.aborted ? new SottoError('engine_timeout', 'the canary') : thrown;
    } finally {
      cancel();
      giveBack();
      flying = undefined;
    }
  }

  return {
    sing(signal) {
      if (signal.aborted) return Promise.reject(new SottoError('cancelled'));
      const shared = flying ?? fly();
      flying = shared;
      return new Promise((resolve, reject) => {
        const onAbort = () => reject(new SottoError('cancelled'));
        signal.addEventListener('abort', onAbort, { once: true });
        const left = () => signal.removeEventListener('abort', onAbort);
        shared.then(resolve, (thrown) => reject(toSottoError(thrown))).finally(left);
      });
    },
  };
}
