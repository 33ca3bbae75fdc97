import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMAT_IDS, FORMATS } from '../../shared/formats/index.ts';
import type { Segment, Transcript } from '../../shared/transcript/transcript.ts';

function segment(id: number, start: number, end: number, text: string): Segment {
  return { id, start, end, text, tokens: [id], avgLogprob: -0.5, noSpeechProb: 0.25, compressionRatio: 1.5 };
}

function transcript(...segments: Segment[]): Transcript {
  return { segments, duration: 5000.1234, language: 'en', model: 'sotto-demo-en' };
}

const sample = transcript(
  segment(0, 0.3, 2.5, 'Please open the door.'),
  segment(1, 3661.0004, 3661.9996, 'Salt & pepper <b> --> done'),
);

interface ReadCue {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Reads by the rules of the formats and nothing else: blocks split by blank lines, one timing line each. */
function readCues(file: string, mark: '.' | ','): ReadCue[] {
  const time = `(\\d{2,}):([0-5]\\d):([0-5]\\d)\\${mark}(\\d{3})`;
  const timing = new RegExp(`^${time} --> ${time}$`);
  const cues: ReadCue[] = [];
  for (const block of file.split(/\n\n+/)) {
    const lines = block.split('\n').filter((line) => line !== '');
    const at = lines.findIndex((line) => line.includes('-->'));
    if (at === -1) continue;
    const numbers = timing
      .exec(lines[at] ?? '')
      ?.slice(1)
      .map(Number);
    if (numbers === undefined) throw new Error(`not a timing line: ${lines[at]}`);
    const [h = 0, m = 0, s = 0, ms = 0, h2 = 0, m2 = 0, s2 = 0, ms2 = 0] = numbers;
    const text = lines.slice(at + 1).join('\n');
    if (text.includes('-->')) throw new Error('an arrow in the text');
    cues.push({
      start: ((h * 60 + m) * 60 + s) * 1000 + ms,
      end: ((h2 * 60 + m2) * 60 + s2) * 1000 + ms2,
      text,
    });
  }
  return cues;
}

const unescaped = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
const words = (text: string) =>
  text
    .replaceAll('\0', '\uFFFD')
    .split(/[\s\u0085]+/)
    .filter(Boolean)
    .join(' ');

describe('formats', () => {
  it('writes WebVTT', () => {
    expect(FORMATS.vtt.write(sample)).toBe(
      'WEBVTT\n\n00:00:00.300 --> 00:00:02.500\nPlease open the door.\n\n' +
        '01:01:01.000 --> 01:01:02.000\nSalt &amp; pepper &lt;b&gt; --&gt; done\n',
    );
  });

  it('writes SubRip', () => {
    expect(FORMATS.srt.write(sample)).toBe(
      '1\n00:00:00,300 --> 00:00:02,500\nPlease open the door.\n\n' +
        '2\n01:01:01,000 --> 01:01:02,000\nSalt & pepper <b> -- > done\n',
    );
  });

  it('writes a line a segment as text', () => {
    expect(FORMATS.txt.write(sample)).toBe('Please open the door.\nSalt & pepper <b> --> done\n');
  });

  it('writes JSON with the fields of verbose_json', () => {
    expect(JSON.parse(FORMATS.json.write(sample))).toEqual({
      language: 'en',
      duration: 5000.123,
      model: 'sotto-demo-en',
      text: 'Please open the door. Salt & pepper <b> --> done',
      segments: [
        {
          id: 0,
          start: 0.3,
          end: 2.5,
          text: 'Please open the door.',
          tokens: [0],
          avg_logprob: -0.5,
          compression_ratio: 1.5,
          no_speech_prob: 0.25,
        },
        {
          id: 1,
          start: 3661,
          end: 3662,
          text: 'Salt & pepper <b> --> done',
          tokens: [1],
          avg_logprob: -0.5,
          compression_ratio: 1.5,
          no_speech_prob: 0.25,
        },
      ],
    });
  });

  it('writes words and the temperature where they are known', () => {
    const words = [
      { text: ' Please', start: 0.3, end: 0.7004, probability: 0.5 },
      { text: ' go.', start: 0.7004, end: 1.2, probability: 0.25 },
    ];
    const file = FORMATS.json.write(
      transcript({ ...segment(0, 0.3, 2.5, 'Please go.'), temperature: 0.2, words }),
    );
    expect(JSON.parse(file).segments[0]).toMatchObject({
      temperature: 0.2,
      words: [
        { word: ' Please', start: 0.3, end: 0.7, probability: 0.5 },
        { word: ' go.', start: 0.7, end: 1.2, probability: 0.25 },
      ],
    });
  });

  it('removes blank lines within a text and widens a cue of no length', () => {
    const odd = transcript(segment(0, 1, 1.0002, 'one\r\n\r\n \ntwo\n'));
    expect(readCues(FORMATS.vtt.write(odd), '.')).toEqual([{ start: 1000, end: 1100, text: 'one\ntwo' }]);
    expect(readCues(FORMATS.srt.write(odd), ',')).toEqual([{ start: 1000, end: 1100, text: 'one\ntwo' }]);
  });

  it('writes an empty transcript as a valid file of each kind', () => {
    expect(FORMAT_IDS.map((id) => FORMATS[id].write(transcript()))).toEqual([
      '',
      '',
      '',
      'WEBVTT\n',
      '{"language":"en","duration":5000.123,"model":"sotto-demo-en","text":"","segments":[]}\n',
      'start,end,text\r\n',
    ]);
  });

  it('names each format for people and for HTTP', () => {
    expect(FORMAT_IDS).toEqual(['txt', 'md', 'srt', 'vtt', 'json', 'csv']);
    for (const id of FORMAT_IDS) {
      expect(FORMATS[id].extension).toBe(id);
      expect(FORMATS[id].mediaType).toMatch(/^[a-z]+\/[a-z-]+; charset=utf-8$/);
    }
  });

  it('reads back as written, whatever the times and texts', () => {
    const nasty = fc.constantFrom(
      '-->',
      '\n\n',
      '\r\n',
      '<i>',
      '&lt;',
      '&',
      '\0',
      '00:00:01.000 --> 1',
      '1',
      'é',
      '好',
    );
    const text = fc
      .array(fc.oneof(nasty, fc.string({ unit: 'binary' })), { minLength: 1 })
      .map((t) => t.join(' '));
    const times = fc.tuple(
      fc.double({ min: 0, max: 4e5, noNaN: true }),
      fc.double({ min: 0, max: 30, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(times, text), { maxLength: 8 }), (parts) => {
        const segments = parts.map(([[start, length], words], id) =>
          segment(id, start, start + length, words),
        );
        const expected = segments.filter((s) => words(s.text) !== '');
        const vtt = readCues(FORMATS.vtt.write(transcript(...segments)), '.');
        const srt = readCues(FORMATS.srt.write(transcript(...segments)), ',');
        expect(vtt.map((cue) => words(unescaped(cue.text)))).toEqual(expected.map((s) => words(s.text)));
        expect(srt.map((cue) => words(cue.text).replaceAll('-- >', '-->'))).toEqual(
          expected.map((s) => words(s.text).replaceAll('-- >', '-->')),
        );
        for (const [index, cue] of [...vtt, ...srt].entries()) {
          const source = expected[index % expected.length]!;
          expect(cue.end).toBeGreaterThan(cue.start);
          expect(Math.abs(cue.start - source.start * 1000)).toBeLessThanOrEqual(0.51);
          expect(Math.abs(cue.end - source.end * 1000)).toBeLessThanOrEqual(101);
        }
      }),
    );
  });
});
