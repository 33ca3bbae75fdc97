/** Running text: what TXT, Markdown, DOCX and print are made of. */
import { plainText } from '../transcript/transcript.ts';
import { clock } from './clock.ts';
import type { Manuscript, SpokenSegment, TimedNote } from './format.ts';
import type { OutputOptions } from './options.ts';
import { tidy } from './units.ts';

export interface Block {
  /** `note`: a person's, which always has its time */
  readonly kind: 'said' | 'note';
  /** `1:02:03`, where times are wanted */
  readonly time?: string;
  /** where speakers are shown and it is another one than before */
  readonly speaker?: string;
  /** one line */
  readonly text: string;
}

/** Seconds of silence after which a new paragraph begins. */
const PAUSE = 2;
/** A paragraph of so many characters ends with its sentence, and at twice as many in any case. */
const LONG = 600;

/** A block a segment. */
export function linesOf({ segments, notes = [] }: Manuscript, options: OutputOptions): Block[] {
  return blocks(
    segments.map((segment) => [segment]),
    notes,
    options,
  );
}

/** New ones begin with another speaker, after a pause, after a note, and where one has become long. */
export function paragraphsOf({ segments, notes = [] }: Manuscript, options: OutputOptions): Block[] {
  const groups: SpokenSegment[][] = [];
  for (const segment of segments) {
    if (tidy(segment.text) === '') continue;
    const group = groups.at(-1);
    if (group === undefined || endsBefore(segment, group, notes, options)) groups.push([segment]);
    else group.push(segment);
  }
  return blocks(groups, notes, options);
}

/** Lines where each is to have its time, else paragraphs. */
export const blocksOf = (manuscript: Manuscript, options: OutputOptions): Block[] =>
  options.times === 'line' ? linesOf(manuscript, options) : paragraphsOf(manuscript, options);

function endsBefore(
  next: SpokenSegment,
  group: readonly SpokenSegment[],
  notes: readonly TimedNote[],
  { speakers }: OutputOptions,
): boolean {
  const last = group.at(-1);
  if (last === undefined) return false;
  if (speakers === 'shown' && next.speaker !== last.speaker) return true;
  if (next.start - last.end >= PAUSE) return true;
  if (notes.some(({ at }) => at > last.start && at <= next.start)) return true;
  const length = plainText(group).length;
  return length >= LONG * 2 || (length >= LONG && /[.!?…。！？]["'”’»）)]*\s*$/u.test(last.text));
}

/** Each note stands before the first group that begins after it. */
function blocks(
  groups: readonly (readonly SpokenSegment[])[],
  notes: readonly TimedNote[],
  options: OutputOptions,
): Block[] {
  let before: string | undefined;
  let written = 0;
  const notesUntil = (end: number): Block[] => {
    const from = written;
    while (written < notes.length && (notes[written]?.at ?? end) <= end) written += 1;
    return notes.slice(from, written).flatMap(noteBlock);
  };
  const said = groups.flatMap((group) => {
    const text = tidy(plainText(group));
    const [first] = group;
    if (text === '' || first === undefined) return [];
    const speaker = options.speakers === 'shown' ? first.speaker : undefined;
    const changed = speaker !== undefined && speaker !== before;
    before = speaker;
    const block: Block = {
      kind: 'said',
      text,
      ...(options.times === 'none' ? {} : { time: clock(first.start) }),
      ...(changed ? { speaker: tidy(speaker) } : {}),
    };
    return [...notesUntil(first.start), block];
  });
  return [...said, ...notesUntil(Number.POSITIVE_INFINITY)];
}

function noteBlock({ at, text }: TimedNote): Block[] {
  const line = tidy(text);
  return line === '' ? [] : [{ kind: 'note', time: clock(at), text: line }];
}
