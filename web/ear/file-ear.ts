import { decodeAudio } from '../../shared/media/decode.ts';
import type { EarSource, EarStep, SourceInfo } from '../../shared/protocol/ear-worker.ts';
import type { Vad } from '../../shared/speech/vad.ts';
import type { SpeechWindow, WindowPlan } from '../../shared/speech/window.ts';
import { speechWindows } from '../../shared/speech/windows.ts';

/** How long `next` waits before it says that it moves. */
const STEP_MS = 250;

export interface FileEar {
  readonly info: SourceInfo;
  next(): Promise<EarStep>;
  close(): Promise<void>;
}

/** A file or URL on its way to windows. Resolves when the container was understood. */
export async function openFileEar(source: EarSource, vad: Vad, plan: WindowPlan): Promise<FileEar> {
  const abort = new AbortController();
  let position = 0;
  let info: SourceInfo = { durationSeconds: undefined };
  const chunks = decodeAudio(source, {
    signal: abort.signal,
    onInfo: (media) => {
      info = { durationSeconds: media.durationSeconds };
    },
  });
  // The first chunk is decoded here: only then is it known that the file is one that can be read.
  const first = await chunks.next();
  async function* all(): AsyncGenerator<Float32Array> {
    if (first.done) return;
    yield first.value;
    yield* chunks;
  }
  const windows = speechWindows(all(), vad, plan, {
    onPosition: (seconds) => {
      position = seconds;
    },
  });
  /** the window being decoded, kept over steps that only say that it moves */
  let pending: Promise<IteratorResult<SpeechWindow>> | undefined;

  return {
    info,
    async next() {
      const window = pending ?? windows.next();
      pending = window;
      const moving = new Promise<'moving'>((resolve) => setTimeout(() => resolve('moving'), STEP_MS));
      const result = await Promise.race([window, moving]);
      if (result === 'moving') return { kind: 'moving', position };
      pending = undefined;
      return result.done ? { kind: 'end', position } : { kind: 'window', window: result.value, position };
    },
    async close() {
      abort.abort();
      await pending?.catch(() => undefined); // its failure is the abort's own
      await windows.return(undefined);
    },
  };
}
