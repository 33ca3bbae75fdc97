/**
 * Which part of a window that is still being spoken is settled: LocalAgreement-2 (Macháček, Dabre, Bojar: "Turning
 * Whisper into a Real-Time Transcription System", 2023; `HypothesisBuffer` of whisper_streaming). What two readings
 * one after the other begin with alike is committed, and all later readings of the window are made to begin with it.
 *
 * Tokens are compared, timestamps are not. Committed is whole words only, with the punctuation that both agree on, and
 * never the last word of the newer reading: the sound may end in it.
 */
import type { WindowReading, WindowSegment } from '../asr/engine.ts';
import { beginsWord, saysSomething } from './spoken-words.ts';

export interface Agreement {
  /** what readings of the window must begin with: tokens, timestamps included */
  readonly prefix: readonly number[];
  /** characters of the reading's text (segments joined by one space) that these tokens say */
  readonly length: number;
  /** the newest reading */
  readonly pieces: readonly Piece[];
}

interface Piece {
  readonly text: string;
  readonly tokens: readonly number[];
  /** it begins a word */
  readonly begins: boolean;
  /** characters of the reading's text that are said before it */
  readonly offset: number;
}

export const NOTHING_AGREED: Agreement = { prefix: [], length: 0, pieces: [] };

/** The agreement after one more reading. One that does not begin with what is committed changes nothing. */
export function agree(before: Agreement, reading: WindowReading): Agreement {
  if (!beginsWith(reading.tokens, before.prefix)) return before;
  const pieces = piecesOf(reading.segments);
  if (pieces === undefined) return before;
  const settled = commonWords(before.pieces, pieces);
  const tokens = pieces.slice(0, settled).flatMap((piece) => piece.tokens);
  const prefix = prefixOf(reading.tokens, tokens);
  const offset = pieces[settled]?.offset ?? 0;
  return prefix.length > before.prefix.length
    ? { prefix, length: offset, pieces }
    : { prefix: before.prefix, length: before.length, pieces };
}

export const beginsWith = (tokens: readonly number[], prefix: readonly number[]): boolean =>
  prefix.every((token, i) => tokens[i] === token);

/** Undefined where the engine does not tell them: it cannot be made to begin with a prefix. */
function piecesOf(segments: readonly WindowSegment[]): Piece[] | undefined {
  const all: Piece[] = [];
  let before = 0;
  for (const { text, pieces } of segments) {
    if (pieces === undefined) return undefined;
    const lead = pieces.map((piece) => piece.text).join('');
    let at = before - (lead.length - lead.trimStart().length);
    for (const [i, piece] of pieces.entries()) {
      const offset = i === 0 ? Math.max(0, before - 1) : Math.max(before, at);
      all.push({ ...piece, begins: i === 0 || beginsWord(piece.text), offset });
      at += piece.text.length;
    }
    before += text.length + 1;
  }
  return all;
}

/** How many of the newer reading's pieces are words that the older one has as well, the last word left out. */
function commonWords(older: readonly Piece[], newer: readonly Piece[]): number {
  const last = newer.findLastIndex((piece) => saysSomething(piece.text));
  let best = 0;
  for (let i = 0; i <= last; i++) {
    if (newer[i]!.begins && endsWord(older, i)) best = i;
    if (!equal(older[i]?.tokens, newer[i]!.tokens)) break;
  }
  return best;
}

/** Whether nothing but punctuation follows before the next word. */
function endsWord(pieces: readonly Piece[], at: number): boolean {
  for (const piece of pieces.slice(at)) {
    if (piece.begins) return true;
    if (saysSomething(piece.text)) return false;
  }
  return true;
}

const equal = (a: readonly number[] | undefined, b: readonly number[]): boolean =>
  a !== undefined && a.length === b.length && a.every((token, i) => token === b[i]);

/** The beginning of `all` that ends with the last of `text`: timestamps stand between text tokens. */
function prefixOf(all: readonly number[], text: readonly number[]): readonly number[] {
  let said = 0;
  let length = 0;
  for (const [i, token] of all.entries()) {
    if (said === text.length) break;
    if (token !== text[said]) continue;
    said++;
    length = i + 1;
  }
  return all.slice(0, said === text.length ? length : 0);
}
