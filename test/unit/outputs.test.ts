import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { archive } from '../../shared/formats/archive.ts';
import { paragraphsOf } from '../../shared/formats/blocks.ts';
import { cuesOf } from '../../shared/formats/cue.ts';
import { writeDocx } from '../../shared/formats/docx.ts';
import { fileNames } from '../../shared/formats/file-name.ts';
import type { Manuscript, SpokenSegment } from '../../shared/formats/format.ts';
import { FORMATS } from '../../shared/formats/index.ts';
import { type OutputOptions, optionsFrom, STANDARD_OPTIONS } from '../../shared/formats/options.ts';
import { columns, tidy } from '../../shared/formats/units.ts';
import { plainText } from '../../shared/transcript/transcript.ts';

function said(id: number, start: number, end: number, text: string, more = {}): SpokenSegment {
  const figures = { tokens: [], avgLogprob: -0.5, noSpeechProb: 0, compressionRatio: 1 };
  return { id, start, end, text, ...figures, ...more };
}

const manuscript = (...segments: SpokenSegment[]): Manuscript => ({
  segments,
  duration: segments.at(-1)?.end ?? 0,
  language: 'en',
  model: 'sotto-demo-en',
  title: 'A talk.mp3',
});

const talk = manuscript(
  said(0, 0.3, 2.5, 'Please *open* the door.', { speaker: 'Anna & Co' }),
  said(1, 2.6, 9, 'There are forty seven chairs in the room, and nobody is sitting on any of them.', {
    speaker: 'Anna & Co',
  }),
  said(2, 3661, 3662, 'She said "1. go", twice', { speaker: 'Ben' }),
);

const options = (some: Partial<OutputOptions>): OutputOptions => ({ ...STANDARD_OPTIONS, ...some });
const decoder = new TextDecoder();

describe('options', () => {
  it('are two lines of 42 for seven seconds unless something else is stored, within bounds', () => {
    expect(STANDARD_OPTIONS).toEqual({
      lineLength: 42,
      cueLines: 2,
      cueWords: 0,
      cueSeconds: 7,
      speakers: 'shown',
      times: 'none',
    });
    for (const nonsense of [null, 7, 'x', [], { lineLength: 'wide', times: 'often', speakers: 1 }]) {
      expect(optionsFrom(nonsense)).toEqual(STANDARD_OPTIONS);
    }
    const stored = { lineLength: 5, cueLines: 99, cueWords: 3.4, cueSeconds: Number.NaN };
    expect(optionsFrom({ ...stored, speakers: 'hidden', times: 'line' })).toEqual({
      lineLength: 16,
      cueLines: 4,
      cueWords: 3,
      cueSeconds: 7,
      speakers: 'hidden',
      times: 'line',
    });
  });
});

