/** Words with times out of the tokens' times: the second half of OpenAI's whisper/timing.py, and sane edges. */
import type { TokenTimes } from './align.ts';
import type { Word } from './engine.ts';
import type { TokenSegment } from './segments.ts';
import { type Decode, mergePunctuation, splitWords, type TokenGroup } from './word-split.ts';

export interface WordRules {
  readonly decode: Decode;
  /** of the text, ISO 639-1; some put no spaces between words */
  readonly language: string | undefined;
  /** the window's real length, without padding */
  readonly seconds: number;
}

interface TimedGroup extends TokenGroup {
  readonly start: number;
  readonly end: number;
  readonly probability: number;
}

/** Each segment's words; `alignment` is that of all segments' tokens in a row. */
export function placeWords(
  segments: readonly TokenSegment[],
  alignment: TokenTimes,
  rules: WordRules,
): Word[][] {
  const timed = timeGroups(segments, alignment, rules);
  const usual = usualDuration(timed.flat());
  let heard = 0;
  const placed = timed.map((groups, i) => {
    const words = mergePunctuation(trimAtSentenceEnds(groups, usual));
    const trimmed = trimToSegment(trimAfterPause(words, heard, usual), segments[i]!);
    heard = trimmed.at(-1)?.end ?? heard;
    return trimmed;
  });
  return inOrder(placed, rules.seconds);
}

function timeGroups(
  segments: readonly TokenSegment[],
  { times, probabilities }: TokenTimes,
  { decode, language }: WordRules,
): TimedGroup[][] {
  let at = 0;
  return segments.map(({ tokens }) =>
    splitWords(tokens, decode, language).map((group) => {
      const from = at;
      at += group.tokens.length;
      const probability = mean(probabilities.slice(from, at));
      return { ...group, start: times[from] ?? 0, end: times[at] ?? 0, probability };
    }),
  );
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** A median over this is no word's but a pause's. */
const LONGEST_USUAL = 0.7;
const SENTENCE_ENDS = '.。!！?？';

/** Median of the durations that are not zero, in seconds, at most 0.7; undefined where all are zero. */
export function usualDuration(
  words: readonly { readonly start: number; readonly end: number }[],
): number | undefined {
  const durations = words.map(({ start, end }) => end - start).filter((duration) => duration > 0);
  durations.sort((a, b) => a - b);
  const half = durations.length / 2;
  const median = (durations[Math.ceil(half) - 1]! + durations[Math.floor(half)]!) / 2;
  return durations.length === 0 ? undefined : Math.min(LONGEST_USUAL, median);
}

/** A pause falls to the mark that ends a sentence or to the word after it: cut off what is over twice the usual. */
export function trimAtSentenceEnds(groups: readonly TimedGroup[], usual: number | undefined): TimedGroup[] {
  if (usual === undefined) return [...groups];
  const longest = 2 * usual;
  return groups.map((group, i) => {
    const before = groups[i - 1];
    if (before === undefined || group.end - group.start <= longest) return group;
    if (SENTENCE_ENDS.includes(group.text)) return { ...group, end: group.start + longest };
    if (SENTENCE_ENDS.includes(before.text)) return { ...group, start: group.end - longest };
    return group;
  });
}

/** The first word after a pause since `heard` has the pause in it, and sometimes the second word: cut off likewise. */
export function trimAfterPause(
  words: readonly TimedGroup[],
  heard: number,
  usual: number | undefined,
): TimedGroup[] {
  const [first, second, ...rest] = words;
  if (first === undefined || usual === undefined) return [...words];
  const longest = 2 * usual;
  const isLong = first.end - first.start > longest;
  const areLong = second !== undefined && second.end - first.start > 2 * longest;
  if (first.end - heard <= 4 * usual || !(isLong || areLong)) return [...words];
  if (second === undefined || second.end - second.start <= longest) {
    return [{ ...first, start: Math.max(first.start, first.end - longest) }, ...words.slice(1)];
  }
  const boundary = Math.max(second.start, second.end - longest);
  const start = Math.max(first.start, boundary - longest);
  return [{ ...first, start, end: boundary }, { ...second, start: boundary }, ...rest];
}

/**
 * Silence before the first word and after the last one is theirs in the alignment, which leaves no position out; the
 * times that the decoder itself gave the segment cut it off. The reference does so from half a second on only.
 */
export function trimToSegment(
  words: readonly TimedGroup[],
  { start, end }: { readonly start: number; readonly end: number },
): TimedGroup[] {
  return words.map((word, i) => {
    const from = i === 0 && start > word.start && start < word.end ? start : word.start;
    const to = i === words.length - 1 && end > from && end < word.end ? end : word.end;
    return { ...word, start: from, end: to };
  });
}

/** Whatever the times were: in the window, in order, none into the next. */
function inOrder(segments: readonly (readonly TimedGroup[])[], seconds: number): Word[][] {
  let last = 0;
  const within = (time: number): number => {
    const bounded = Number.isFinite(time) ? Math.min(Math.max(time, last), seconds) : last;
    last = Math.max(last, Math.min(Math.round(bounded * 1000) / 1000, seconds));
    return last;
  };
  return segments.map((words) =>
    words.map(({ text, start, end, probability }) => ({
      text,
      start: within(start),
      end: within(end),
      probability,
    })),
  );
}
