/** What the view of a recording decides, apart from what it shows. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { split, withText } from '../../shared/edit/change-lines.ts';
import { heardDocument } from '../../shared/edit/document.ts';
import { SPEAKER_COLOURS } from '../../shared/edit/speakers.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import { CHUNK_LINES, type Chunk, chunked } from '../../web/app/recording/line-chunks.ts';
import { piecesOf } from '../../web/app/recording/line-pieces.ts';
import { moved, settled } from '../../web/app/recording/moves.ts';
import { COMMANDS, commandOf, keyOf, SHORTCUTS, WRITING_KEYS } from '../../web/app/recording/shortcuts.ts';
import { SHADES } from '../../web/app/recording/speaker-colours.ts';

const line = (id: number, text: string, avgLogprob = -0.2): Segment => ({
  id,
  start: id,
  end: id + 0.9,
  text,
  tokens: [],
  avgLogprob,
  noSpeechProb: 0,
  compressionRatio: 1,
});
const many = (count: number) =>
  heardDocument(Array.from({ length: count }, (_, id) => line(id, `line number ${id}`)));

const pressed = (key: string, held: { ctrl?: boolean; shift?: boolean; alt?: boolean } = {}) => ({
  key,
  ctrlKey: held.ctrl ?? false,
  metaKey: false,
  altKey: held.alt ?? false,
  shiftKey: held.shift ?? false,
});

describe('keys', () => {
  it('each mean one thing', () => {
    const keys = COMMANDS.flatMap((command) => [...SHORTCUTS[command].keys]);
    expect(new Set(keys).size).toBe(keys.length);
    expect(Object.values(WRITING_KEYS).flat()).toContain('Enter');
  });

  it('are told by what is printed on them, with and without Shift', () => {
    expect(keyOf(pressed('N', { shift: true }))).toBe('Shift+n');
    expect(keyOf(pressed('n'))).toBe('n');
    expect(keyOf(pressed('?', { shift: true })), 'where it needs Shift').toBe('?');
    expect(keyOf(pressed('Z', { ctrl: true, shift: true }))).toBe('Ctrl+Shift+z');
    expect(keyOf({ ...pressed('z'), metaKey: true })).toBe('Ctrl+z');
    expect(keyOf(pressed(' '))).toBe('Space');
  });

  it('are the text field’s while somebody writes, and the button’s that has the focus', () => {
    for (const command of COMMANDS)
      for (const key of SHORTCUTS[command].keys) {
        const bare = key.split('+').at(-1)!;
        const held = { ctrl: key.includes('Ctrl+'), shift: key.includes('Shift+') };
        expect(commandOf(pressed(bare === 'Space' ? ' ' : bare, held), 'word')).toBe(command);
        expect(commandOf(pressed(bare, held), 'text')).toBeUndefined();
        expect(commandOf(pressed(bare, { ...held, alt: true }), 'word'), 'the browser’s').toBeUndefined();
      }
    expect(commandOf(pressed(' '), 'control')).toBeUndefined();
    expect(commandOf(pressed('Enter'), 'control')).toBeUndefined();
    expect(commandOf(pressed('ArrowLeft'), 'control')).toBeUndefined();
    expect(commandOf(pressed('z', { ctrl: true }), 'control')).toBe('undo');
    expect(commandOf(pressed('n'), 'control')).toBe('unsure');
  });
});

describe('chunks of lines', () => {
  const allOf = (chunks: readonly Chunk[]) => chunks.flatMap(({ segments }) => segments);

  it('are the same where nothing changed, so that one change renders one of them', () => {
    const document = many(500);
    const before = chunked(document.segments, []);
    expect(before).toHaveLength(Math.ceil(500 / CHUNK_LINES));
    expect(chunked(document.segments, before)).toEqual(before);
    for (const changed of [
      withText(document, 250, 'other'),
      split(document, 250, 4),
      withText(document, 250, ''),
    ]) {
      const after = chunked(changed.segments, before);
      expect(allOf(after)).toEqual(changed.segments);
      expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
      expect(after.filter((chunk) => !before.includes(chunk))).toHaveLength(1);
    }
  });

  it('hold all lines in order, whatever comes and goes, and none gets long', () => {
    const lists = fc.array(fc.subarray(Array.from({ length: 120 }, (_, id) => id)), { maxLength: 6 });
    fc.assert(
      fc.property(lists, (steps) => {
        const { segments } = many(120);
        let chunks: readonly Chunk[] = [];
        for (const ids of steps) {
          const wanted = segments.filter(({ id }) => ids.includes(id));
          chunks = chunked(wanted, chunks);
          expect(allOf(chunks)).toEqual(wanted);
          expect(new Set(chunks.map(({ key }) => key)).size).toBe(chunks.length);
          for (const chunk of chunks) expect(chunk.segments.length).toBeLessThanOrEqual(2 * CHUNK_LINES);
        }
      }),
    );
  });
});

it('a line is shown in pieces that are its text', () => {
  const doubted = line(0, 'one two three', -2);
  expect(piecesOf(doubted, 1)).toEqual([
    { text: 'one ', unsure: true, active: false },
    { text: 'two', unsure: true, active: true },
    { text: ' three', unsure: true, active: false },
  ]);
  expect(piecesOf(line(0, ''), 0)).toEqual([]);
  expect(piecesOf(line(0, 'one'), undefined)).toEqual([{ text: 'one', unsure: false, active: false }]);
});

describe('the keyboard’s place', () => {
  const document = heardDocument([line(0, 'one two'), line(1, 'three'), line(2, 'four five six', -2)]);
  const at = (id: number, word: number) => ({ id, word });

  it('goes from word to word over lines, and no further than the text', () => {
    expect(moved(document, at(0, 1), 'wordRight')).toEqual(at(1, 0));
    expect(moved(document, at(1, 0), 'wordLeft')).toEqual(at(0, 1));
    expect(moved(document, at(0, 0), 'wordLeft')).toEqual(at(0, 0));
    expect(moved(document, at(2, 2), 'wordRight')).toEqual(at(2, 2));
    expect(moved(document, at(0, 1), 'lineDown')).toEqual(at(1, 0));
    expect(moved(document, at(0, 1), 'tenDown')).toEqual(at(2, 1));
    expect(moved(document, at(1, 0), 'last')).toEqual(at(2, 0));
    expect(moved(document, at(2, 0), 'lineEnd')).toEqual(at(2, 2));
    expect(moved(document, at(0, 0), 'unsure')).toEqual(at(2, 0));
    expect(moved(document, at(2, 0), 'unsureBefore'), 'none').toEqual(at(2, 0));
    expect(moved(document, at(0, 0), 'play')).toBeUndefined();
  });

  it('is where it was when its line is gone', () => {
    expect(settled(document, at(1, 7), 1)).toEqual(at(1, 0));
    expect(settled(withText(document, 1, ''), at(1, 0), 1)).toEqual(at(2, 0));
    expect(settled(heardDocument([]), at(1, 0), 1)).toBeUndefined();
  });
});

describe('colours of speakers', () => {
  /** What lines lie on: plain, under the pointer, picked. */
  const css = readFileSync(new URL('../../web/app/page.css', import.meta.url), 'utf8');
  const SURFACES = ['surface', 'sunken', 'accent-soft'].map((token) => {
    const [, light = '', dark = ''] =
      new RegExp(`--${token}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css) ?? [];
    return { light, dark };
  });
  /** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
  const luminance = (hex: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((from) => {
      const value = Number.parseInt(hex.slice(from, from + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (a: string, b: string): number => {
    const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };

  it.each(SPEAKER_COLOURS)('%s can be read on each surface, in light and in dark', (colour) => {
    for (const scheme of ['light', 'dark'] as const)
      for (const surface of SURFACES)
        expect(contrast(SHADES[colour][scheme], surface[scheme]), scheme).toBeGreaterThanOrEqual(4.5);
  });

  it('differ', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    const shades = SPEAKER_COLOURS.flatMap((colour) => [SHADES[colour].light, SHADES[colour].dark]);
    expect(new Set(shades).size).toBe(2 * SPEAKER_COLOURS.length);
  });
});
