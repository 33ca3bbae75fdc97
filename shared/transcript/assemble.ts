/** Readings of windows become the transcript of their source. */
import type { WindowReading, Word } from '../asr/engine.ts';
import type { SpeechWindow } from '../speech/window.ts';
import { createJoiner, type Settled } from './joiner.ts';
import { readingOf, spokenWords } from './spoken-words.ts';
import type { Segment } from './transcript.ts';

/** Grows a transcript window by window; windows come in the order of their source. */
export interface TranscriptBuilder {
  /** all segments so far; a new array each time one is added */
  readonly segments: readonly Segment[];
  /**
   * Adds what one window said and returns the segments it added, [] when it said nothing. The last words of a window
   * that was cut within speech come with the next one.
   */
  append(window: SpeechWindow, reading: WindowReading): readonly Segment[];
  /** No window follows: adds what the last one left open. Called more than once it adds nothing. */
  finish(): readonly Segment[];
}

/**
 * `before`: segments of the same source that are final already. Of a window that reaches back into them (it had been cut
 * within speech, and not all of it was settled) only what comes after them is added.
 */
export function createTranscriptBuilder(before: readonly Segment[] = []): TranscriptBuilder {
  let segments = before;
  const joiner = createJoiner();
  const from = before.at(-1)?.end ?? 0;
  const add = (all: readonly Settled[]): readonly Segment[] => {
    const count = segments.length;
    for (const { window, reading } of all) segments = appendReading(segments, window, reading);
    return segments.slice(count);
  };
  return {
    get segments() {
      return segments;
    },
    append(window, reading) {
      const fresh = window.speechStart < from ? after(from, window, reading) : reading;
      return add(joiner.settle(window, joiner.compose(window, fresh)));
    },
    finish: () => add(joiner.flush()),
  };
}

/** Times of the same words, told twice, differ by rounding at most. */
const ROUNDING = 0.02;

function after(from: number, window: SpeechWindow, reading: WindowReading): WindowReading {
  const words = spokenWords(window.start, reading);
  const fresh = words.filter((word) => word.end > from + ROUNDING);
  return fresh.length === words.length ? reading : readingOf(fresh, window.start);
}

/**
 * The segments with those of one window added, in seconds of the source.
 *
 * A model's times drift by some tenths of a second, the VAD's do not: so the first segment begins where the
 * VAD heard speech begin and the last ends where it ended, and what lies between is kept within these and in
 * order. Segments without text are dropped; nothing begins before the previous segment has ended.
 */
export function appendReading(
  segments: readonly Segment[],
  window: SpeechWindow,
  reading: WindowReading,
): Segment[] {
  const said = reading.segments.filter((segment) => segment.text.trim() !== '');
  const earliest = Math.max(window.speechStart, segments.at(-1)?.end ?? 0);
  const latest = Math.max(window.speechEnd, earliest);
  const all = [...segments];
  let from = earliest;
  for (const [index, segment] of said.entries()) {
    const start = index === 0 ? earliest : clamp(window.start + segment.start, from, latest);
    const end = index === said.length - 1 ? latest : clamp(window.start + segment.end, start, latest);
    from = end;
    const words = segment.words && moveWords(segment.words, window.start, start, end);
    const moved = { id: all.length, start, end, text: segment.text.trim() };
    all.push({ ...segment, ...moved, ...(words === undefined ? {} : { words }) });
  }
  return all;
}

/** Words in seconds of the source: within the segment, in order, none into the next. */
function moveWords(words: readonly Word[], by: number, start: number, end: number): Word[] {
  let from = start;
  const moved = words.map((word) => {
    const begin = clamp(by + word.start, from, end);
    from = clamp(by + word.end, begin, end);
    return { ...word, start: begin, end: from };
  });
  return withLength(moved);
}

/**
 * A word that was moved into the segment may have no time left: it shares that of the word after it, or of the one
 * before where it is the last, by letters.
 */
function withLength(words: readonly Word[]): Word[] {
  const shared: Word[] = [];
  let open: Word[] = [];
  for (const word of words) {
    open.push(word);
    if (word.end <= word.start) continue;
    shared.push(...shareOut(open));
    open = [];
  }
  const last = shared.pop();
  return [...shared, ...(last === undefined ? open : shareOut([last, ...open]))];
}

function shareOut(words: readonly Word[]): Word[] {
  const whole = words.find(({ start, end }) => end > start);
  if (whole === undefined || words.length === 1) return [...words];
  const letters = words.reduce((sum, { text }) => sum + Math.max(1, text.length), 0);
  let said = 0;
  const time = () =>
    said === letters ? whole.end : whole.start + ((whole.end - whole.start) * said) / letters;
  return words.map((word) => {
    const start = time();
    said += Math.max(1, word.text.length);
    return { ...word, start, end: time() };
  });
}

/** What is wrong with a transcript, one sentence each; [] when everything holds. */
export function checkInvariants(segments: readonly Segment[]): string[] {
  const broken: string[] = [];
  let previous: Segment | undefined;
  for (const [index, segment] of segments.entries()) {
    const name = `segment ${index}`;
    if (segment.id !== index) broken.push(`${name} has the id ${segment.id}`);
    if (!Number.isFinite(segment.start) || !Number.isFinite(segment.end)) broken.push(`${name} has no time`);
    if (segment.start < 0) broken.push(`${name} starts before the source`);
    if (segment.end < segment.start) broken.push(`${name} ends before it starts`);
    if (previous !== undefined && segment.start < previous.end) {
      broken.push(`${name} starts before the previous one has ended`);
    }
    if (segment.text.trim() === '') broken.push(`${name} has no text`);
    broken.push(...wordFaults(segment).map((fault) => `${name} has ${fault}`));
    if (segment.text !== segment.text.trim()) broken.push(`${name} has blanks around its text`);
    previous = segment;
  }
  return broken;
}

function wordFaults({ words = [], start, end }: Segment): string[] {
  const faults: string[] = [];
  let last = start;
  for (const [index, word] of words.entries()) {
    if (!(word.start >= last))
      faults.push(`a word ${index} that starts before what comes before it has ended`);
    if (!(word.end >= word.start)) faults.push(`a word ${index} that ends before it starts`);
    if (!(word.end <= end)) faults.push(`a word ${index} that ends after it`);
    last = word.end;
  }
  return faults;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
