/** Which line and which word are spoken at a time. */
import type { Segment } from '../transcript/transcript.ts';
import { type TimedWord, wordsOf } from './timed-words.ts';

/** A word stays lit in the pauses of its line, and so long after its end. */
const AFTER = 0.3;

export interface Place {
  /** of the segment in the list */
  readonly line: number;
  /** of its words; undefined before the first and after the last */
  readonly word: number | undefined;
}

/** Undefined before the first line. `segments` are in order of start. */
export function placeAt(segments: readonly Segment[], time: number): Place | undefined {
  const line = lastStarted(segments, time);
  const segment = segments[line];
  if (segment === undefined) return undefined;
  if (time > segment.end + AFTER) return { line, word: undefined };
  const word = lastStarted(wordsOf(segment), time);
  return { line, word: word < 0 ? undefined : word };
}

/** The last that has begun; -1 before all of them. */
function lastStarted(list: readonly Pick<TimedWord, 'start'>[], time: number): number {
  let from = 0;
  let to = list.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((list[middle]?.start ?? 0) <= time) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}
