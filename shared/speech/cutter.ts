/** Sound in, windows of speech out: frames for the VAD, its answers to the segmenter, the samples kept as long as needed. */
import { SAMPLE_RATE } from '../audio/pcm.ts';
import { ontoPcm16Grid } from '../audio/pcm16.ts';
import { frameLevels } from './levels.ts';
import { type Cut, createSegmenter } from './segmenter.ts';
import { FRAME } from './silero.ts';
import type { Vad } from './vad.ts';
import type { SpeechWindow, WindowPlan } from './window.ts';

/** What one frame of 32 ms brought. */
export interface CutterStep {
  /** samples of the source up to the frame's end */
  readonly position: number;
  /** windows that it closed */
  readonly windows: readonly SpeechWindow[];
}

export interface OpenStretch {
  readonly index: number;
  readonly start: number;
  readonly speechStart: number;
  readonly speechEnd: number;
  /** up to here the window before has it too */
  readonly sharedUntil: number;
}

export interface Cutter {
  /** One call at a time. `visit` is called once a frame, in order, with the cutter as it then is. */
  push(samples: Float32Array, visit: (step: CutterStep) => void): Promise<void>;
  /** The source has ended: the last, incomplete frame and what is open. */
  finish(visit: (step: CutterStep) => void): Promise<void>;
  /** The window that is being spoken, if it is certain to become one: in samples, without its sound. */
  readonly open: OpenStretch | undefined;
  /** The same with its sound up to now. */
  partial(): SpeechWindow | undefined;
}

export function createCutter(vad: Vad, plan: WindowPlan): Cutter {
  const segmenter = createSegmenter(plan);
  const store = createStore();
  /** samples that went through the segmenter */
  let position = 0;
  let count = 0;

  const windowOf = (cut: Cut, index: number): SpeechWindow => ({
    index,
    // What a server gets are 16 bits: everywhere the same numbers, so everywhere the same text.
    samples: ontoPcm16Grid(store.slice(cut.start, cut.end)),
    start: cut.start / SAMPLE_RATE,
    end: cut.end / SAMPLE_RATE,
    speechStart: cut.speechStart / SAMPLE_RATE,
    speechEnd: cut.speechEnd / SAMPLE_RATE,
    ...(cut.speech === undefined ? {} : { speechSeconds: cut.speech / SAMPLE_RATE }),
    ...(cut.overlap === undefined
      ? {}
      : { overlap: { end: cut.overlap.end / SAMPLE_RATE, seam: cut.overlap.seam / SAMPLE_RATE } }),
    ...(cut.goesOnAt === undefined ? {} : { goesOnAt: cut.goesOnAt / SAMPLE_RATE }),
  });

  const advance = (probability: number, samples: number): SpeechWindow[] => {
    const levels = frameLevels(store.slice(position, position + samples));
    position += samples;
    const windows = segmenter.push({ probability, levels, samples }).map((cut) => windowOf(cut, count++));
    store.forget(Math.min(segmenter.keepFrom, position));
    return windows;
  };

  return {
    async push(samples, visit) {
      store.append(samples);
      for (const probability of await vad.push(samples)) {
        const windows = advance(probability, FRAME);
        visit({ position, windows });
      }
    },
    async finish(visit) {
      const windows: SpeechWindow[] = [];
      for (const probability of await vad.flush()) {
        windows.push(...advance(probability, Math.min(FRAME, store.end - position)));
      }
      for (const cut of segmenter.finish()) windows.push(windowOf(cut, count++));
      visit({ position, windows });
    },
    get open() {
      const open = segmenter.open;
      if (open === undefined || !open.certain) return undefined;
      const { start, speechStart, speechEnd, overlap } = open;
      return { index: count, start, speechStart, speechEnd, sharedUntil: overlap?.end ?? start };
    },
    partial() {
      const open = segmenter.open;
      if (open === undefined || !open.certain) return undefined;
      return windowOf({ ...open, end: position, speechEnd: Math.min(open.speechEnd, position) }, count);
    },
  };
}

/** The latest samples, by their number in the source. */
interface Store {
  readonly end: number;
  append(samples: Float32Array): void;
  /** a copy */
  slice(from: number, to: number): Float32Array;
  /** everything before this one */
  forget(before: number): void;
}

function createStore(): Store {
  let held = new Float32Array(4 * SAMPLE_RATE);
  let first = 0;
  let end = 0;
  return {
    get end() {
      return end;
    },
    append(samples) {
      const length = end - first;
      if (length + samples.length > held.length) {
        const grown = new Float32Array(Math.max(2 * held.length, length + samples.length));
        grown.set(held.subarray(0, length));
        held = grown;
      }
      held.set(samples, length);
      end += samples.length;
    },
    slice: (from, to) => held.slice(from - first, to - first),
    forget(before) {
      // moving the rest is worth it once a second
      if (before - first < SAMPLE_RATE) return;
      held.copyWithin(0, before - first, end - first);
      first = before;
    },
  };
}
