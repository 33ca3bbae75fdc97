import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WindowReading } from '../../shared/asr/engine.ts';
import type { SpeechWindow } from '../../shared/speech/window.ts';
import { checkInvariants, createTranscriptBuilder } from '../../shared/transcript/assemble.ts';
import { spokenText, spokenWords } from '../../shared/transcript/spoken-words.ts';
import { findSeam } from '../../shared/transcript/stitch.ts';
import { plainText } from '../../shared/transcript/transcript.ts';

const figures = { tokens: [1], avgLogprob: -0.2, noSpeechProb: 0.01, compressionRatio: 1.1 };
const reading = (...segments: readonly (readonly [number, number, string])[]): WindowReading => ({
  segments: segments.map(([start, end, text]) => ({ start, end, text, ...figures })),
  tokens: [],
  noSpeechProb: 0.01,
});
/** Words of `text`, half a second each from `start` on. */
const words = (start: number, text: string) =>
  text.split(' ').flatMap((word, i) => spokenWords(start + i / 2, reading([0, 0.5, word])));

function stitched(left: string, right: string, overlap: number, floor = 0): string {
  const a = words(0, left);
  const end = a.length / 2;
  const from = end - overlap;
  const b = words(from, right);
  const seam = findSeam(a, b, { from, end, seam: end - overlap / 2 }, floor);
  return spokenText([...a.slice(0, seam.left), ...b.slice(seam.right)]);
}

describe('the seam of two readings', () => {
  test('what both say is said once, whatever its case and punctuation', () => {
    expect(stitched('we went to the old town', 'the old town and back', 1.5)).toBe(
      'we went to the old town and back',
    );
    expect(stitched('we went to the old. Town.', 'The old town, and back', 1.5)).toBe(
      'we went to the old. town, and back',
    );
  });

  test('the ends that were cut off give way', () => {
    expect(stitched('we went to the old tow', 'he old town and back', 1.5)).toBe(
      'we went to the old town and back',
    );
    expect(stitched('one two three fo', 'wo three four five', 1.5)).toBe('one two three four five');
  });

  test('words that are kept anyway stay, and what the other heard in their place goes', () => {
    expect(stitched('we went to the odd town', 'the old town and back', 1.5, 6)).toBe(
      'we went to the odd town and back',
    );
    expect(stitched('we went to the old crown', 'the old town and back', 1.5, 6)).toBe(
      'we went to the old crown and back',
    );
  });

  test('a word that is said twice at different times is no agreement', () => {
    expect(stitched('no no yes no', 'yes no no no maybe', 1)).toBe('no no yes no no no maybe');
  });

  test('nothing in common: the left one up to the seam, the right one from there', () => {
    expect(stitched('a b c d e f', 'u v w x y z', 2)).toBe('a b c d w x y z');
  });

  test('what only one of them heard is kept', () => {
    expect(stitched('a b c d', '', 1)).toBe('a b c d');
    const a = words(0, 'a b c d');
    const late = words(2.2, 'x y');
    expect(findSeam(a, late, { from: 1, end: 2, seam: 1.5 })).toEqual({ left: 4, right: 0 });
    const early = words(0, 'a b');
    expect(findSeam(early, words(1, 'x y z'), { from: 1, end: 2, seam: 1.5 })).toEqual({ left: 2, right: 0 });
  });
});

const windowAt = (
  index: number,
  start: number,
  end: number,
  more: Partial<SpeechWindow> = {},
): SpeechWindow => ({
  index,
  samples: new Float32Array(0),
  start,
  end,
  speechStart: start,
  speechEnd: end,
  ...more,
});

