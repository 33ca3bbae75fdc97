/** Which language is spoken: `detect_language` of OpenAI's whisper/decoding.py, on a window that is encoded already. */
import { SottoError } from '../errors.ts';
import { runDecoder } from './decoder-step.ts';
import { KvCache, type KvShape } from './kv-cache.ts';
import { floats, type SessionPort, type TensorLedger, type TensorPort } from './sessions.ts';

export interface SpokenLanguage {
  /** as in the model's `<|xx|>`: ISO 639-1 where there is one */
  readonly code: string;
  /** among the model's languages */
  readonly probability: number;
}

/** `<|xx|>` to its token, as `lang_to_id` of generation_config.json. */
export type LanguageTokens = Readonly<Record<string, number>>;

export interface LanguageRequest {
  readonly decoder: SessionPort;
  readonly ledger: TensorLedger;
  /** [rows, positions, width]; stays the caller's */
  readonly encoded: TensorPort;
  readonly rows: number;
  readonly shape: KvShape;
  /** <|startoftranscript|> */
  readonly start: number;
  readonly languages: LanguageTokens;
}

/** The language of each row, from one decoder step. Throws `engine_exited` on logits that are not finite. */
export async function detectLanguages(request: LanguageRequest): Promise<SpokenLanguage[]> {
  const { ledger, rows } = request;
  const cache = new KvCache(ledger, request.decoder, request.shape, rows);
  const inputs = Array.from({ length: rows }, () => request.start);
  const logits = await runDecoder({ ...request, cache, inputs, use: 'last' });
  const values = floats(logits);
  const vocabulary = values.length / rows;
  const spoken = inputs.map((_, row) => {
    const found = languageOf(values.subarray(row * vocabulary, (row + 1) * vocabulary), request.languages);
    if (found !== undefined) return found;
    throw new SottoError('engine_exited', 'the model gave no finite logits for its languages');
  });
  ledger.free(logits);
  cache.free();
  return spoken;
}

/** The most probable of `languages` by one row of logits, all other tokens left out; undefined when none is finite. */
export function languageOf(logits: Float32Array, languages: LanguageTokens): SpokenLanguage | undefined {
  const scored = Object.entries(languages).map(([token, id]) => ({ token, logit: logits[id] ?? Number.NaN }));
  const [first, ...others] = scored;
  if (first === undefined) return undefined;
  const best = others.reduce((most, each) => (each.logit > most.logit ? each : most), first);
  const sum = scored.reduce((all, { logit }) => all + Math.exp(logit - best.logit), 0);
  const probability = 1 / sum;
  if (!(probability > 0)) return undefined;
  return { code: best.token.replace(/^<\|(.*)\|>$/, '$1'), probability };
}
