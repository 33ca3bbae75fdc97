/** Windows of a file through the gate and the engine to its transcript, in Node. */
import type { Engine } from '../../shared/asr/engine.ts';
import { SottoError, settle } from '../../shared/errors.ts';
import { transcribe } from '../../shared/pipeline/transcribe.ts';
import { createBatcher } from '../../shared/queue/batcher.ts';
import type { RunBatch } from '../../shared/queue/port.ts';
import type { SpeechWindow } from '../../shared/speech/window.ts';
import { createTranscriptBuilder } from '../../shared/transcript/assemble.ts';
import { plainText } from '../../shared/transcript/transcript.ts';

export interface WholePath {
  readonly text: string;
  readonly windows: number;
  /** milliseconds */
  readonly ms: number;
}

export async function readWhole(windows: AsyncIterable<SpeechWindow>, engine: Engine): Promise<WholePath> {
  const began = performance.now();
  let count = 0;
  const transcript = createTranscriptBuilder();
  const { signal } = new AbortController();
  const batcher = createBatcher({ run: runOf(engine), lanes: () => engine.info.lanes });
  await transcribe({
    windows,
    signal,
    inFlight: () => engine.info.lanes * 2,
    read: async ({ index, samples }) => {
      const reading = await batcher.submit({
        window: { samples },
        options: { task: 'transcribe' },
        priority: 'file',
        kind: { name: 'final', key: String(index) },
        signal,
      });
      if (reading === undefined) throw new SottoError('internal', 'a final window was replaced');
      return reading;
    },
    onReading(window, reading) {
      count += 1;
      transcript.append(window, reading);
    },
    onLeftOut(_, error) {
      throw error;
    },
  });
  await batcher.close();
  return { text: plainText(transcript.segments), windows: count, ms: performance.now() - began };
}

const runOf =
  (engine: Engine): RunBatch =>
  async (batch, signal) => {
    const outcome = await settle(() => engine.run(batch, signal));
    return batch.windows.map((_, at) => {
      if (!outcome.ok) return outcome;
      const value = outcome.value[at];
      if (value === undefined) throw new SottoError('internal', 'a window without a reading');
      return { ok: true, value };
    });
  };
