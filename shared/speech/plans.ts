/** How speech is cut, for the sorts of models. A catalogue entry or a caller may change single values. */
import type { WindowPlan } from './window.ts';

/**
 * Models with a long window (Whisper): fill it to spare encoder runs, and cut at natural pauses. `maxSeconds` stays
 * below 30 so that nothing said at the very end is cut short by the model's own padding.
 */
export const DEFAULT_PLAN: WindowPlan = {
  maxSeconds: 28,
  targetSeconds: 22,
  endSilence: 1.6,
  splitSilence: 0.4,
  padding: 0.3,
  minSpeech: 0.1,
  overlap: 2,
};

/** Models that like one sentence at a time (the embedded one): each pause between sentences cuts. */
export const SENTENCE_PLAN: WindowPlan = {
  maxSeconds: 10,
  targetSeconds: 0.3,
  endSilence: 0.6,
  splitSilence: 0.3,
  padding: 0.3,
  minSpeech: 0.1,
  overlap: 2,
};

/**
 * Models whose work grows with the sound (Moonshine, CTC): a short window costs little, and a pause between phrases may
 * cut once there are 4 s, the least that Moonshine was trained on; 30 s are the most.
 */
export const PHRASE_PLAN: WindowPlan = {
  maxSeconds: 24,
  targetSeconds: 4,
  endSilence: 0.8,
  splitSilence: 0.4,
  padding: 0.3,
  minSpeech: 0.1,
  overlap: 2,
};

/** A window of a microphone is read again and again while it grows: short ones keep that cheap, and final text near. */
const LIVE_MAX_SECONDS = 15;
const LIVE_TARGET_SECONDS = 6;

/**
 * A microphone: a pause becomes final after half a second, and needs no wait for the padding. Once a window is full it
 * ends with all that was heard: what partial readings committed is in the final one.
 */
export function livePlan(plan: WindowPlan): WindowPlan {
  return {
    ...plan,
    maxSeconds: Math.min(plan.maxSeconds, LIVE_MAX_SECONDS),
    targetSeconds: Math.min(plan.targetSeconds, LIVE_TARGET_SECONDS),
    endSilence: 0.55,
    splitSilence: Math.min(plan.splitSilence, 0.4),
    padding: 0.25,
    forcedEnd: 'when-heard',
  };
}

/** The plan for a model whose own window is shorter than the plan's longest. */
export function fitPlan(plan: WindowPlan, windowSeconds: number): WindowPlan {
  return {
    ...plan,
    maxSeconds: Math.min(plan.maxSeconds, windowSeconds),
    targetSeconds: Math.min(plan.targetSeconds, windowSeconds / 2),
  };
}
