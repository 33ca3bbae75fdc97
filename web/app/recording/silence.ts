/** Which stretches of a sound are skipped. Pure; all in seconds. */
import { firstWhere } from './sorted.ts';

export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A shorter pause belongs to the speech. */
const SHORTEST_SILENCE = 0.7;
/** Kept on both sides: the ends of words are not exact, and speech without any pause is hard to follow. */
const BREATH = 0.15;

/** The speech between the silences that are worth a jump, in order. */
export function speechOf(spans: readonly Stretch[]): readonly Stretch[] {
  const speech: { start: number; end: number }[] = [];
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    const last = speech.at(-1);
    if (last !== undefined && start - last.end <= SHORTEST_SILENCE) last.end = Math.max(last.end, end);
    else speech.push({ start, end });
  }
  return speech;
}

/**
 * Where to go on when `time` lies in a silence. Undefined within speech, and after the last of it: what follows may
 * simply not have been read yet.
 */
export function afterSilence(speech: readonly Stretch[], time: number): number | undefined {
  const next = speech[firstWhere(speech, ({ end }) => end + BREATH > time)];
  if (next === undefined || next.start <= SHORTEST_SILENCE) return undefined;
  const to = next.start - BREATH;
  return time < to ? to : undefined;
}