describe('cues', () => {
  it('are cut at a clause, in two lines of about the same length, and name who speaks', () => {
    expect(FORMATS.srt.write(talk, STANDARD_OPTIONS)).toBe(
      `1
00:00:00,300 --> 00:00:02,500
Anna & Co: Please *open* the door.

2
00:00:02,600 --> 00:00:09,000
There are forty seven chairs in the room,
and nobody is sitting on any of them.

3
01:01:01,000 --> 01:01:02,000
Ben: She said "1. go", twice
`,
    );
    expect(FORMATS.vtt.write(talk, STANDARD_OPTIONS)).toContain(
      '.500\n<v Anna &amp; Co>Please *open* the door.\n',
    );
    expect(FORMATS.vtt.write(talk, options({ speakers: 'hidden' }))).not.toContain('<v');
  });

  it('take their times from words', () => {
    const words = [
      { text: ' Go', start: 1, end: 1.5, probability: 1 },
      { text: ' there', start: 4, end: 4.25, probability: 1 },
      { text: ' now.', start: 4.5, end: 5, probability: 1 },
    ];
    const text = manuscript(said(0, 0.5, 6, 'Go there now.', { words }));
    expect(cuesOf(text, options({ cueWords: 2 }), 'aside')).toEqual([
      { start: 1000, end: 4250, text: 'Go there' },
      { start: 4500, end: 5000, text: 'now.' },
    ]);
    // Words of another text (it was edited) tell nothing: by letters, 2 + 3 of 10 are half of the time.
    const edited = manuscript(said(0, 0, 6, 'So far but away', { words }));
    expect(cuesOf(edited, options({ cueWords: 2 }), 'aside').map(({ start }) => start)).toEqual([0, 2500]);
  });

  it('are cut between words where a script has no spaces, its characters being twice as wide', () => {
    const text = '我们应该在四月三日星期五中午见面，请把厨房的灯关掉。';
    const cues = cuesOf(manuscript(said(0, 0, 6, text)), options({ lineLength: 16, cueLines: 1 }), 'aside');
    expect(cues.map((cue) => cue.text).join('')).toBe(text);
    expect(cues.length).toBeGreaterThan(2);
    for (const cue of cues) {
      expect(columns(cue.text)).toBeLessThanOrEqual(16);
      expect(cue.text).not.toMatch(/^[，。]/);
    }
  });

  it('lose nothing, keep order, and fit, whatever the text, times and options', () => {
    const word = fc.oneof(
      { weight: 6, arbitrary: fc.string({ minLength: 1, maxLength: 12 }) },
      fc.constantFrom('好的，', '见面。', 'ที่นี่', '-->', '…', 'x'.repeat(300), 'e\u0301'),
      fc.string({ unit: 'grapheme' }),
    );
    const spoken = fc
      .array(fc.tuple(word, fc.double({ min: 0, max: 3, noNaN: true })), { maxLength: 40 })
      .map((parts) => {
        let at = 0;
        return parts.map(([text, length]) => {
          const start = at;
          at += length;
          return { text: ` ${text}`, start, end: at, probability: 1 };
        });
      });
    const chosen = fc.record({
      lineLength: fc.integer({ min: 16, max: 120 }),
      cueLines: fc.integer({ min: 1, max: 4 }),
      cueWords: fc.integer({ min: 0, max: 50 }),
      cueSeconds: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(
        spoken,
        fc.boolean(),
        fc.double({ min: 0, max: 90, noNaN: true }),
        chosen,
        (words, timed, length, some) => {
          const text = words.map((one) => one.text).join('');
          const end = timed ? (words.at(-1)?.end ?? 0) : length;
          const segment = said(0, 0, end, text, timed ? { words } : {});
          const cues = cuesOf(manuscript(segment), options(some), 'aside');
          const letters = (value: string) => tidy(value).replaceAll(' ', '');
          expect(letters(cues.map((cue) => cue.text).join(' '))).toBe(letters(text));
          let last = 0;
          for (const cue of cues) {
            expect(cue.start).toBeGreaterThanOrEqual(last);
            expect(cue.end).toBeGreaterThan(cue.start);
            expect(cue.end - cue.start).toBeLessThanOrEqual(some.cueSeconds * 1000);
            last = cue.end;
            const lines = cue.text.split('\n');
            expect(lines.length).toBeLessThanOrEqual(some.cueLines);
            // One character with all its marks may be wider than any line.
            for (const line of lines)
              if (!/\p{M}|\u200d/u.test(line)) expect(columns(line)).toBeLessThanOrEqual(some.lineLength);
          }
          expect(last).toBeLessThanOrEqual(Math.max(Math.round(end * 1000), 100, cues.length));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keep the words and the spaces between them where all fit a line', () => {
    const words = fc.array(fc.stringMatching(/^[a-z.,]{1,16}$/), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(words, fc.integer({ min: 16, max: 60 }), (texts, lineLength) => {
        const text = texts.join(' ');
        const cues = cuesOf(manuscript(said(0, 0, 20, text)), options({ lineLength }), 'aside');
        expect(cues.map((cue) => cue.text.replaceAll('\n', ' ')).join(' ')).toBe(text);
      }),
    );
  });
});

describe('running text', () => {
  it('has times and speakers as chosen', () => {
    expect(FORMATS.txt.write(talk, options({ times: 'line' }))).toBe(
      '[0:00] Anna & Co: Please *open* the door.\n' +
        '[0:02] There are forty seven chairs in the room, and nobody is sitting on any of them.\n' +
        '[1:01:01] Ben: She said "1. go", twice\n',
    );
    expect(FORMATS.txt.write(talk, options({ times: 'paragraph', speakers: 'hidden' }))).toBe(
      '[0:00] Please *open* the door. There are forty seven chairs in the room, and nobody is sitting on any of them.\n' +
        '\n[1:01:01] She said "1. go", twice\n',
    );
    expect(FORMATS.md.write(talk, options({ times: 'line' }))).toBe(
      '# A talk.mp3\n\n**0:00 Anna &amp; Co:** Please \\*open\\* the door.\n\n'.replace('&amp;', '\\&') +
        '**0:02** There are forty seven chairs in the room, and nobody is sitting on any of them.\n\n' +
        '**1:01:01 Ben:** She said "1. go", twice\n',
    );
    const list = manuscript(said(0, 0, 1, '1. One <b>'), said(1, 5, 6, '- two # three'));
    expect(FORMATS.md.write(list)).toBe('# A talk.mp3\n\n1\\. One \\<b\\>\n\n\\- two \\# three\n');
  });

  it('is in paragraphs that lose nothing and become no longer than a page', () => {
    const long = manuscript(
      ...Array.from({ length: 200 }, (_, id) =>
        said(id, id, id + 1, `Sentence ${id} goes on${id % 3 ? '' : '.'}`),
      ),
    );
    const paragraphs = paragraphsOf(long, STANDARD_OPTIONS);
    expect(paragraphs.map(({ text }) => text).join(' ')).toBe(plainText(long.segments));
    expect(paragraphs.length).toBeGreaterThan(4);
    for (const { text } of paragraphs.slice(0, -1)) expect(text).toMatch(/\.$/);
  });

  it('is a row a segment in CSV, by RFC 4180', () => {
    expect(FORMATS.csv.write(talk, STANDARD_OPTIONS)).toBe(
      'start,end,speaker,text\r\n' +
        '0.300,2.500,Anna & Co,Please *open* the door.\r\n' +
        '2.600,9.000,Anna & Co,"There are forty seven chairs in the room, and nobody is sitting on any of them."\r\n' +
        '3661.000,3662.000,Ben,"She said ""1. go"", twice"\r\n',
    );
    expect(FORMATS.csv.write(manuscript(said(0, 0, 1, 'a\nb')))).toBe(
      'start,end,text\r\n0.000,1.000,"a\nb"\r\n',
    );
  });

  it('has speakers in JSON where they are shown', () => {
    const speakers = (some: OutputOptions | undefined) =>
      JSON.parse(FORMATS.json.write(talk, some)).segments.map((one: { speaker?: string }) => one.speaker);
    expect(speakers(STANDARD_OPTIONS)).toEqual(['Anna & Co', 'Anna & Co', 'Ben']);
    expect(speakers(undefined)).toEqual([undefined, undefined, undefined]);
  });

  it('is a Word file that holds title, times, speakers and text, with nothing that XML forbids', async () => {
    const odd = manuscript(...talk.segments, said(3, 3663, 3664, 'bell \u0007 half \ud800 <tag> 好'));
    const parts = unzipSync(await writeDocx(odd, options({ times: 'line' })));
    const xml = decoder.decode(parts['word/document.xml']);
    const texts = [...xml.matchAll(/<w:t[^>]*>([^<]*)</g)].map(([, text = '']) => text);
    expect(texts.slice(0, 4)).toEqual(['A talk.mp3', '0:00  ', 'Anna &amp; Co: ', 'Please *open* the door.']);
    expect(texts.at(-1)).toBe('bell \ufffd half \ufffd &lt;tag&gt; 好');
  });
});

describe('notes', () => {
  const noted: Manuscript = {
    ...manuscript(said(0, 0, 2, 'First.'), said(1, 2, 4, 'Second.'), said(2, 4, 6, 'Third.')),
    notes: [
      { at: 2, text: ' ask *him*\nagain ' },
      { at: 754, text: 'after all of it' },
      { at: 755, text: ' ' },
    ],
  };

  it('stand at their time in running text, and end a paragraph', () => {
    expect(FORMATS.txt.write(noted, STANDARD_OPTIONS)).toBe(
      'First.\n> [0:02] ask *him* again\nSecond.\nThird.\n> [12:34] after all of it\n',
    );
    expect(FORMATS.md.write(noted)).toBe(
      '# A talk.mp3\n\nFirst.\n\n> **0:02** ask \\*him\\* again\n\nSecond. Third.\n\n> **12:34** after all of it\n',
    );
    expect(FORMATS.txt.write(noted), 'what a server answers').toBe('First.\nSecond.\nThird.\n');
  });

  it('are a list in JSON, where there are any', () => {
    const notes = (text: Manuscript): unknown => JSON.parse(FORMATS.json.write(text)).notes;
    expect(notes(noted)).toHaveLength(3);
    expect(notes(noted)).toMatchObject([{ at: 2 }, { at: 754, text: 'after all of it' }, { at: 755 }]);
    expect(notes(talk)).toBeUndefined();
  });

  it('are set apart in a Word file', async () => {
    const parts = unzipSync(await writeDocx(noted, STANDARD_OPTIONS));
    const xml = decoder.decode(parts['word/document.xml']);
    const paragraphs = [...xml.matchAll(/<w:p>.*?<\/w:p>/gs)].map(([paragraph]) => paragraph);
    const notes = paragraphs.filter((paragraph) => paragraph.includes('<w:i/>'));
    expect(notes.map((note) => [note.includes('<w:ind '), note.includes('12:34')])).toEqual([
      [true, false],
      [true, true],
    ]);
  });
});

describe('names of files', () => {
  it('are safe and none twice, whatever the sources are called', () => {
    expect(
      fileNames(['a.mp3', 'A.wav', 'a (2).ogg', 'con', 'CON.mp3', '\u202egnp.x', 'index'], 'csv', [
        'index.csv',
      ]),
    ).toEqual([
      'a.csv',
      'A (2).csv',
      'a (2) (2).csv',
      '_con.csv',
      '_CON (2).csv',
      'gnp.csv',
      'index (2).csv',
    ]);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 80 }), { maxLength: 6 }), (sources) => {
        const names = fileNames(sources, 'txt');
        expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(sources.length);
        for (const name of names) {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be in a name
          expect(name).not.toMatch(/[\u0000-\u001f<>:"/\\|?*]|^[.\s-]|[.\s]\.txt$/);
          expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(255);
        }
      }),
    );
  });
});

describe('an archive', () => {
  const work = (format: 'txt' | 'docx', pause: () => Promise<void> = async () => undefined) => {
    const counts: number[] = [];
    const long = manuscript(...Array.from({ length: 9000 }, (_, id) => said(id, id, id + 1, `Line ${id}.`)));
    const texts = [talk, long, manuscript()];
    const made = archive({
      manuscripts: texts.map((text) => () => text),
      names: ['a.mp3', 'a.wav', '录音, 九点'],
      format,
      options: STANDARD_OPTIONS,
      pause,
      onFile: (count) => void counts.push(count),
    });
    return { made, counts, long };
  };

  it('holds a file for each transcript and a table of them', async () => {
    let pauses = 0;
    const { made, counts, long } = work('txt', async () => {
      pauses += 1;
    });
    const parts = unzipSync(new Uint8Array(await new Blob(await collected(made)).arrayBuffer()));
    expect(Object.keys(parts)).toEqual(['a.txt', 'a (2).txt', '录音, 九点.txt', 'index.csv']);
    expect(decoder.decode(parts['a (2).txt'])).toBe(FORMATS.txt.write(long));
    expect(decoder.decode(parts['index.csv'])).toBe(
      'file,source,seconds,language,model,segments\r\n' +
        'a.txt,a.mp3,3662.000,en,sotto-demo-en,3\r\n' +
        'a (2).txt,a.wav,9000.000,en,sotto-demo-en,9000\r\n' +
        '"录音, 九点.txt","录音, 九点",0.000,en,sotto-demo-en,0\r\n',
    );
    expect(counts).toEqual([1, 2, 3]);
    expect(pauses).toBe(5);
  });

  it('ends where its pause throws', async () => {
    let pauses = 0;
    const { made } = work('txt', async () => {
      pauses += 1;
      if (pauses === 2) throw new Error('cancelled');
    });
    await expect(collected(made)).rejects.toThrow('cancelled');
    expect(pauses).toBe(2);
  });
});

async function collected(chunks: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>[]> {
  const all: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}
