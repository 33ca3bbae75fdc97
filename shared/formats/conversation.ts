/** What was said into several recordings at once, as one manuscript. Pure. */
import { mergeByTime } from '../transcript/merge-by-time.ts';
import type { Manuscript, SpokenSegment, TimedNote } from './format.ts';

/** One recording of a session. */
export interface Voice {
  readonly speaker: string;
  /** epoch milliseconds of its second 0, where that is known */
  readonly begunAt: number | undefined;
  /** a speaker that one of them has is who says it */
  readonly segments: readonly SpokenSegment[];
  /** of this recording: seconds of it */
  readonly notes: readonly TimedNote[];
  /** seconds */
  readonly duration: number;
  readonly language: string;
  readonly model: string;
}

/** Times are from the beginning of the first; speakers are named where there are several. */
export function conversationOf(title: string, voices: readonly Voice[]): Manuscript {
  const froms = offsets(voices);
  const several = new Set(voices.map(({ speaker }) => speaker)).size > 1;
  const said = voices.map(({ segments, speaker }, index) =>
    segments.map((segment) => ({
      ...later(segment, froms[index] ?? 0),
      ...(several && segment.speaker === undefined ? { speaker } : {}),
    })),
  );
  const notes = voices.flatMap((voice, index) =>
    voice.notes.map(({ at, text }) => ({ at: at + (froms[index] ?? 0), text })),
  );
  const [first] = voices;
  return {
    title,
    segments: mergeByTime<SpokenSegment>(said, ({ start }) => start).map((segment, id) => ({
      ...segment,
      id,
    })),
    notes: notes.toSorted((a, b) => a.at - b.at),
    duration: Math.max(0, ...voices.map(({ duration }, index) => duration + (froms[index] ?? 0))),
    language: first?.language ?? 'und',
    model: first?.model ?? '',
  };
}

/** Seconds from the beginning of the first to that of each; one whose beginning nobody knows counts as first. */
export function offsets(voices: readonly Pick<Voice, 'begunAt'>[]): number[] {
  const begun = voices.flatMap(({ begunAt }) => begunAt ?? []);
  const first = Math.min(...begun);
  return voices.map(({ begunAt }) => (begunAt === undefined ? 0 : (begunAt - first) / 1000));
}

function later(segment: SpokenSegment, seconds: number): SpokenSegment {
  if (seconds === 0) return segment;
  const { start, end, words } = segment;
  return {
    ...segment,
    start: start + seconds,
    end: end + seconds,
    ...(words === undefined
      ? {}
      : { words: words.map((word) => ({ ...word, start: word.start + seconds, end: word.end + seconds })) }),
  };
}
