import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WindowReading, Word } from '../../shared/asr/engine.ts';
import type { SpeechWindow } from '../../shared/speech/window.ts';
import { appendReading, checkInvariants, createTranscriptBuilder } from '../../shared/transcript/assemble.ts';
import { plainText, type Segment } from '../../shared/transcript/transcript.ts';

function windowAt(start: number, end: number, speechStart: number, speechEnd: number): SpeechWindow {
  return { index: 0, samples: new Float32Array(0), start, end, speechStart, speechEnd };
}

function readingOf(...parts: readonly (readonly [number, number, string])[]): WindowReading {
  return {
    segments: parts.map(([start, end, text]) => ({
      start,
      end,
      text,
      tokens: [1, 2],
      avgLogprob: -0.2,
      noSpeechProb: 0.01,
      compressionRatio: 1.1,
    })),
    tokens: [],
    noSpeechProb: 0.01,
  };
}

const wordsOf = (times: readonly (readonly [number, number])[] | undefined): { words?: Word[] } =>
  times === undefined
    ? {}
    : { words: times.map(([start, end]) => ({ text: ' w', start, end, probability: 0.5 })) };

const timesOf = (segments: readonly Segment[]) => segments.map(({ start, end, text }) => [start, end, text]);

describe('appendReading', () => {
  it('gives the only segment of a window exactly the speech that was heard', () => {
    const segments = appendReading([], windowAt(10, 16, 10.3, 15.5), readingOf([0.9, 4.1, ' Hello there. ']));
    expect(timesOf(segments)).toEqual([[10.3, 15.5, 'Hello there.']]);
    expect(segments[0]).toMatchObject({ id: 0, tokens: [1, 2], avgLogprob: -0.2, compressionRatio: 1.1 });
  });

  it('offsets inner times to the source and snaps the outer ones', () => {
    const segments = appendReading([], windowAt(20, 29, 20.3, 28.4), readingOf([0, 3, 'a'], [4, 9.5, 'b']));
    expect(timesOf(segments)).toEqual([
      [20.3, 23, 'a'],
      [24, 28.4, 'b'],
    ]);
  });

  it('snaps to the first and last text, not to blanks around them', () => {
    const reading = readingOf([0, 1, ' '], [1, 2, 'a'], [2, 3, 'b'], [3, 9, '']);
    expect(timesOf(appendReading([], windowAt(0, 10, 0.5, 8), reading))).toEqual([
      [0.5, 2, 'a'],
      [2, 8, 'b'],
    ]);
  });

  it('adds nothing for a window without text and leaves its argument alone', () => {
    const first = appendReading([], windowAt(0, 2, 0, 2), readingOf([0, 2, 'a']));
    const second = appendReading(first, windowAt(3, 5, 3, 5), readingOf());
    expect(second).toEqual(first);
    appendReading(first, windowAt(3, 5, 3, 5), readingOf([0, 1, 'b']));
    expect(first).toHaveLength(1);
  });

  it('keeps order when the windows of a careless cutter overlap', () => {
    const first = appendReading([], windowAt(0, 5, 0, 5), readingOf([0, 5, 'a']));
    const both = appendReading(first, windowAt(4, 6, 4, 4.5), readingOf([0, 0.5, 'b']));
    expect(checkInvariants(both)).toEqual([]);
    expect(timesOf(both)[1]).toEqual([5, 5, 'b']);
  });

  it('moves words to the source, into their segment, and keeps the temperature', () => {
    const [part] = readingOf([0.5, 4, 'one two']).segments;
    const words: Word[] = [
      { text: ' one', start: 0, end: 1, probability: 0.9 },
      { text: ' two', start: 1, end: 4.5, probability: 0.8 },
    ];
    const reading = { ...readingOf(), segments: [{ ...part!, temperature: 0.2, words }] };
    const [segment] = appendReading([], windowAt(10, 15, 10.3, 14), reading);
    expect(segment).toMatchObject({
      temperature: 0.2,
      words: [
        { text: ' one', start: 10.3, end: 11, probability: 0.9 },
        { text: ' two', start: 11, end: 14, probability: 0.8 },
      ],
    });
    expect(words[0]!.start).toBe(0);
    const [plain] = appendReading([], windowAt(10, 15, 10.3, 14), readingOf([0, 1, 'one']));
    expect(plain).not.toHaveProperty('words');
  });

  it('leaves no word without time where another beside it has some', () => {
    const word = (text: string, start: number, end: number): Word => ({ text, start, end, probability: 1 });
    const wordsAt = (...words: Word[]) => {
      const [part] = readingOf([0.4, 4, 'ab cd']).segments;
      const reading = { ...readingOf(), segments: [{ ...part!, words }] };
      const [segment] = appendReading([], windowAt(0, 5, 0.4, 4), reading);
      return segment?.words?.map(({ start, end }) =>
        [start, end].map((time) => Math.round(time * 1000) / 1000),
      );
    };
    expect(wordsAt(word('ab', 0, 0.4), word('cd', 0.4, 1.4))).toEqual([
      [0.4, 0.9],
      [0.9, 1.4],
    ]);
    expect(wordsAt(word('ab', 1, 4), word('cd', 4, 4.8))).toEqual([
      [1, 2.5],
      [2.5, 4],
    ]);
    expect(wordsAt(word('ab', 0, 0.1))).toEqual([[0.4, 0.4]]);
  });

  it('holds every invariant for any windows and any drift of the model', () => {
    const time = fc.double({ min: 0, max: 30, noNaN: true });
    const part = fc.record({
      start: time,
      length: fc.double({ min: 0, max: 30, noNaN: true }),
      text: fc.oneof(fc.string(), fc.constantFrom('', ' ', 'one', ' two ')),
      words: fc.option(fc.array(fc.tuple(time, time), { maxLength: 4 }), { nil: undefined }),
    });
    const stretch = fc.record({
      gap: fc.double({ min: 0, max: 5, noNaN: true }),
      pad: fc.double({ min: 0, max: 0.3, noNaN: true }),
      length: fc.double({ min: 0.01, max: 29, noNaN: true }),
      parts: fc.array(part, { maxLength: 6 }),
    });
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 12 }), (stretches) => {
        const builder = createTranscriptBuilder();
        let at = 0;
        let expected = 0;
        for (const { gap, pad, length, parts } of stretches) {
          const start = at + gap;
          const speechStart = start + pad;
          const speechEnd = speechStart + length;
          at = speechEnd + pad;
          const plain = readingOf(
            ...parts.map((p): [number, number, string] => [p.start, p.start + p.length, p.text]),
          );
          const reading = {
            ...plain,
            segments: plain.segments.map((segment, i) => ({ ...segment, ...wordsOf(parts[i]!.words) })),
          };
          const added = builder.append(windowAt(start, at, speechStart, speechEnd), reading);
          expected += parts.filter((p) => p.text.trim() !== '').length;
          if (added.length > 0) {
            expect(added[0]?.start).toBe(speechStart);
            expect(added.at(-1)?.end).toBe(speechEnd);
          }
        }
        expect(builder.segments).toHaveLength(expected);
        expect(checkInvariants(builder.segments)).toEqual([]);
      }),
    );
  });
});

