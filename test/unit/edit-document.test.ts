import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confirmed, joined, mergedWithNext, split, withText } from '../../shared/edit/change-lines.ts';
import { keptPlaces } from '../../shared/edit/common-run.ts';
import { type Document, heardDocument, isAsHeard, spokenSegments } from '../../shared/edit/document.ts';
import { matches, replaced } from '../../shared/edit/find.ts';
import { begun, changed, type History, MOST_STEPS, redone, undone } from '../../shared/edit/history.ts';
import { placeAt } from '../../shared/edit/place-at.ts';
import { assigned, changeSpeaker, withoutSpeaker, withSpeaker } from '../../shared/edit/speakers.ts';
import { fromStored, isStoredDocument, toStored } from '../../shared/edit/stored.ts';
import { wordsOf } from '../../shared/edit/timed-words.ts';
import { unsureStretches } from '../../shared/edit/unsure.ts';
import { FORMATS } from '../../shared/formats/index.ts';
import { STANDARD_OPTIONS } from '../../shared/formats/options.ts';
import { plainText, type Segment } from '../../shared/transcript/transcript.ts';

const FIGURES = { tokens: [1], avgLogprob: -0.2, noSpeechProb: 0, compressionRatio: 1 };

/** Words of 0.5 s each, with a pause of 0.1 s between. */
function line(id: number, start: number, text: string, probabilities: readonly number[] = []): Segment {
  const words = text.split(' ').map((word, index) => ({
    text: index === 0 ? word : ` ${word}`,
    start: start + index * 0.6,
    end: start + index * 0.6 + 0.5,
    probability: probabilities[index] ?? 0.9,
  }));
  return { id, start, end: words.at(-1)!.end, text, words, ...FIGURES };
}

const plain = (id: number, start: number, end: number, text: string): Segment => ({
  id,
  start,
  end,
  text,
  ...FIGURES,
});

const times = ({ words = [] }: Segment) => words.map(({ text, start, end }) => [text.trim(), start, end]);

