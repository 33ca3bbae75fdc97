/**
 * Words of a line whose text was changed: those that are unchanged keep their times, what replaces others gets theirs,
 * and what is added gets the time between its neighbours.
 */
import type { Word } from '../asr/engine.ts';
import { UNSPACED } from '../formats/units.ts';
import type { Segment } from '../transcript/transcript.ts';
import { keptPlaces } from './common-run.ts';
import { share, type TimedWord, toldWords } from './timed-words.ts';

/** What texts are compared by: letters that stand together, or marks; of scripts without spaces, one character. */
interface Atom {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

interface OldAtom extends Atom {
  /** which of the words it is of */
  readonly word: number;
  readonly start: number;
  readonly end: number;
}

interface NewAtom extends Atom {
  /** where it was in the old text; undefined: it is new */
  readonly old: number | undefined;
  readonly start: number;
  readonly end: number;
}

const ATOMS = /[\p{L}\p{M}\p{N}'’_-]+|[^\s\p{L}\p{M}\p{N}'’_-]+/gu;
const LETTERS = /[\p{L}\p{N}]/u;
const OPENING = /^[\p{Ps}\p{Pi}]/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** In order, inside the segment; joined and trimmed they are `text`. Undefined where the model told no words. */
export function retimed(segment: Segment, text: string): Word[] | undefined {
  const words = toldWords(segment);
  if (words === undefined) return undefined;
  const before = oldAtoms(segment.text, words);
  const after = placed(segment, before, atomsOf(text));
  return runsOf(after, before).map((run, index, runs) => {
    const first = run[0];
    const last = run.at(-1);
    const from = index === 0 ? 0 : (runs[index - 1]?.at(-1)?.to ?? 0);
    const whole = wholeWord(run, before, words);
    return {
      text: text.slice(from, index === runs.length - 1 ? text.length : last?.to),
      start: whole?.start ?? first?.start ?? segment.start,
      end: whole?.end ?? last?.end ?? segment.end,
      probability: whole?.probability ?? probabilityOf(run, before, words),
    };
  });
}

function atomsOf(text: string): Atom[] {
  return [...text.matchAll(ATOMS)].flatMap(({ 0: run, index }) =>
    UNSPACED.test(run)
      ? Array.from(graphemes.segment(run), ({ segment, index: at }) => ({
          text: segment,
          from: index + at,
          to: index + at + segment.length,
        }))
      : [{ text: run, from: index, to: index + run.length }],
  );
}

/** Each has its share of its word's time. */
function oldAtoms(text: string, words: readonly TimedWord[]): OldAtom[] {
  let at = 0;
  return atomsOf(text).map((atom) => {
    while (at < words.length - 1 && atom.from >= (words[at]?.to ?? 0)) at += 1;
    const { from = 0, to = 0, start = 0, end = 0 } = words[at] ?? {};
    const time = (place: number) => share(start, end, Math.max(0, Math.min(place, to) - from), to - from);
    return { ...atom, word: at, start: time(atom.from), end: time(atom.to) };
  });
}

function placed({ start, end }: Segment, before: readonly OldAtom[], after: readonly Atom[]): NewAtom[] {
  const places = keptPlaces(
    before.map(({ text }) => text),
    after.map(({ text }) => text),
  );
  const atoms: NewAtom[] = [];
  for (let at = 0; at < after.length; ) {
    const kept = before[places[at] ?? -1];
    const atom = after[at];
    if (kept !== undefined && atom !== undefined) {
      atoms.push({ ...atom, old: places[at], start: kept.start, end: kept.end });
      at += 1;
      continue;
    }
    let past = at;
    while (past < after.length && (places[past] ?? -1) < 0) past += 1;
    const left = places[at - 1] ?? -1;
    const right = past < after.length ? (places[past] ?? before.length) : before.length;
    const replaced = before.slice(left + 1, right);
    const from = replaced[0]?.start ?? before[left]?.end ?? start;
    const to = Math.max(from, replaced.at(-1)?.end ?? before[right]?.start ?? end);
    atoms.push(...shared(after.slice(at, past), from, to));
    at = past;
  }
  return atoms;
}

function shared(atoms: readonly Atom[], start: number, end: number): NewAtom[] {
  const letters = atoms.reduce((sum, { from, to }) => sum + to - from, 0);
  let before = 0;
  return atoms.map((atom) => {
    const from = share(start, end, before, letters);
    before += atom.to - atom.from;
    return { ...atom, old: undefined, start: from, end: share(start, end, before, letters) };
  });
}

/** The atoms of each word of the new text. */
function runsOf(atoms: readonly NewAtom[], before: readonly OldAtom[]): NewAtom[][] {
  const runs: NewAtom[][] = [];
  for (const [index, atom] of atoms.entries()) {
    const last = atoms[index - 1];
    if (last === undefined || wordEndsBetween(last, atom, before)) runs.push([atom]);
    else runs.at(-1)?.push(atom);
  }
  return runs;
}

function wordEndsBetween(a: NewAtom, b: NewAtom, before: readonly OldAtom[]): boolean {
  const apart = b.from > a.to;
  const oldA = before[a.old ?? -1];
  const oldB = before[b.old ?? -1];
  if (oldA !== undefined && oldB !== undefined && b.old === (a.old ?? -1) + 1) {
    if (oldB.from > oldA.to === apart) return oldA.word !== oldB.word;
  }
  if (apart) return true;
  if (!LETTERS.test(b.text) && !OPENING.test(b.text)) return false;
  return UNSPACED.test(a.text) || UNSPACED.test(b.text);
}

/** The old word that these are, no more and no less. */
function wholeWord(
  run: readonly NewAtom[],
  before: readonly OldAtom[],
  words: readonly TimedWord[],
): TimedWord | undefined {
  const word = before[run[0]?.old ?? -1]?.word;
  if (word === undefined || run.some(({ old }) => before[old ?? -1]?.word !== word)) return undefined;
  return run.length === before.filter((atom) => atom.word === word).length ? words[word] : undefined;
}

/** What a person wrote is certain. */
function probabilityOf(
  run: readonly NewAtom[],
  before: readonly OldAtom[],
  words: readonly TimedWord[],
): number {
  if (run.some(({ old }) => old === undefined)) return 1;
  return Math.min(...run.map(({ old }) => words[before[old ?? -1]?.word ?? -1]?.probability ?? 1));
}
