/** Find and replace in a document. */
import { rewritten } from './change-lines.ts';
import type { Document, EditedSegment } from './document.ts';

export interface Query {
  readonly text: string;
  readonly matchCase: boolean;
}

export interface Match {
  /** of the segment */
  readonly id: number;
  /** of its text: the first character, and the one after the last */
  readonly from: number;
  readonly to: number;
}

/** In order; a match never overlaps the one before. Nothing is found of an empty text. */
export function matches({ segments }: Document, query: Query): Match[] {
  const wanted = pattern(query);
  if (wanted === undefined) return [];
  return segments.flatMap(({ id, text }) =>
    Array.from(text.matchAll(wanted), ({ 0: found, index }) => ({
      id,
      from: index,
      to: index + found.length,
    })),
  );
}

/** A line that is left without text is taken out. */
export function replaced(
  document: Document,
  found: readonly Match[],
  replacement: string,
): { readonly document: Document; readonly count: number } {
  const byLine = new Map<number, Match[]>();
  for (const match of found) byLine.set(match.id, [...(byLine.get(match.id) ?? []), match]);
  let count = 0;
  const segments = document.segments.flatMap((segment) => {
    const here = byLine.get(segment.id);
    if (here === undefined) return [segment];
    count += here.length;
    return replacedIn(segment, here, replacement);
  });
  return { document: count === 0 ? document : { ...document, segments }, count };
}

function replacedIn(segment: EditedSegment, here: readonly Match[], replacement: string): EditedSegment[] {
  let text = '';
  let at = 0;
  for (const { from, to } of here) {
    text += segment.text.slice(at, from) + replacement;
    at = to;
  }
  text = (text + segment.text.slice(at)).replace(/\s+/g, ' ').trim();
  if (text === '') return [];
  return [text === segment.text ? segment : rewritten(segment, text)];
}

function pattern({ text, matchCase }: Query): RegExp | undefined {
  if (text === '') return undefined;
  // Text has one space where a person may type several.
  const escaped = text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/\s+/g, '\\s+');
  return new RegExp(escaped, matchCase ? 'gu' : 'giu');
}
