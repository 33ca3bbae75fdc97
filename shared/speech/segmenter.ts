/**
 * From speech probabilities to windows: a pure state machine, one frame at a time, no sound held.
 *
 * A frame begins speech at a probability of 0.5 and goes on down to 0.35. Consecutive speech frames are a run. Runs
 * gather in the open window until a pause closes it (WindowPlan says which), or until it is as long as the model reads:
 * then it is cut at its longest pause, or, without one, where it is quietest near the end, and both parts keep some of
 * the sound around the cut. Padding is settled once the next run is known or the pause is long enough for both sides:
 * each takes at most half the pause.
 *
 * Every speech frame is in exactly one window, or in two where they overlap, unless the whole window has less speech
 * than `minSpeech`.
 */
import { SAMPLE_RATE } from '../audio/pcm.ts';
import { refineEnd, refineStart } from './edges.ts';
import { forcedCut, type Gathering, lastRun, type Run } from './forced-cut.ts';
import { createTrack, STEP } from './levels.ts';
import { FRAME } from './silero.ts';
import type { WindowPlan } from './window.ts';

const BEGIN = 0.5;
const GO_ON = 0.35;
/** seconds that an onset may be earlier than the VAD says */
const LOOK_BACK = 0.3;

export interface Frame {
  readonly probability: number;
  /** dB, a value each 128 samples of the frame */
  readonly levels: Float32Array;
  /** samples it stands for: 512, fewer in the last one */
  readonly samples: number;
}

/** A closed window; all in samples from the beginning of the source. */
export interface Cut {
  readonly start: number;
  readonly end: number;
  readonly speechStart: number;
  readonly speechEnd: number;
  /** of frames taken for speech, pauses left out */
  readonly speech?: number;
  /** it begins before the end of the cut before it, see WindowOverlap */
  readonly overlap?: { readonly end: number; readonly seam: number };
  /** where the next one begins, when that overlaps this one */
  readonly goesOnAt?: number;
}

/** The window that may still grow. */
export interface OpenWindow {
  readonly start: number;
  readonly speechStart: number;
  /** the end of what was said so far */
  readonly speechEnd: number;
  /** it has enough speech to become a window for sure */
  readonly certain: boolean;
  readonly overlap?: { readonly end: number; readonly seam: number };
}

export interface Segmenter {
  push(frame: Frame): Cut[];
  /** The source has ended. */
  finish(): Cut[];
  readonly open: OpenWindow | undefined;
  /** samples before this one will not be asked for again */
  readonly keepFrom: number;
}

type State =
  | { readonly name: 'quiet' }
  | { readonly name: 'speech'; readonly window: Gathering }
  | { readonly name: 'pause'; readonly window: Gathering }
  /** closed, its padding not settled */
  | { readonly name: 'settling'; readonly window: Gathering };

