/** Greedy decoding of a batch: one decoder step for all rows at a time, until every row has ended. */
import { SottoError } from '../errors.ts';
import { KvCache, type KvShape, takeRows } from './kv-cache.ts';
import {
  floats,
  output,
  type SessionPort,
  type TensorLedger,
  type TensorMap,
  type TensorPort,
} from './sessions.ts';
import { chooseToken, probability, type TokenRules } from './timestamps.ts';

export interface DecodeRequest {
  readonly decoder: SessionPort;
  readonly ledger: TensorLedger;
  /** [rows, positions, width]; freed at the end by whoever made it, or here when rows are dropped */
  readonly encoded: TensorPort;
  /** for each row the id after the last timestamp it may have */
  readonly limits: readonly number[];
  readonly prompt: readonly number[];
  readonly rules: TokenRules;
  readonly shape: KvShape;
  readonly maxTokens: number;
  /** id of <|nospeech|>, when the vocabulary has it */
  readonly noSpeech: number | undefined;
  /** Called before each step; throws to end the decoding. */
  readonly checkpoint: () => Promise<void>;
}

export interface Decoded {
  /** timestamps included, without prompt and end */
  readonly tokens: readonly number[];
  /** sum of log-probabilities over the count of tokens and the end, as OpenAI's whisper */
  readonly avgLogprob: number;
  readonly noSpeechProb: number;
}

interface Row {
  readonly limit: number;
  readonly tokens: number[];
  sum: number;
  noSpeechProb: number;
  done: boolean;
}

/**
 * A sequence for each row of `encoded`, in order. Rows that have ended are dropped from the batch where that is a
 * cheap copy (CPU); on a GPU they are fed the end token until the last one ends. Throws `engine_exited` on logits
 * that are not finite.
 */
export async function decodeGreedy(request: DecodeRequest): Promise<Decoded[]> {
  const { decoder, ledger, prompt, rules } = request;
  const rows: Row[] = request.limits.map((limit) => ({
    limit,
    tokens: [],
    sum: 0,
    noSpeechProb: 0,
    done: false,
  }));
  const cache = new KvCache(ledger, decoder, request.shape, rows.length);
  let { encoded } = request;
  /** the row each place of the batch belongs to */
  let places = rows;
  let inputs: number[] = places.flatMap(() => prompt);
  for (let step = 0; step < request.maxTokens; step++) {
    await request.checkpoint();
    const outputs = await runStep(request, cache, encoded, inputs, places.length);
    const logits = output(outputs, 'logits');
    if (step === 0) readNoSpeech(request, logits, places);
    advance(logits, places, rules);
    ledger.free(logits);
    const going = places.flatMap((row, place) => (row.done ? [] : [place]));
    if (going.length === 0) break;
    if (going.length < places.length && cache.onCpu && encoded.location === 'cpu') {
      cache.keep(going);
      encoded = takeRows(ledger, encoded, going);
      places = going.map((place) => places[place]!);
    }
    inputs = places.map((row) => (row.done ? rules.end : row.tokens.at(-1)!));
  }
  return rows.map(({ tokens, sum, noSpeechProb }) => ({
    tokens,
    avgLogprob: sum / (tokens.length + 1),
    noSpeechProb,
  }));
}

async function runStep(
  { decoder, ledger }: DecodeRequest,
  cache: KvCache,
  encoded: TensorPort,
  inputs: readonly number[],
  rows: number,
): Promise<TensorMap> {
  const ids = ledger.make('int64', BigInt64Array.from(inputs, BigInt), [rows, inputs.length / rows]);
  const feeds: Record<string, TensorPort> = {
    ...cache.feeds(),
    input_ids: ids,
    encoder_hidden_states: encoded,
  };
  const made = [ids];
  if (decoder.inputNames.includes('use_cache_branch')) {
    const branch = ledger.make('bool', Uint8Array.of(cache.filled ? 1 : 0), [1]);
    feeds.use_cache_branch = branch;
    made.push(branch);
  }
  const outputs = await ledger.run(decoder, feeds, ['logits', ...cache.fetches()]);
  cache.update(outputs);
  ledger.free(...made);
  return outputs;
}

/** Each row's next token from the last position of its logits [places, positions, vocabulary]. */
function advance(logits: TensorPort, places: readonly Row[], rules: TokenRules): void {
  const values = floats(logits);
  const [, positions = 1, vocabulary = 0] = logits.dims;
  places.forEach((row, place) => {
    if (row.done) return;
    const at = (place * positions + positions - 1) * vocabulary;
    const choice = chooseToken(values.subarray(at, at + vocabulary), row.tokens, rules, row.limit);
    if (choice === undefined)
      throw new SottoError('engine_exited', 'the model gave logits that are not finite');
    row.sum += choice.logprob;
    if (choice.token === rules.end) row.done = true;
    else row.tokens.push(choice.token);
  });
}

/** At the position of <|startoftranscript|>, the prompt's first, before anything is suppressed. */
function readNoSpeech({ noSpeech }: DecodeRequest, logits: TensorPort, places: readonly Row[]): void {
  if (noSpeech === undefined) return;
  const values = floats(logits);
  const [, positions = 1, vocabulary = 0] = logits.dims;
  places.forEach((row, place) => {
    const at = place * positions * vocabulary;
    row.noSpeechProb = probability(values.subarray(at, at + vocabulary), noSpeech);
  });
}