/** Some seconds of speech: with words or without, in scripts with spaces and without, lines that may overlap. */
const WORDS = [
  'door',
  'the',
  'Boston,',
  'half-past',
  '«no»',
  '你',
  '好',
  '。',
  'at 9',
  "don't",
  'ÜBER',
  'über',
];
const segmentsOf: fc.Arbitrary<readonly Segment[]> = fc
  .array(
    fc.record({
      words: fc.array(
        fc.record({ text: fc.constantFrom(...WORDS), seconds: fc.integer({ min: 0, max: 9 }) }),
        {
          minLength: 1,
          maxLength: 6,
        },
      ),
      told: fc.boolean(),
      back: fc.integer({ min: 0, max: 3 }),
      pause: fc.integer({ min: 0, max: 4 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((lines) => {
    let last = 0;
    let start = 0;
    return lines.map(({ words, told, back, pause }, id) => {
      start = Math.max(start, last + pause - back);
      let time = start;
      const spoken = words.map(({ text, seconds }, index) => {
        const from = time;
        time += seconds / 4;
        return { text: index === 0 ? text : ` ${text}`, start: from, end: time, probability: 0.4 };
      });
      last = time;
      const text = spoken.map((word) => word.text).join('');
      return { id, start, end: time, text, ...FIGURES, ...(told ? { words: spoken } : {}) };
    });
  });

/** One thing that a person does, at a line and a place that are chosen among those there are. */
interface Act {
  readonly kind: (typeof KINDS)[number];
  readonly line: number;
  readonly place: number;
  readonly text: string;
}
const KINDS = [
  'write',
  'split',
  'merge',
  'join',
  'confirm',
  'replace',
  'speaker',
  'assign',
  'rename',
  'forget',
] as const;
const actOf: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom(...KINDS),
  line: fc.nat(20),
  place: fc.nat(40),
  text: fc
    .array(fc.constantFrom(...WORDS, 'new', '新', '!', '  '), { maxLength: 6 })
    .map((words) => words.join(' ')),
});

function done(document: Document, { kind, line: at, place, text }: Act): Document {
  const { segments, speakers } = document;
  const segment = segments[at % Math.max(1, segments.length)];
  const id = segment?.id ?? 0;
  const ids = segments.slice(at % Math.max(1, segments.length)).map((one) => one.id);
  switch (kind) {
    case 'write':
      return withText(document, id, text);
    case 'split':
      return split(document, id, place);
    case 'merge':
      return mergedWithNext(document, id);
    case 'join':
      return joined(document, ids);
    case 'confirm':
      return confirmed(document, ids);
    case 'replace':
      return replaced(document, matches(document, { text: 'o', matchCase: false }), text).document;
    case 'speaker':
      return withSpeaker(document, text).document;
    case 'assign':
      return assigned(document, ids, speakers[place % Math.max(1, speakers.length)]?.id);
    case 'rename':
      return changeSpeaker(document, speakers[0]?.id ?? 0, { name: text, colour: 'red' });
    case 'forget':
      return withoutSpeaker(document, speakers[0]?.id ?? 0);
  }
}

function expectOrdered({ segments }: Document): void {
  let before = 0;
  for (const segment of segments) {
    expect(segment.start).toBeGreaterThanOrEqual(before);
    expect(segment.end).toBeGreaterThanOrEqual(segment.start);
    before = segment.start;
    let time = segment.start;
    for (const { start, end } of wordsOf(segment)) {
      expect(start).toBeGreaterThanOrEqual(time);
      expect(end).toBeGreaterThanOrEqual(start);
      time = end;
    }
    expect(time).toBeLessThanOrEqual(segment.end);
    const { words, text } = segment;
    if (words !== undefined)
      expect(
        words
          .map((word) => word.text)
          .join('')
          .trim(),
      ).toBe(text.trim());
  }
  expect(new Set(segments.map(({ id }) => id)).size).toBe(segments.length);
}

describe('whatever is done', () => {
  it('times stay in order and inside their line, ids stay unique, and words are the text', () => {
    fc.assert(
      fc.property(segmentsOf, fc.array(actOf, { maxLength: 12 }), (heard, acts) => {
        expectOrdered(acts.reduce(done, heardDocument(heard)));
      }),
      { numRuns: 400 },
    );
  });

  it('all of it taken back is what was heard, and done again what it was', () => {
    fc.assert(
      fc.property(segmentsOf, fc.array(actOf, { maxLength: 12 }), (heard, acts) => {
        const start = begun(heardDocument(heard));
        const end = acts.reduce<History>(
          (history, act) => changed(history, done(history.present, act)),
          start,
        );
        const back = end.past.reduce<History>(undone, end);
        expect(back.present).toBe(start.present);
        expect(back.past).toEqual([]);
        expect(back.future.reduce<History>(redone, back).present).toBe(end.present);
      }),
    );
  });

  it('what is kept of it is the same document again', () => {
    fc.assert(
      fc.property(segmentsOf, fc.array(actOf, { maxLength: 8 }), (heard, acts) => {
        const document = acts.reduce(done, heardDocument(heard));
        const stored: unknown = JSON.parse(JSON.stringify(toStored(document, heard)));
        expect(isStoredDocument(stored)).toBe(true);
        if (isStoredDocument(stored)) expect(fromStored(stored, heard)).toEqual(document);
      }),
    );
  });
});

describe('a line that is written anew', () => {
  const heard = [line(0, 1, 'Please open the dor for me'), plain(1, 9, 12, 'no words here')];
  const written = (text: string, id = 0) =>
    withText(heardDocument(heard), id, text).segments.find((segment) => segment.id === id)!;

  it('keeps its start and end, and the times of the words that stayed', () => {
    const segment = written('Please open the front door for me, please');
    expect([segment.start, segment.end]).toEqual([1, heard[0]!.end]);
    const spoken = times(segment);
    expect(spoken.slice(0, 3)).toEqual(times(heard[0]!).slice(0, 3));
    // What takes a word's place gets its time.
    expect(spoken[3]).toEqual(['front', expect.closeTo(2.8, 5), expect.closeTo(3.078, 2)]);
    expect(spoken[4]).toEqual(['door', expect.closeTo(3.078, 2), expect.closeTo(3.3, 5)]);
    expect(spoken[5]).toEqual(times(heard[0]!)[4]);
    expect(spoken[6]?.[0]).toBe('me,');
    expect(spoken[7]).toEqual(['please', segment.end, segment.end]);
  });

  it('is certain where a person wrote, and as before elsewhere', () => {
    expect(written('Please open the door for me').words?.map(({ probability }) => probability)).toEqual([
      0.9, 0.9, 0.9, 1, 0.9, 0.9,
    ]);
    expect(written('only text', 1)).toMatchObject({ text: 'only text', start: 9, end: 12, avgLogprob: 0 });
    expect(written('only text', 1).words).toBeUndefined();
  });

  it('in Chinese keeps each character that stayed', () => {
    const characters = [...'今天天气很好'].map((text, index) => ({
      text,
      start: index,
      end: index + 1,
      probability: 0.8,
    }));
    const chinese: Segment = { id: 0, start: 0, end: 6, text: '今天天气很好', words: characters, ...FIGURES };
    const [segment] = withText(heardDocument([chinese]), 0, '今天的天气好。').segments;
    expect(times(segment!).filter(([text]) => '今天气'.includes(String(text)))).toEqual([
      ['今', 0, 1],
      ['天', 1, 2],
      ['天', 2, 3],
      ['气', 3, 4],
    ]);
    expect(segment!.words?.at(-1)?.text).toBe('好。');
  });

  it('without text is taken out; with the same text nothing is done', () => {
    const document = heardDocument(heard);
    expect(withText(document, 0, '  ').segments.map(({ id }) => id)).toEqual([1]);
    expect(withText(document, 0, ' Please  open the dor for me ')).toBe(document);
    expect(withText(document, 7, 'x')).toBe(document);
  });
});

describe('lines', () => {
  const heard = [line(0, 0, 'one two three'), line(1, 2, 'four five'), plain(2, 4, 6, 'six seven')];
  const document = heardDocument(heard);

  it('are cut between two words, each half with its words and times', () => {
    const { segments, nextId } = split(document, 0, 'one two'.length);
    expect(segments.map(({ id, text, start, end }) => [id, text, start, end])).toEqual([
      [0, 'one two', 0, 1.1],
      [-1, 'three', 1.2, 1.7],
      [1, 'four five', 2, 3.1],
      [2, 'six seven', 4, 6],
    ]);
    expect(times(segments[1]!)).toEqual([['three', 1.2, 1.7]]);
    expect(nextId).toBe(-2);
    expect(split(document, 0, 0), 'before all of it').toBe(document);
    expect(
      split(document, 2, 4)
        .segments.slice(2)
        .map(({ text, end }) => [text, end]),
    ).toEqual([
      ['six', expect.closeTo(4.75)],
      ['seven', 6],
    ]);
  });

  it('cut and merged have their text and times again', () => {
    const cut = split(document, 0, 5);
    expect(cut.segments.slice(0, 2).map(({ text }) => text)).toEqual(['one t', 'wo three']);
    const whole = mergedWithNext(split(document, 0, 4), 0).segments[0]!;
    expect([whole.text, whole.start, whole.end, times(whole)]).toEqual([
      'one two three',
      0,
      heard[0]!.end,
      times(heard[0]!),
    ]);
  });

  it('are joined where they follow one another, and keep a speaker', () => {
    const { document: two, id } = withSpeaker(document, ' Anna ');
    const spoken = assigned(two, [1], id);
    const { segments } = joined(spoken, [0, 1, 2]);
    expect(segments.map(({ text, speaker, end }) => [text, speaker, end])).toEqual([
      ['one two three four five six seven', id, 6],
    ]);
    expect(segments[0]!.words).toHaveLength(7);
    expect(joined(document, [0, 2])).toBe(document);
    expect(mergedWithNext(document, 2), 'the last has no next').toBe(document);
  });
});

describe('find and replace', () => {
  const document = heardDocument([
    plain(0, 0, 1, 'Anna met ANNA'),
    plain(1, 1, 2, 'a.b and a+b'),
    plain(2, 2, 3, 'um'),
  ]);
  const found = (text: string, matchCase = false) =>
    matches(document, { text, matchCase }).map(({ id, from }) => [id, from]);

  it('finds text as it is typed, with case or without', () => {
    expect(found('anna')).toEqual([
      [0, 0],
      [0, 9],
    ]);
    expect(found('anna', true)).toEqual([]);
    expect(found('ANNA', true)).toEqual([[0, 9]]);
    expect(found('a.b')).toEqual([[1, 0]]);
    expect(found('A  MET')).toEqual([[0, 3]]);
    expect(found('')).toEqual([]);
  });

  it('replaces all in one document, and takes out lines that are left empty', () => {
    const all = matches(document, { text: 'anna', matchCase: false });
    const { document: next, count } = replaced(document, all, 'Hanna $&');
    expect([count, next.segments[0]?.text]).toEqual([2, 'Hanna $& met Hanna $&']);
    expect(
      replaced(document, matches(document, { text: 'um', matchCase: true }), '').document.segments,
    ).toHaveLength(2);
    expect(replaced(document, [], 'x').document).toBe(document);
  });
});

it('speakers are named, renamed everywhere, and leave with their files as they were', () => {
  const heard = [line(0, 0, 'one'), line(1, 1, 'two'), line(2, 2, 'three')];
  const first = withSpeaker(heardDocument(heard), 'Anna');
  const second = withSpeaker(first.document, 'Ben');
  expect(second.document.speakers.map(({ colour }) => colour)).toEqual(['teal', 'blue']);
  const spoken = assigned(assigned(second.document, [0, 1], first.id), [2], second.id);
  const renamed = changeSpeaker(spoken, first.id!, { name: 'Hanna' });
  expect(spokenSegments(renamed).map(({ id, speaker }) => [id, speaker])).toEqual([
    [0, 'Hanna'],
    [1, 'Hanna'],
    [2, 'Ben'],
  ]);
  const manuscript = { segments: spokenSegments(renamed), duration: 3, language: 'en', model: 'm' };
  expect(FORMATS.txt.write(manuscript, STANDARD_OPTIONS)).toBe('Hanna: one\ntwo\nBen: three\n');
  const gone = withoutSpeaker(withoutSpeaker(renamed, first.id!), second.id!);
  expect(isAsHeard(gone, heard)).toBe(true);
  expect(isAsHeard(renamed, heard)).toBe(false);
  expect(withSpeaker(gone, '  ').document).toBe(gone);
});

it('history has a bound, and typing in one line is one step', () => {
  let history = begun(heardDocument([plain(0, 0, 1, 'a')]));
  for (let step = 0; step < MOST_STEPS + 50; step += 1)
    history = changed(history, withText(history.present, 0, `text ${step}`));
  expect(history.past).toHaveLength(MOST_STEPS);
  for (const text of ['h', 'he', 'hel'])
    history = changed(history, withText(history.present, 0, text), 'typing');
  history = undone(history);
  expect(plainText(history.present.segments)).toBe(`text ${MOST_STEPS + 49}`);
});

it('what was read on after an edit comes after it', () => {
  const heard = [line(0, 0, 'one two'), line(1, 2, 'three')];
  const stored = toStored(split(heardDocument(heard), 0, 3), heard);
  const { segments } = fromStored(stored, [...heard, line(2, 4, 'four')]);
  expect(segments.map(({ id, text }) => [id, text])).toEqual([
    [0, 'one'],
    [-1, 'two'],
    [1, 'three'],
    [2, 'four'],
  ]);
});

it('ten hours with one change are kept in little', () => {
  const heard = Array.from({ length: 7000 }, (_, id) => line(id, id * 5, 'some words are said here'));
  const stored = toStored(withText(heardDocument(heard), 3500, 'other words'), heard);
  expect(stored.parts).toHaveLength(3);
  expect(JSON.stringify(stored).length).toBeLessThan(1500);
});

it.each<[string, unknown]>([
  ['no document', null],
  [
    'a colour that there is not',
    { heard: 1, nextId: -1, speakers: [{ id: 1, name: 'A', colour: 'x' }], parts: [] },
  ],
  [
    'a line twice',
    {
      heard: 1,
      nextId: -1,
      speakers: [],
      parts: [
        { from: 0, to: 1 },
        { from: 1, to: 1 },
      ],
    },
  ],
  [
    'a line without times',
    { heard: 1, nextId: -1, speakers: [], parts: [{ id: 1, text: 'a', by: 'person' }] },
  ],
])('a file with %s is refused', (_, value) => expect(isStoredDocument(value)).toBe(false));

describe('what is spoken, and what is doubted', () => {
  const segments = [
    line(0, 1, 'one two three', [0.9, 0.3]),
    { ...plain(1, 5, 6, 'four five'), avgLogprob: -0.9 },
  ];

  it('by time', () => {
    const at = (time: number) => placeAt(segments, time);
    expect(at(0.5)).toBeUndefined();
    expect(at(1.7)).toEqual({ line: 0, word: 1 });
    expect(at(2.15), 'in the pause after it').toEqual({ line: 0, word: 1 });
    expect(at(4)).toEqual({ line: 0, word: undefined });
    expect(at(5.6)).toEqual({ line: 1, word: 1 });
    expect(at(99)).toEqual({ line: 1, word: undefined });
  });

  it('by the words’ probability, else by the line’s', () => {
    expect(segments.map((segment) => unsureStretches(segment))).toEqual([
      [{ from: 4, to: 7 }],
      [{ from: 0, to: 9 }],
    ]);
    expect(
      confirmed(heardDocument(segments), [0, 1]).segments.map((segment) => unsureStretches(segment)),
    ).toEqual([[], []]);
  });
});

it('what two lists have in common is as long as can be, and in order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b', 'c')),
      fc.array(fc.constantFrom('a', 'b', 'c')),
      (before, after) => {
        const places = keptPlaces(before, after);
        const kept = places.filter((place) => place >= 0);
        expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
        for (const [index, place] of places.entries())
          if (place >= 0) expect(after[index]).toBe(before[place]);
        expect(kept.length).toBe(longest(before, after));
      },
    ),
  );
});

function longest(a: readonly string[], b: readonly string[]): number {
  const [first, ...rest] = a;
  if (first === undefined || b.length === 0) return 0;
  let row = b.map(() => 0);
  for (const one of [first, ...rest]) {
    const next: number[] = [];
    for (const [index, other] of b.entries())
      next.push(
        one === other
          ? (index === 0 ? 0 : row[index - 1]!) + 1
          : Math.max(row[index]!, index === 0 ? 0 : next[index - 1]!),
      );
    row = next;
  }
  return row.at(-1)!;
}