export function createSegmenter(plan: WindowPlan): Segmenter {
  const samples = (seconds: number): number => Math.round(seconds * SAMPLE_RATE);
  const max = Math.max(samples(plan.maxSeconds), 8 * FRAME);
  const padding = Math.min(samples(plan.padding), Math.floor(max / 6));
  const lookBack = Math.min(samples(LOOK_BACK), Math.floor(max / 6));
  const target = samples(plan.targetSeconds);
  const endSilence = samples(plan.endSilence);
  const splitSilence = samples(plan.splitSilence);
  const minSpeech = samples(plan.minSpeech);
  const rules = {
    max,
    padding,
    overlap: Math.min(samples(plan.overlap ?? 0), Math.floor(max / 4)),
    whenHeard: plan.forcedEnd === 'when-heard',
  };

  const memory = max + 2 * samples(1);
  const levels = createTrack(Math.ceil(memory / STEP));
  const probabilities = createTrack(Math.ceil(memory / FRAME));
  let state: State = { name: 'quiet' };
  let now = 0;
  /** end of the last window: the next one begins no earlier */
  let limit = 0;

  const beginRun = (from: number, floor: number): Run => {
    const start = refineStart(levels, from, Math.max(floor, from - lookBack), now);
    return { from, to: now, start, end: now };
  };

  const beginWindow = (run: Run, continues: boolean): Gathering => {
    const start = Math.max(limit, Math.min(run.from, run.start - padding));
    return { start, runs: [run], continues };
  };

  const endRun = (run: Run, ceiling: number): void => {
    run.end = refineEnd(levels, run.to, Math.min(run.start + STEP, run.to), ceiling);
  };

  /** closes it for good; sound up to `bound` is free for its padding */
  const emit = (window: Gathering, bound: number, goesOnAt?: number): Cut[] => {
    const last = lastRun(window);
    const spoken = window.runs.reduce((sum, run) => sum + run.to - run.from, 0);
    if (spoken < minSpeech && !window.continues) return [];
    const end = Math.min(window.start + max, Math.max(last.to, Math.min(last.end + padding, bound)));
    limit = end;
    const speechStart = Math.max(window.start, window.runs[0]!.start);
    const speech = Math.min(spoken, end - window.start);
    const cut = { start: window.start, end, speechStart, speechEnd: Math.min(last.end, end), speech };
    return [{ ...cut, ...overlapOf(window), ...(goesOnAt === undefined ? {} : { goesOnAt }) }];
  };

  const middle = (from: number, to: number): number => from + Math.floor((to - from) / 2);

  const split = (window: Gathering): { cuts: Cut[]; rest: Gathering } => {
    const { head, end, rest } = forcedCut(window, now, rules, { levels, probabilities });
    // What is cut off from speech that goes on is never a click, however short.
    const goesOnAt = rest.overlap === undefined ? undefined : rest.start;
    const cuts = emit({ ...head, continues: true }, end, goesOnAt);
    return { cuts, rest: goesOnAt === undefined ? { ...rest, start: Math.max(limit, rest.start) } : rest };
  };

  const speak = (from: number): Cut[] => {
    if (state.name === 'speech') {
      lastRun(state.window).to = now;
      return [];
    }
    if (state.name === 'quiet') {
      state = { name: 'speech', window: beginWindow(beginRun(from, limit), false) };
      return [];
    }
    const { window } = state;
    const previous = lastRun(window);
    const run = beginRun(from, Math.max(limit, previous.to));
    endRun(previous, run.start);
    if (state.name === 'pause') {
      window.runs.push(run);
      state = { name: 'speech', window };
      return [];
    }
    const cuts = emit(window, middle(previous.end, run.start));
    state = { name: 'speech', window: beginWindow(run, false) };
    return cuts;
  };

  const pause = (): Cut[] => {
    if (state.name === 'quiet') return [];
    const { window } = state;
    const last = lastRun(window);
    const silence = now - last.to;
    if (state.name === 'speech') state = { name: 'pause', window };
    const full = last.to - window.runs[0]!.from >= target;
    if (state.name === 'pause' && (silence >= endSilence || (full && silence >= splitSilence))) {
      state = { name: 'settling', window };
    }
    if (state.name === 'settling' && silence >= 2 * padding) {
      endRun(last, now);
      state = { name: 'quiet' };
      return emit(window, now);
    }
    return [];
  };

  /** keeps the open window within the longest */
  const bound = (): Cut[] => {
    const cuts: Cut[] = [];
    while (state.name === 'speech' && now + FRAME > state.window.start + max) {
      const { cuts: closed, rest } = split(state.window);
      cuts.push(...closed);
      state = { name: 'speech', window: rest };
    }
    if (state.name === 'pause' && now + FRAME > state.window.start + max) {
      state = { name: 'settling', window: state.window };
    }
    return cuts;
  };

  return {
    push(frame) {
      const from = now;
      for (const level of frame.levels) levels.push(level);
      probabilities.push(frame.probability);
      now += frame.samples;
      const spoken = frame.probability >= (state.name === 'speech' ? GO_ON : BEGIN);
      const cuts = spoken ? speak(from) : pause();
      return [...cuts, ...bound()];
    },
    finish() {
      if (state.name === 'quiet') return [];
      const { window } = state;
      endRun(lastRun(window), now);
      state = { name: 'quiet' };
      return emit(window, now);
    },
    get open() {
      if (state.name !== 'speech' && state.name !== 'pause') return undefined;
      const { window } = state;
      const spoken = window.runs.reduce((sum, run) => sum + run.to - run.from, 0);
      return {
        start: window.start,
        speechStart: Math.max(window.start, window.runs[0]!.start),
        speechEnd: lastRun(window).to,
        certain: window.continues || spoken >= minSpeech,
        ...overlapOf(window),
      };
    },
    get keepFrom() {
      const near = Math.max(limit, now - lookBack - padding - FRAME);
      return state.name === 'quiet' ? near : Math.min(state.window.start, near);
    },
  };
}

const overlapOf = ({ overlap }: Gathering): Pick<Cut, 'overlap'> =>
  overlap === undefined ? {} : { overlap };
