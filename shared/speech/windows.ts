/** A recorded source as a stream of speech windows, in constant memory. */
import { SAMPLE_RATE } from '../audio/pcm.ts';
import { createCutter } from './cutter.ts';
import type { Vad } from './vad.ts';
import type { SpeechWindow, WindowPlan } from './window.ts';

export interface SpeechWindowsOptions {
  /** seconds of the source heard so far; after each chunk and at the end */
  readonly onPosition?: (seconds: number) => void;
}

/**
 * Windows in order, each as soon as it is closed; the next chunk is asked for only then. When `chunks` fails, what was
 * open is still given, then its error is thrown: speech before the damage is not lost.
 */
export async function* speechWindows(
  chunks: AsyncIterable<Float32Array>,
  vad: Vad,
  plan: WindowPlan,
  options: SpeechWindowsOptions = {},
): AsyncGenerator<SpeechWindow, void> {
  vad.reset();
  const cutter = createCutter(vad, plan);
  let heard = 0;
  let ready: SpeechWindow[] = [];
  const collect = ({ windows }: { readonly windows: readonly SpeechWindow[] }): void => {
    ready.push(...windows);
  };
  const take = (): SpeechWindow[] => {
    const taken = ready;
    ready = [];
    return taken;
  };
  let failure: { readonly thrown: unknown } | undefined;
  const source = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      let next: IteratorResult<Float32Array>;
      try {
        next = await source.next();
      } catch (thrown) {
        failure = { thrown };
        break;
      }
      if (next.done) break;
      await cutter.push(next.value, collect);
      heard += next.value.length;
      options.onPosition?.(heard / SAMPLE_RATE);
      yield* take();
    }
    await cutter.finish(collect);
    yield* take();
  } finally {
    await source.return?.();
  }
  if (failure !== undefined) throw failure.thrown;
}
