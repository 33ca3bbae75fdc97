/** Decoding of a batch: one decoder step for all rows at a time, until every row has ended. */
import { type Decoded, DecodeRow, type RowRequest, type RowRules } from './decode-row.ts';
import { runDecoder } from './decoder-step.ts';
import { copyRows, KvCache, type KvShape } from './kv-cache.ts';
import { floats, type SessionPort, type TensorLedger, type TensorPort } from './sessions.ts';

export type { Decoded, RowRequest } from './decode-row.ts';

export interface DecodeRequest extends RowRules {
  readonly decoder: SessionPort;
  readonly ledger: TensorLedger;
  /** [rows, positions, width]; stays the caller's */
  readonly encoded: TensorPort;
  /** one for each row of `encoded`; undefined for those that are not to be read */
  readonly rows: readonly (RowRequest | undefined)[];
  readonly shape: KvShape;
  /** Called before each step; throws to end the decoding. */
  readonly checkpoint: () => Promise<void>;
}

/** The row each place of the batch belongs to; undefined where none is to be read. */
type Places = readonly (DecodeRow | undefined)[];

/**
 * A sequence for each row that is to be read, at its place. Rows that are not, and those that have ended, are left out
 * of the batch where that is a cheap copy (CPU); on a GPU they are fed the end token until the last one ends. Throws
 * `engine_exited` on logits that are not finite; the ledger then holds what was not freed.
 *
 * The exports know no attention mask, so all rows are at the same position always. What all have been given (prompt and
 * prefix of the shortest) goes in with the first step; a row that was given more is fed the rest token by token, while
 * the others write already. So a row's text does not depend on what the others were given.
 */
export async function decodeRows(request: DecodeRequest): Promise<(Decoded | undefined)[]> {
  const rows = request.rows.map((row) => row && new DecodeRow(row, request));
  await decodeAll(request, rows);
  return rows.map((row) => row?.result());
}

async function decodeAll(request: DecodeRequest, rows: Places): Promise<void> {
  const { decoder, ledger } = request;
  const wanted = goingPlaces(rows);
  if (wanted.length === 0) return;
  let { encoded } = request;
  let places = rows;
  const narrow = (going: readonly number[]): void => {
    const narrower = copyRows(ledger, encoded, going);
    if (encoded !== request.encoded) ledger.free(encoded);
    encoded = narrower;
    places = going.map((place) => places[place]);
  };
  if (wanted.length < rows.length && encoded.location === 'cpu') narrow(wanted);
  const cache = new KvCache(ledger, decoder, request.shape, places.length);
  let position = 0;
  let count = firstCount(places, request);
  for (;;) {
    await request.checkpoint();
    const inputs = places.flatMap((row) => inputsOf(row, position, count, request));
    const batch = { rows: places.length, use: 'keep' } as const;
    const logits = await runDecoder({ decoder, ledger, cache, encoded, inputs, ...batch });
    advance(logits, places, position);
    ledger.free(logits);
    position += count;
    count = 1;
    const going = goingPlaces(places);
    if (going.length === 0) break;
    if (going.length < places.length && cache.onCpu && encoded.location === 'cpu') {
      cache.keep(going);
      narrow(going);
    }
  }
  cache.free();
  if (encoded !== request.encoded) ledger.free(encoded);
}

function goingPlaces(places: Places): number[] {
  return places.flatMap((row, place) => (row?.going === true ? [place] : []));
}

/** Logits of one step at most: 128 MB, what every WebGPU device can bind. */
const MOST_LOGITS = 2 ** 25;

function firstCount(places: Places, { rows, rules }: DecodeRequest): number {
  const given = places.flatMap((row) => (row?.going === true ? [row.given] : []));
  const vocabulary = Math.max(rules.timestampBegin, ...rows.map((row) => row?.limit ?? 0));
  return firstStepLength(given, places.length, vocabulary);
}

/** Tokens of a first step over `rows` rows: the shortest row's, unless the logits at all of them would be too many. */
export function firstStepLength(given: readonly number[], rows: number, vocabulary: number): number {
  return Math.max(1, Math.min(...given, Math.floor(MOST_LOGITS / rows / vocabulary)));
}

function inputsOf(
  row: DecodeRow | undefined,
  position: number,
  count: number,
  { rules }: DecodeRequest,
): number[] {
  return Array.from({ length: count }, (_, i) =>
    row?.going === true ? row.inputAt(position + i) : rules.end,
  );
}

/** What follows each of a step's positions in each row; logits are [places, positions, vocabulary]. */
function advance(logits: TensorPort, places: Places, position: number): void {
  const values = floats(logits);
  const [, positions = 1, vocabulary = 0] = logits.dims;
  places.forEach((row, place) => {
    for (let i = 0; i < positions && row?.going === true; i++) {
      const at = (place * positions + i) * vocabulary;
      row.take(position + i, values.subarray(at, at + vocabulary));
    }
  });
}
