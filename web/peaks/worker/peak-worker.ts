/** The worker's side: decodes a sound and measures it, in constant memory. */
import { joinedBytes } from '../../../shared/audio/joined-bytes.ts';
import { createPeakMeter } from '../../../shared/audio/peaks.ts';
import { SottoError, settle } from '../../../shared/errors.ts';
import { decodeAudio } from '../../../shared/media/decode.ts';
import { holdLife } from '../../../shared/protocol/life.ts';
import type { PeakStep, PeakWorkerApi } from '../peaks-protocol.ts';

/** Milliseconds of work after which what there is is told. */
const STEP_MS = 200;

export function createPeakWorker(): PeakWorkerApi {
  let steps: AsyncGenerator<PeakStep, void> | undefined;

  return {
    open: (sound, lock) =>
      settle(async () => {
        await holdLife(navigator.locks, lock);
        let seconds: number | undefined;
        const chunks = decodeAudio(
          { kind: 'blob', blob: sound },
          {
            onInfo: (info) => {
              seconds = info.durationSeconds;
            },
          },
        );
        // Only with the first chunk is it known what the file says.
        const first = await chunks.next();
        steps = stepsOf(withFirst(first, chunks));
        return { seconds };
      }),
    next: () =>
      settle(async () => {
        const step = await steps?.next();
        if (step === undefined || step.done) throw new SottoError('internal', 'there is nothing to measure');
        return step.value;
      }),
  };
}

type Chunks = AsyncGenerator<Float32Array, void>;

async function* withFirst(first: IteratorResult<Float32Array, void>, rest: Chunks): Chunks {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

/** What was readable before a damage is given before its error is thrown. */
async function* stepsOf(chunks: Chunks): AsyncGenerator<PeakStep, void> {
  const meter = createPeakMeter();
  let parts: Uint8Array[] = [];
  let due = performance.now() + STEP_MS;
  try {
    for await (const chunk of chunks) {
      parts.push(meter.push(chunk));
      if (performance.now() < due) continue;
      yield { peaks: joinedBytes(parts), ended: false };
      parts = [];
      due = performance.now() + STEP_MS;
    }
  } catch (thrown) {
    yield { peaks: joinedBytes(parts), ended: false };
    throw thrown;
  }
  yield { peaks: joinedBytes([...parts, meter.flush()]), ended: true };
}
