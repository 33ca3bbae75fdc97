/** Decoding of a batch: one decoder step for all rows at a time, until every row has ended. */
import { SottoError } from '../errors.ts';
import { runDecoder } from './decoder-step.ts';
import { copyRows, KvCache, type KvShape } from './kv-cache.ts';
import { type LoopRule, loopAtEnd } from './loops.ts';
import type { Sampling } from './sampling.ts';
import { floats, type SessionPort, type TensorLedger, type TensorPort } from './sessions.ts';
import { chooseToken, probability, type TokenRules } from './timestamps.ts';

export interface DecodeRequest {
  readonly decoder: SessionPort;
  readonly ledger: TensorLedger;
  /** [rows, positions, width]; stays the caller's */
  readonly encoded: TensorPort;
  /** one for each row of `encoded`; undefined for those that are not to be read */
  readonly rows: readonly (RowRequest | undefined)[];
  readonly rules: TokenRules;
  readonly shape: KvShape;
  readonly maxTokens: number;
  /** id of <|nospeech|>, when the vocabulary has it */
  readonly noSpeech: number | undefined;
  /** rows that run in circles end there; undefined: never */
  readonly loop: LoopRule | undefined;
  /** Called before each step; throws to end the decoding. */
  readonly checkpoint: () => Promise<void>;
}

export interface RowRequest {
  /** as long as those of the other rows */
  readonly prompt: readonly number[];
  /** the id after the last timestamp it may have */
  readonly limit: number;
  /** undefined: always the most probable token */
  readonly sampling?: Sampling;
  /** tokens that it begins with, timestamps included, whatever the model thinks of them */
  readonly prefix?: readonly number[];
}

export interface Decoded {
  /** timestamps included, without prompt and end */
  readonly tokens: readonly number[];
  /** sum of log-probabilities over the count of tokens and the end, as OpenAI's whisper */
  readonly avgLogprob: number;
  readonly noSpeechProb: number;
  /** stopped, because it ran in circles */
  readonly looped: boolean;
}

interface Row extends RowRequest {
  readonly tokens: number[];
  /** `tokens` without timestamps */
  readonly text: number[];
  sum: number;
  noSpeechProb: number;
  state: 'going' | 'ended' | 'looped';
}

/**
 * A sequence for each row that is to be read, at its place. Rows that are not, and those that have ended, are left out
 * of the batch where that is a cheap copy (CPU); on a GPU they are fed the end token until the last one ends. Throws
 * `engine_exited` on logits that are not finite; the ledger then holds what was not freed.
 */
export async function decodeRows(request: DecodeRequest): Promise<(Decoded | undefined)[]> {
  const rows = request.rows.map((row) => (row === undefined ? undefined : fresh(row)));
  await decodeAll(request, rows);
  return rows.map((row) => row && toDecoded(row));
}

async function decodeAll(request: DecodeRequest, rows: readonly (Row | undefined)[]): Promise<void> {
  const { decoder, ledger, rules } = request;
  const wanted = goingPlaces(rows);
  if (wanted.length === 0) return;
  let { encoded } = request;
  /** the row each place of the batch belongs to */
  let places = rows;
  const narrow = (going: readonly number[]): void => {
    const narrower = copyRows(ledger, encoded, going);
    if (encoded !== request.encoded) ledger.free(encoded);
    encoded = narrower;
    places = going.map((place) => places[place]);
  };
  if (wanted.length < rows.length && encoded.location === 'cpu') narrow(wanted);
  const cache = new KvCache(ledger, decoder, request.shape, places.length);
  const { prompt } = rows[wanted[0]!]!;
  let inputs = places.flatMap((row) => row?.prompt ?? prompt.map(() => rules.end));
  for (let step = 0; step < request.maxTokens; step++) {
    await request.checkpoint();
    const batch = { rows: places.length, use: 'keep' } as const;
    const logits = await runDecoder({ decoder, ledger, cache, encoded, inputs, ...batch });
    if (step === 0) readNoSpeech(request, logits, places);
    advance(request, logits, places);
    ledger.free(logits);
    const going = goingPlaces(places);
    if (going.length === 0) break;
    if (going.length < places.length && cache.onCpu && encoded.location === 'cpu') {
      cache.keep(going);
      narrow(going);
    }
    inputs = places.map((row) => (row?.state === 'going' ? row.tokens.at(-1)! : rules.end));
  }
  cache.free();
  if (encoded !== request.encoded) ledger.free(encoded);
}

function fresh(request: RowRequest): Row {
  return { ...request, tokens: [], text: [], sum: 0, noSpeechProb: 0, state: 'going' };
}

function toDecoded({ tokens, sum, noSpeechProb, state }: Row): Decoded {
  return { tokens, avgLogprob: sum / (tokens.length + 1), noSpeechProb, looped: state === 'looped' };
}

function goingPlaces(places: readonly (Row | undefined)[]): number[] {
  return places.flatMap((row, place) => (row?.state === 'going' ? [place] : []));
}

/** Each row's next token from the last position of its logits [places, positions, vocabulary]. */
function advance(request: DecodeRequest, logits: TensorPort, places: readonly (Row | undefined)[]): void {
  const values = floats(logits);
  const [, positions = 1, vocabulary = 0] = logits.dims;
  places.forEach((row, place) => {
    if (row?.state !== 'going') return;
    const at = (place * positions + positions - 1) * vocabulary;
    extend(row, values.subarray(at, at + vocabulary), request);
  });
}

function extend(row: Row, logits: Float32Array, { rules, loop }: DecodeRequest): void {
  const forced = row.prefix?.[row.tokens.length];
  if (forced !== undefined) {
    row.sum += Math.log(Math.max(probability(logits, forced), Number.MIN_VALUE));
    row.tokens.push(forced);
    if (forced < rules.timestampBegin) row.text.push(forced);
    return;
  }
  const choice = chooseToken(logits, row.tokens, rules, row.limit, row.sampling);
  if (choice === undefined)
    throw new SottoError('engine_exited', 'the model gave logits that are not finite');
  const { token } = choice;
  row.sum += choice.logprob;
  if (token === rules.end) {
    row.state = 'ended';
    return;
  }
  row.tokens.push(token);
  if (token >= rules.timestampBegin) return;
  row.text.push(token);
  if (loop !== undefined && loopAtEnd(row.text, loop) !== undefined) row.state = 'looped';
}

/** At the position of <|startoftranscript|>, the prompt's first, before anything is suppressed. */
function readNoSpeech(
  { noSpeech }: DecodeRequest,
  logits: TensorPort,
  places: readonly (Row | undefined)[],
): void {
  if (noSpeech === undefined) return;
  const values = floats(logits);
  const [, positions = 1, vocabulary = 0] = logits.dims;
  places.forEach((row, place) => {
    if (row === undefined) return;
    const at = place * positions * vocabulary;
    row.noSpeechProb = probability(values.subarray(at, at + vocabulary), noSpeech);
  });
}
