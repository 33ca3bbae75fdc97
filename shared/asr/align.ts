/**
 * When each token was said, from the decoder's cross-attention: `find_alignment` of OpenAI's whisper/timing.py, for
 * several windows in one pass of the decoder.
 */
import { SottoError } from '../errors.ts';
import { type AlignmentHead, attentionName } from './alignment-heads.ts';
import { entries, type Matrix, warp } from './dtw.ts';
import { KvCache, type KvShape } from './kv-cache.ts';
import { medianFilter } from './median-filter.ts';
import {
  floats,
  output,
  type SessionPort,
  type TensorLedger,
  type TensorMap,
  type TensorPort,
} from './sessions.ts';
import { probability } from './timestamps.ts';

export interface AlignRow {
  /** what was decoded, text tokens only */
  readonly tokens: readonly number[];
  /** mel frames of real sound, without padding: 100 a second */
  readonly frames: number;
  /** instead of the request's, where rows differ in language; as long as the others */
  readonly prompt?: readonly number[];
  /** of each token, where they are known from the decoding: if every row has them, logits are not fetched */
  readonly probabilities?: readonly number[];
}

export interface AlignRequest {
  readonly decoder: SessionPort;
  readonly ledger: TensorLedger;
  /** [rows, positions, width], one position for two mel frames; left to the caller to free */
  readonly encoded: TensorPort;
  /** for each row of `encoded`, in order */
  readonly rows: readonly AlignRow[];
  /** <|startoftranscript|> with language and task, as the tokens were decoded, without <|notimestamps|> */
  readonly prompt: readonly number[];
  /** id of <|notimestamps|> */
  readonly noTimestamps: number;
  /** id of <|endoftext|>: text tokens are below it */
  readonly end: number;
  readonly shape: KvShape;
  readonly heads: readonly AlignmentHead[];
}

export interface TokenTimes {
  /**
   * Seconds from the window's first sample, never decreasing: where each token begins, and last where the end does;
   * one more than there are tokens, or none at all where there are none.
   */
  readonly times: readonly number[];
  /** of each token among all text tokens, in [0, 1] */
  readonly probabilities: readonly number[];
}

/** Mel frames a position of the encoder, and seconds of it. */
const FRAMES_A_POSITION = 2;
const SECONDS_A_POSITION = 0.02;
const FILTER_WIDTH = 7;

/** In the order of the rows. Throws `engine_exited` where the model gives no such attentions, or none that are numbers. */
export async function alignTokens(request: AlignRequest): Promise<TokenTimes[]> {
  const { ledger, rows, prompt, heads } = request;
  if (rows.every(({ tokens }) => tokens.length === 0))
    return rows.map(() => ({ times: [], probabilities: [] }));
  if (heads.length === 0) throw new SottoError('engine_exited', 'the model has no alignment heads');
  const outputs = await readAgain(request);
  try {
    return rows.map((row, at) => {
      if (row.tokens.length === 0) return { times: [], probabilities: [] };
      const attention = attentionOf(request, outputs, at);
      const path = warp(negative(attention));
      return {
        times: entries(path).map(toSeconds),
        probabilities:
          row.probabilities ?? probabilitiesOf(row.tokens, prompt.length, request.end, outputs, at),
      };
    });
  } finally {
    ledger.free(...Object.values(outputs));
  }
}

// Positions are fiftieths of a second: 3 * 0.02 is 0.06 here, not 0.06000000000000001.
const toSeconds = (position: number): number => Math.round(position * SECONDS_A_POSITION * 100) / 100;

/** The decoder over all of each row's tokens at once, shorter rows filled up with the end. */
async function readAgain(request: AlignRequest): Promise<TensorMap> {
  const { decoder, ledger, encoded, rows, prompt, noTimestamps, end } = request;
  const length = prompt.length + 2 + Math.max(...rows.map(({ tokens }) => tokens.length));
  const ids = new BigInt64Array(rows.length * length).fill(BigInt(end));
  rows.forEach(({ tokens, prompt: own = prompt }, at) => {
    ids.set([...own, noTimestamps, ...tokens].map(BigInt), at * length);
  });
  const past = new KvCache(ledger, decoder, request.shape, rows.length).feeds();
  const made: Record<string, TensorPort> = {
    ...past,
    input_ids: ledger.make('int64', ids, [rows.length, length]),
  };
  if (decoder.inputNames.includes('use_cache_branch')) {
    made.use_cache_branch = ledger.make('bool', Uint8Array.of(0), [1]);
  }
  try {
    return await ledger.run(decoder, { ...made, encoder_hidden_states: encoded }, wanted(request));
  } finally {
    ledger.free(...Object.values(made));
  }
}

