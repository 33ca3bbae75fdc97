/** What was done to a document, to be taken back and done again. Pure. */
import type { Document } from './document.ts';

export interface History {
  /** the newest last; at most MOST_STEPS */
  readonly past: readonly Document[];
  readonly present: Document;
  /** the next last */
  readonly future: readonly Document[];
  /** of the last step: steps of one tag, one after another, are one */
  readonly tag: string | undefined;
}

/** Steps that can be taken back. They share all lines that did not change. */
export const MOST_STEPS = 200;

export const begun = (present: Document): History => ({ past: [], present, future: [], tag: undefined });

/** `tag`: what is being done, such as typing in one line. */
export function changed(history: History, document: Document, tag?: string): History {
  const { past, present } = history;
  if (document === present) return history;
  const goesOn = tag !== undefined && tag === history.tag;
  return {
    past: goesOn ? past : [...past, present].slice(-MOST_STEPS),
    present: document,
    future: [],
    tag,
  };
}

export function undone(history: History): History {
  const { past, present, future } = history;
  const before = past.at(-1);
  if (before === undefined) return history;
  return { past: past.slice(0, -1), present: before, future: [...future, present], tag: undefined };
}

export function redone(history: History): History {
  const { past, present, future } = history;
  const next = future.at(-1);
  if (next === undefined) return history;
  return { past: [...past, present], present: next, future: future.slice(0, -1), tag: undefined };
}
