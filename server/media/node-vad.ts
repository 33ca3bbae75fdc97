import * as ort from 'onnxruntime-node';
import { SottoError } from '../../shared/errors.ts';
import { createSileroSession, type VadSession } from '../../shared/speech/silero.ts';

/** The Silero model at `path` on the CPU, one thread: more would only wait for each other. Throws SottoError. */
export async function loadNodeVad(path: string): Promise<VadSession> {
  try {
    const session = await ort.InferenceSession.create(path, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    return createSileroSession<ort.Tensor>(ort, session);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new SottoError('internal', `the voice detector did not start: ${why}`, { cause: thrown });
  }
}