function wanted({ decoder, rows, heads }: AlignRequest): string[] {
  const names = [...new Set(heads.map(({ layer }) => attentionName(layer)))];
  const missing = names.find((name) => !decoder.outputNames.includes(name));
  if (missing !== undefined) throw new SottoError('engine_exited', `the model gives no ${missing}`);
  const known = rows.every(({ tokens, probabilities }) => tokens.length === 0 || probabilities !== undefined);
  return known ? names : ['logits', ...names];
}

/**
 * One row's attention as [tokens + 1, positions], averaged over the heads: for each token the position that foretells
 * it (<|notimestamps|> the first), and the last token, which foretells the end.
 */
function attentionOf({ rows, prompt, heads }: AlignRequest, outputs: TensorMap, at: number): Matrix {
  const { tokens, frames } = rows[at]!;
  const count = prompt.length + 2 + tokens.length;
  const last = output(outputs, attentionName(heads[0]!.layer)).dims[3] ?? 0;
  const columns = Math.max(1, Math.min(last, Math.floor(frames / FRAMES_A_POSITION)));
  const sum = new Float32Array((tokens.length + 1) * columns);
  const filtered = new Float32Array(columns);
  for (const { layer, head } of heads) {
    const weights = headWeights(output(outputs, attentionName(layer)), at, head, count, columns);
    standardise(weights, columns);
    for (let i = 0; i <= tokens.length; i++) {
      const from = (prompt.length + i) * columns;
      medianFilter(weights.subarray(from, from + columns), filtered, FILTER_WIDTH);
      for (let j = 0; j < columns; j++) sum[i * columns + j]! += filtered[j]! / heads.length;
    }
  }
  return { values: sum, rows: tokens.length + 1, columns };
}

/**
 * A head's probabilities over the first `columns` positions, for the first `count` tokens. Exported attentions are a
 * softmax over all positions, padding included: divided by what is left of their sum they are one over the real sound.
 */
function headWeights(
  attention: TensorPort,
  row: number,
  head: number,
  count: number,
  columns: number,
): Float32Array {
  const [, heads = 0, length = 0, positions = 0] = attention.dims;
  const values = floats(attention);
  const weights = new Float32Array(count * columns);
  for (let token = 0; token < count; token++) {
    const from = ((row * heads + head) * length + token) * positions;
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += values[from + j]!;
    if (!Number.isFinite(sum))
      throw new SottoError('engine_exited', 'the model gave attentions that are not finite');
    if (sum <= 0) continue;
    for (let j = 0; j < columns; j++) weights[token * columns + j] = values[from + j]! / sum;
  }
  return weights;
}

/** In place: each position's mean over the tokens becomes 0 and its deviation 1; one that never changes is 0. */
function standardise(weights: Float32Array, columns: number): void {
  const count = weights.length / columns;
  const means = new Float64Array(columns);
  const variances = new Float64Array(columns);
  for (let from = 0; from < weights.length; from += columns) {
    for (let j = 0; j < columns; j++) means[j]! += weights[from + j]! / count;
  }
  for (let from = 0; from < weights.length; from += columns) {
    for (let j = 0; j < columns; j++) variances[j]! += (weights[from + j]! - means[j]!) ** 2 / count;
  }
  const scales = variances.map((variance) => (variance > 0 ? 1 / Math.sqrt(variance) : 0));
  for (let from = 0; from < weights.length; from += columns) {
    for (let j = 0; j < columns; j++) weights[from + j] = (weights[from + j]! - means[j]!) * scales[j]!;
  }
}

function negative({ values, rows, columns }: Matrix): Matrix {
  return { values: values.map((value) => -value), rows, columns };
}

/** Logits are [rows, length, vocabulary]; those at <|notimestamps|>, after the prompt, foretell the first token. */
function probabilitiesOf(
  tokens: readonly number[],
  first: number,
  end: number,
  outputs: TensorMap,
  row: number,
): number[] {
  const logits = output(outputs, 'logits');
  const [, length = 0, vocabulary = 0] = logits.dims;
  const values = floats(logits);
  return tokens.map((token, i) => {
    const from = (row * length + first + i) * vocabulary;
    return probability(values.subarray(from, from + end), token);
  });
}