describe('checkInvariants', () => {
  const good: Segment = {
    id: 0,
    start: 1,
    end: 2,
    text: 'a',
    tokens: [],
    avgLogprob: 0,
    noSpeechProb: 0,
    compressionRatio: 1,
  };

  it.each<[string, Partial<Segment>]>([
    ['id', { id: 4 }],
    ['no time', { end: Number.NaN }],
    ['before the source', { start: -1 }],
    ['ends before', { end: 0.5 }],
    ['no text', { text: ' ' }],
    ['blanks', { text: ' a' }],
  ])('names what is wrong: %s', (words, change) => {
    expect(checkInvariants([{ ...good, ...change }]).join()).toContain(words);
  });

  const word = (start: number, end: number): Word => ({ text: ' a', start, end, probability: 1 });
  it.each<[string, readonly Word[]]>([
    ['starts before what comes before', [word(0.9, 1.5)]],
    ['starts before what comes before', [word(1, 1.5), word(1.4, 1.6)]],
    ['ends before it starts', [word(1.5, 1.4)]],
    ['ends after it', [word(1.5, 2.1)]],
  ])('names a word that %s', (fault, words) => {
    expect(checkInvariants([{ ...good, words }]).join()).toContain(fault);
    expect(checkInvariants([{ ...good, words: [word(1, 1.5), word(1.5, 2)] }])).toEqual([]);
  });

  it('names a segment that starts too early', () => {
    expect(checkInvariants([good, { ...good, id: 1, start: 1.5 }])).toEqual([
      'segment 1 starts before the previous one has ended',
    ]);
    expect(checkInvariants([good, { ...good, id: 1, start: 2, end: 2 }])).toEqual([]);
  });
});

describe('a transcript that goes on', () => {
  const speech = (text: string, start: number, end: number): WindowReading => ({
    segments: [{ start, end, text, tokens: [], avgLogprob: -0.1, noSpeechProb: 0, compressionRatio: 1 }],
    tokens: [],
    noSpeechProb: 0,
  });
  const window = (
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

  it('says nothing twice of a window whose last words had been left open', () => {
    const cut = window(0, 0, 10, { goesOnAt: 8 });
    const first = speech('one two three four five', 0, 10);
    const broken = createTranscriptBuilder();
    broken.append(cut, first);
    const before = broken.segments;
    expect(plainText(before)).toBe('one two three four');
    // The process died here; the window is read again, and the one after it.
    const again = createTranscriptBuilder(before);
    again.append(cut, first);
    again.append(window(1, 8, 12, { overlap: { end: 10, seam: 9 } }), speech('five six', 0.5, 4));
    again.finish();
    expect(plainText(again.segments)).toBe('one two three four five six');
    expect(checkInvariants(again.segments)).toEqual([]);
  });

  it('leaves windows after it as they are', () => {
    const before = createTranscriptBuilder();
    before.append(window(0, 0, 4), speech('one two', 0, 4));
    const again = createTranscriptBuilder(before.segments);
    again.append(window(1, 4.5, 8), speech('three four', 0, 3.5));
    expect(plainText(again.segments)).toBe('one two three four');
  });
});
