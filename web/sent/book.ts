/** The notebook of what went out of this browser: what a line says, which notes become one line, how many are kept. Pure. */
import type { Sent } from '../client/sent.ts';

interface Span {
  /** epoch milliseconds of the first and of the last note in it */
  readonly from: number;
  readonly to: number;
  readonly host: string;
}

export type Line =
  | (Span & { readonly kind: 'sound'; readonly windows: number; readonly seconds: number })
  | (Span & {
      readonly kind: 'model';
      readonly model: string;
      readonly requests: number;
      readonly bytes: number;
    })
  /** without user, query and fragment, which may hold secrets */
  | (Span & { readonly kind: 'address'; readonly url: string; readonly times: number });

export interface Book {
  /** epoch milliseconds: when it was begun, or cleared the last time */
  readonly since: number;
  /** `first`: nothing can have been sent before it was begun; `later`: that is not known, or it was cleared */
  readonly begun: 'first' | 'later';
  /** lines that had to make room for later ones */
  readonly dropped: number;
  /** in the order in which they were begun */
  readonly lines: readonly Line[];
}

export const MOST_LINES = 500;
/** Notes of one kind and host with no longer a pause between them are one line. */
export const PAUSE_MS = 300_000;

export const emptyBook = (since: number, begun: Book['begun']): Book => ({
  since,
  begun,
  dropped: 0,
  lines: [],
});

/** Whether it can be said that nothing was ever sent. */
export const isEmptyForever = ({ begun, dropped, lines }: Book): boolean =>
  begun === 'first' && dropped === 0 && lines.length === 0;

export function noted(book: Book, sent: Sent, at: number): Book {
  const line = lineOf(sent, at);
  if (line === undefined) return book;
  const found = book.lines.findLastIndex((one) => at - one.to <= PAUSE_MS && isSame(one, line));
  const before = book.lines[found];
  if (before !== undefined) return { ...book, lines: book.lines.with(found, joined(before, line)) };
  const lines = [...book.lines, line];
  const over = Math.max(0, lines.length - MOST_LINES);
  return { ...book, dropped: book.dropped + over, lines: lines.slice(over) };
}

function lineOf(sent: Sent, at: number): Line | undefined {
  const span = { from: at, to: at };
  if (sent.kind !== 'address') return { ...span, ...sent };
  const url = URL.canParse(sent.url) ? new URL(sent.url) : undefined;
  // Others (blob:, data:) ask nobody.
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  return { ...span, kind: 'address', host: url.host, url: url.origin + url.pathname, times: 1 };
}

function isSame(a: Line, b: Line): boolean {
  if (a.kind !== b.kind || a.host !== b.host) return false;
  if (a.kind === 'model' && b.kind === 'model') return a.model === b.model;
  return !(a.kind === 'address' && b.kind === 'address') || a.url === b.url;
}

function joined(a: Line, b: Line): Line {
  const to = Math.max(a.to, b.to);
  if (a.kind === 'sound' && b.kind === 'sound') {
    return { ...a, to, windows: a.windows + b.windows, seconds: a.seconds + b.seconds };
  }
  if (a.kind === 'model' && b.kind === 'model') {
    return { ...a, to, requests: a.requests + b.requests, bytes: a.bytes + b.bytes };
  }
  if (a.kind === 'address' && b.kind === 'address') return { ...a, to, times: a.times + b.times };
  return a;
}
