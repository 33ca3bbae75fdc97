/** Cuts a segment into cues that fit on a screen: lines, words and seconds as the options say. */
import type { Cue } from './cue.ts';
import type { SpokenSegment } from './format.ts';
import type { OutputOptions } from './options.ts';
import { columns, partsOf, tidy, type Unit, unitsOf } from './units.ts';

/** Milliseconds that a segment without length is shown. */
export const SHORTEST = 100;

const SENTENCE_END = /[.!?…。！？][\p{Pe}\p{Pf}"']*$/u;
const CLAUSE_END = /[,;:，、；：][\p{Pe}\p{Pf}"']*$/u;

/** In order, one after the other, inside the segment; together they have all its text. `label` stands before it. */
export function cutCues(segment: SpokenSegment, options: OutputOptions, label = ''): Cue[] {
  const spoken = unitsOf(segment, options.lineLength);
  if (tidy(segment.text) === '') return [];
  return timed(segment, grouped(labelled(spoken, label, options), options), options);
}

function labelled(spoken: readonly Unit[], label: string, { lineLength }: OutputOptions): Unit[] {
  const [first, ...rest] = spoken;
  if (label === '' || first === undefined) return [...spoken];
  const { start } = first;
  const before = partsOf(tidy(label), lineLength).map((part) => ({ ...part, start, end: start }));
  return [...before, { ...first, spaced: true }, ...rest];
}

function grouped(units: readonly Unit[], options: OutputOptions): Unit[][] {
  const groups: Unit[][] = [];
  for (let at = 0; at < units.length; ) {
    let most = 1;
    while (at + most < units.length && fits(units.slice(at, at + most + 1), options)) most += 1;
    const count = at + most < units.length ? bestCount(units.slice(at), most) : most;
    groups.push(units.slice(at, at + count));
    at += count;
  }
  return groups;
}

function fits(
  units: readonly Unit[],
  { lineLength, cueLines, cueWords, cueSeconds }: OutputOptions,
): boolean {
  const length = (units.at(-1)?.end ?? 0) - (units[0]?.start ?? 0);
  return (
    (cueWords === 0 || units.length <= cueWords) &&
    length <= cueSeconds * 1000 &&
    wrapped(units, lineLength).length <= cueLines
  );
}

/** Of the counts that fit, rather a long one, rather the end of a sentence or clause, never leaving one or two words. */
function bestCount(rest: readonly Unit[], most: number): number {
  const score = (count: number) => {
    const text = rest[count - 1]?.text ?? '';
    const stop = SENTENCE_END.test(text) ? 1 : CLAUSE_END.test(text) ? 0.6 : 0;
    return count / most + stop - (rest.length - count <= 2 ? 0.5 : 0);
  };
  let best = most;
  for (let count = most - 1; count >= Math.ceil(most / 2); count -= 1) {
    if (score(count) > score(best)) best = count;
  }
  return best;
}

function wrapped(units: readonly Unit[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const { text, spaced } of units) {
    const longer = line === '' ? text : `${line}${spaced ? ' ' : ''}${text}`;
    if (line !== '' && columns(longer) > width) {
      lines.push(line);
      line = text;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** As few lines as the width allows, of about the same length. */
function balanced(units: readonly Unit[], width: number): string[] {
  const widest = wrapped(units, width);
  const all = widest.reduce((sum, line) => sum + columns(line), 0);
  for (let narrow = Math.ceil(all / widest.length); narrow < width; narrow += 1) {
    const lines = wrapped(units, narrow);
    if (lines.length <= widest.length && lines.every((line) => columns(line) <= width)) return lines;
  }
  return widest;
}

/** Whole milliseconds. A cue has one at least, so a segment shorter than its cues are many gets as many. */
function timed(segment: SpokenSegment, groups: readonly Unit[][], options: OutputOptions): Cue[] {
  const from = Math.round(segment.start * 1000);
  const given = Math.round(segment.end * 1000);
  const to = Math.max(given > from ? given : from + SHORTEST, from + groups.length);
  let last = from;
  return groups.map((units, index) => {
    const later = groups.length - index - 1;
    const start = within(units[0]?.start ?? from, last, to - later - 1);
    const end = within(
      units.at(-1)?.end ?? to,
      start + 1,
      Math.min(to - later, start + options.cueSeconds * 1000),
    );
    last = end;
    return { start, end, text: balanced(units, options.lineLength).join('\n') };
  });
}

const within = (value: number, least: number, most: number) =>
  Math.min(most, Math.max(least, Math.round(value)));