describe('a transcript of windows that overlap', () => {
  test('the end of the first comes with the second, as one segment, and its times go on', () => {
    const transcript = createTranscriptBuilder();
    const first = reading([0, 4, 'Once upon a time'], [4, 10, 'there was a king who']);
    const second = reading([0, 6, 'a king who had a daughter.']);
    const added = transcript.append(windowAt(0, 0, 10, { goesOnAt: 7 }), first);
    expect(added.map(({ text }) => text)).toEqual(['Once upon a time', 'there was']);
    expect(added.map(({ tokens }) => tokens)).toEqual([[1], []]);
    const overlap = { end: 10, seam: 8.5 };
    transcript.append(windowAt(1, 7, 13, { overlap }), second);
    expect(transcript.segments.map(({ text }) => text)).toEqual([
      'Once upon a time',
      'there was',
      'a king who had a daughter.',
    ]);
    expect(checkInvariants(transcript.segments)).toEqual([]);
    expect(transcript.segments.at(-1)!.end).toBe(13);
    expect(transcript.finish()).toEqual([]);
  });

  test('words with their own times keep them', () => {
    const withWords = (
      segment: WindowReading['segments'][number],
      times: readonly (readonly [number, number, string])[],
    ) => ({
      ...reading(),
      segments: [
        { ...segment, words: times.map(([start, end, text]) => ({ text, start, end, probability: 0.9 })) },
      ],
    });
    const transcript = createTranscriptBuilder();
    const [a] = reading([0, 3, 'one two three']).segments;
    const [b] = reading([0, 2, 'three four']).segments;
    transcript.append(
      windowAt(0, 0, 3, { goesOnAt: 2 }),
      withWords(a!, [
        [0.1, 0.9, 'one'],
        [1, 1.8, ' two'],
        [2.1, 3, ' three'],
      ]),
    );
    transcript.append(
      windowAt(1, 2, 4, { overlap: { end: 3, seam: 2.5 } }),
      withWords(b!, [
        [0.1, 1, 'three'],
        [1.1, 2, ' four'],
      ]),
    );
    expect(plainText(transcript.segments)).toBe('one two three four');
    expect(transcript.segments.map(({ start, end }) => [start, end])).toEqual([
      [0, 1.8],
      [2.1, 4],
    ]);
  });

  test('no window follows, or the one that follows is left out: nothing is lost', () => {
    const left = reading([0, 4, 'a b c d']);
    const ended = createTranscriptBuilder();
    ended.append(windowAt(0, 0, 4, { goesOnAt: 2 }), left);
    expect(ended.finish().map(({ text }) => text)).toEqual(['c d']);
    const other = createTranscriptBuilder();
    other.append(windowAt(0, 0, 4, { goesOnAt: 2 }), left);
    other.append(windowAt(2, 6, 9, { overlap: { end: 7, seam: 6.5 } }), reading([0, 3, 'e f g']));
    expect(plainText(other.segments)).toBe('a b c d e f g');
    expect(checkInvariants(other.segments)).toEqual([]);
  });

  test('a window without an overlap is taken as it is', () => {
    const transcript = createTranscriptBuilder();
    transcript.append(
      windowAt(0, 5, 9, { speechStart: 5.3, speechEnd: 8.7 }),
      reading([0.5, 2, 'a'], [2, 3, 'b']),
    );
    expect(transcript.segments.map(({ start, end, tokens }) => [start, end, tokens])).toEqual([
      [5.3, 7, [1]],
      [7, 8.7, [1]],
    ]);
  });

  test('text in the right order for any words, overlaps and drifting times', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 40 }),
        fc.integer({ min: 2, max: 5 }),
        fc.array(fc.double({ min: -0.25, max: 0.25, noNaN: true }), { minLength: 3, maxLength: 9 }),
        (count, shared, drifts) => {
          const all = Array.from({ length: count }, (_, i) => `w${i}`);
          const transcript = createTranscriptBuilder();
          let from = 0;
          for (let index = 0; from < count; index++) {
            const to = Math.min(count, from + 10);
            const goesOn = to < count;
            const drift = drifts[index % drifts.length]!;
            const own = all.slice(from, to);
            const start = Math.max(0, drift);
            const said = reading([start, own.length / 2 + drift, own.join(' ')]);
            const before =
              index === 0 ? {} : { overlap: { end: (from + shared) / 2, seam: (from + shared / 2) / 2 } };
            const after = goesOn ? { goesOnAt: (to - shared) / 2 } : {};
            transcript.append(windowAt(index, from / 2, to / 2, { ...before, ...after }), said);
            if (!goesOn) break;
            from = to - shared;
          }
          transcript.finish();
          expect(plainText(transcript.segments)).toBe(all.join(' '));
          expect(checkInvariants(transcript.segments)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
