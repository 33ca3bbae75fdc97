/** One row of a batch that is being decoded: what it is fed, and what becomes of the logits. */
import { SottoError } from '../errors.ts';
import { type LoopRule, loopAtEnd } from './loops.ts';
import type { Sampling } from './sampling.ts';
import type { Terms } from './terms.ts';
import { chooseToken, logprobOf, probability, type TokenRules } from './timestamps.ts';

export interface RowRequest {
  /** earlier text, if any, and <|startoftranscript|> with what belongs to it; rows may differ in length */
  readonly prompt: readonly number[];
  /** place of <|startoftranscript|> in `prompt`; the first unless said */
  readonly start?: number;
  /** what its text must begin with, timestamps included */
  readonly prefix?: readonly number[];
  /** the id after the last timestamp it may have */
  readonly limit: number;
  /** undefined: always the most probable token */
  readonly sampling?: Sampling;
  readonly terms?: Terms | undefined;
}

export interface Decoded {
  /** timestamps included, without prompt and end */
  readonly tokens: readonly number[];
  /** of each of them, natural logs */
  readonly logprobs: readonly number[];
  /** sum of log-probabilities over the count of tokens and the end, as OpenAI's whisper */
  readonly avgLogprob: number;
  readonly noSpeechProb: number;
  /** stopped, because it ran in circles */
  readonly looped: boolean;
}

export interface RowRules {
  readonly rules: TokenRules;
  readonly maxTokens: number;
  /** id of <|nospeech|>, when the vocabulary has it */
  readonly noSpeech: number | undefined;
  /** rows that run in circles end there; undefined: never */
  readonly loop: LoopRule | undefined;
}

/** `full`: it has as many tokens as it may have. */
export type RowState = 'going' | 'ended' | 'looped' | 'full';

export class DecodeRow {
  readonly #request: RowRequest;
  readonly #rules: RowRules;
  readonly #prefix: readonly number[];
  readonly #tokens: number[] = [];
  readonly #logprobs: number[] = [];
  /** tokens without timestamps */
  readonly #text: number[] = [];
  #sum = 0;
  #noSpeechProb = 0;
  #state: RowState = 'going';

  constructor(request: RowRequest, rules: RowRules) {
    this.#request = request;
    this.#rules = rules;
    this.#prefix = (request.prefix ?? []).slice(0, rules.maxTokens);
  }

  get going(): boolean {
    return this.#state === 'going';
  }

  /** How many tokens are known before anything is decoded: prompt and prefix. */
  get given(): number {
    return this.#request.prompt.length + this.#prefix.length;
  }

  /** The token that is fed at a position, 0 being the prompt's first. */
  inputAt(position: number): number {
    const at = position - this.#request.prompt.length;
    const token = at < 0 ? this.#request.prompt[position] : (this.#tokens[at] ?? this.#prefix[at]);
    return token ?? this.#rules.rules.end;
  }

  /** What follows the token at `position`, by its logits, which are overwritten. Throws `engine_exited` on garbage. */
  take(position: number, logits: Float32Array): void {
    const { prompt, start = 0 } = this.#request;
    const { noSpeech } = this.#rules;
    if (position === start && noSpeech !== undefined) this.#noSpeechProb = probability(logits, noSpeech);
    if (position + 1 < prompt.length) return;
    const forced = this.#prefix[position + 1 - prompt.length];
    if (forced === undefined) this.#choose(logits);
    else this.#force(forced, logits);
    if (this.#state === 'going' && this.#tokens.length >= this.#rules.maxTokens) this.#state = 'full';
  }

  result(): Decoded {
    return {
      tokens: this.#tokens,
      logprobs: this.#logprobs,
      avgLogprob: this.#sum / (this.#tokens.length + 1),
      noSpeechProb: this.#noSpeechProb,
      looped: this.#state === 'looped',
    };
  }

  #force(token: number, logits: Float32Array): void {
    this.#add(token, finite(logprobOf(token, logits, this.#tokens, this.#rules.rules, this.#request.limit)));
  }

  #choose(logits: Float32Array): void {
    const { limit, sampling, terms } = this.#request;
    const { rules, loop } = this.#rules;
    const bonuses = terms?.after(this.#text);
    const { token, logprob } = finite(chooseToken(logits, this.#tokens, rules, limit, sampling, bonuses));
    if (token === rules.end) {
      this.#sum += logprob;
      this.#state = 'ended';
      return;
    }
    this.#add(token, logprob);
    const isText = token < rules.timestampBegin;
    if (isText && loop !== undefined && loopAtEnd(this.#text, loop) !== undefined) this.#state = 'looped';
  }

  #add(token: number, logprob: number): void {
    this.#tokens.push(token);
    this.#logprobs.push(logprob);
    this.#sum += logprob;
    if (token < this.#rules.rules.timestampBegin) this.#text.push(token);
  }
}

function finite<T>(value: T | undefined): T {
  if (value === undefined) throw new SottoError('engine_exited', 'the model gave logits that are not finite');
  return value;
}
