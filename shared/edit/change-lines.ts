/** What can be done to lines. Each gives the same document where nothing is to be done. */
import type { Word } from '../asr/engine.ts';
import { spaced } from '../transcript/spacing.ts';
import { type Document, type EditedSegment, indexOf, spliced } from './document.ts';
import { retimed } from './retime.ts';
import { toldWords, within, wordsOf } from './timed-words.ts';

/** Certain, as what a person wrote is. */
const CERTAIN = { avgLogprob: 0, noSpeechProb: 0 } as const;

const onOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** A line keeps its start and end; without text it is taken out. */
export function withText(document: Document, id: number, text: string): Document {
  const index = indexOf(document, id);
  const segment = document.segments[index];
  const written = onOneLine(text);
  if (segment === undefined || written === segment.text.trim()) return document;
  return written === ''
    ? spliced(document, index, 1)
    : spliced(document, index, 1, rewritten(segment, written));
}

export function rewritten(segment: EditedSegment, text: string): EditedSegment {
  return personal({ ...segment, ...CERTAIN, text, tokens: [] }, retimed(segment, text));
}

/** At a place in its text: the second half begins with the first word after it. */
export function split(document: Document, id: number, at: number): Document {
  const index = indexOf(document, id);
  const segment = document.segments[index];
  if (segment === undefined) return document;
  const texts = [segment.text.slice(0, at).trim(), segment.text.slice(at).trim()] as const;
  if (texts.includes('')) return document;
  const words = wordsOf(segment);
  const before = words.filter(({ to }) => to <= at).at(-1);
  const after = words.find(({ from }) => from >= at);
  const cut = words.find(({ from, to }) => from < at && at < to);
  const cutTime = cut && cut.start + ((cut.end - cut.start) * (at - cut.from)) / (cut.to - cut.from);
  const end = cutTime ?? before?.end ?? segment.end;
  // Where lines overlap, the second half must not begin after the next line.
  const next = document.segments[index + 1]?.start ?? segment.end;
  const start = within(cutTime ?? after?.start ?? segment.end, segment.start, Math.max(segment.start, next));
  const told = toldWords(segment);
  const halves = told === undefined ? [undefined, undefined] : halvesOf(segment, at);
  const rest = { ...segment, tokens: [] };
  return {
    ...spliced(
      document,
      index,
      1,
      personal({ ...rest, text: texts[0], end }, halves[0]),
      personal({ ...rest, id: document.nextId, text: texts[1], start }, halves[1]),
    ),
    nextId: document.nextId - 1,
  };
}

/** The words of both halves; one that is cut is in both. */
function halvesOf({ text, words = [], ...segment }: EditedSegment, at: number): [Word[], Word[]] {
  const halves: [Word[], Word[]] = [[], []];
  for (const { from, to, start, end, probability = 1 } of wordsOf({ ...segment, text, words })) {
    const cut = start + ((end - start) * within(at - from, 0, to - from)) / (to - from);
    if (from < at) {
      const spoken = text.slice(halves[0].length === 0 ? from : spaceBefore(text, from), Math.min(to, at));
      halves[0].push({ text: spoken, start, end: to <= at ? end : cut, probability });
    }
    if (to > at) {
      const first = Math.max(from, at);
      const spoken = text.slice(halves[1].length === 0 ? first : spaceBefore(text, first), to);
      halves[1].push({ text: spoken, start: from >= at ? start : cut, end, probability });
    }
  }
  return halves;
}

function spaceBefore(text: string, from: number): number {
  let at = from;
  while (at > 0 && /\s/.test(text[at - 1] ?? '')) at -= 1;
  return at;
}

/** One of this line and the next. */
export function mergedWithNext(document: Document, id: number): Document {
  const index = indexOf(document, id);
  const first = document.segments[index];
  const second = document.segments[index + 1];
  if (first === undefined || second === undefined) return document;
  return spliced(document, index, 2, merged(first, second));
}

/** Lines that follow one another become one; each line alone stays. */
export function joined(document: Document, ids: Iterable<number>): Document {
  const wanted = new Set(ids);
  const segments: EditedSegment[] = [];
  let open = false;
  for (const segment of document.segments) {
    const last = segments.at(-1);
    const inside = wanted.has(segment.id);
    if (inside && open && last !== undefined) segments[segments.length - 1] = merged(last, segment);
    else segments.push(segment);
    open = inside;
  }
  return segments.length === document.segments.length ? document : { ...document, segments };
}

function merged(first: EditedSegment, second: EditedSegment): EditedSegment {
  const before = first.text.trim();
  const text = before + spaced(before, second.text.trim());
  const speaker = first.speaker ?? second.speaker;
  const whole: EditedSegment = {
    ...first,
    ...(speaker === undefined ? {} : { speaker }),
    text,
    end: Math.max(first.end, second.end),
    tokens: [...first.tokens, ...second.tokens],
    avgLogprob: Math.min(first.avgLogprob, second.avgLogprob),
    noSpeechProb: Math.max(first.noSpeechProb, second.noSpeechProb),
    compressionRatio: Math.max(first.compressionRatio, second.compressionRatio),
  };
  if (toldWords(first) === undefined && toldWords(second) === undefined) return personal(whole, undefined);
  const words = [...writtenWords(first, 0), ...writtenWords(second, text.length - second.text.trim().length)];
  let time = whole.start;
  return personal(
    whole,
    words.map((word, index) => {
      const start = within(word.start, time, whole.end);
      time = within(word.end, start, whole.end);
      const from = index === 0 ? 0 : (words[index - 1]?.to ?? 0);
      return { text: text.slice(from, word.to), start, end: time, probability: word.probability };
    }),
  );
}

/** Where a line tells no words, each is as probable as the line. `at`: where its text is in the whole. */
function writtenWords(segment: EditedSegment, at: number) {
  const indent = segment.text.length - segment.text.trimStart().length;
  return wordsOf(segment).map(({ to, start, end, probability }) => ({
    to: at + to - indent,
    start,
    end,
    probability: probability ?? Math.exp(Math.min(0, segment.avgLogprob)),
  }));
}

/** What the model doubted is right as it is. */
export function confirmed(document: Document, ids: Iterable<number>): Document {
  const wanted = new Set(ids);
  const segments = document.segments.map((segment) =>
    wanted.has(segment.id)
      ? personal(
          { ...segment, ...CERTAIN },
          segment.words?.map((word) => ({ ...word, probability: 1 })),
        )
      : segment,
  );
  return wanted.size === 0 ? document : { ...document, segments };
}

/** What the engine said of its own pieces and temperature is not said of a person's line. */
function personal(segment: EditedSegment, words: readonly Word[] | undefined): EditedSegment {
  const { words: _, pieces: __, temperature: ___, ...rest } = segment;
  return { ...rest, by: 'person', ...(words === undefined ? {} : { words }) };
}
