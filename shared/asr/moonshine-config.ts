/** What a Moonshine folder's JSON files say, in the words the engine uses. */
import type { KvShape } from './kv-cache.ts';
import { firstIdOf, idsOf, numberOf, objectOf } from './model-json.ts';
import type { TokenRules } from './timestamps.ts';

export interface MoonshineConfig {
  readonly shape: KvShape;
  /** what the decoder is given first */
  readonly start: number;
  /** positions of the decoder: more tokens it never learned to write */
  readonly positions: number;
  /** no timestamps: all that is not the end is text */
  readonly rules: TokenRules;
  /** tokens that are no text: start, end, padding */
  readonly specials: readonly number[];
  readonly windowSeconds: number;
}

/** Moonshine was trained on stretches of 4 to 30 s, says its paper. */
const WINDOW_SECONDS = 30;

/** Throws `model_load_failed` when a number the engine cannot do without is missing. */
export function readMoonshineConfig(files: {
  /** the parsed config.json */
  readonly config: unknown;
  /** the parsed generation_config.json, `{}` where there is none */
  readonly generation: unknown;
}): MoonshineConfig {
  const config = objectOf(files.config);
  const generation = objectOf(files.generation);
  const vocabulary = numberOf(config, 'vocab_size');
  const attention = numberOf(config, 'decoder_num_attention_heads');
  const start = numberOf(generation, 'decoder_start_token_id', numberOf(config, 'decoder_start_token_id'));
  const end = firstIdOf(generation.eos_token_id) ?? numberOf(config, 'eos_token_id');
  const padding = firstIdOf(generation.pad_token_id) ?? firstIdOf(config.pad_token_id);
  return {
    shape: {
      layers: numberOf(config, 'decoder_num_hidden_layers'),
      heads: numberOf(config, 'decoder_num_key_value_heads', attention),
      headSize: numberOf(config, 'hidden_size') / attention,
    },
    start,
    positions: numberOf(config, 'max_position_embeddings'),
    rules: {
      end,
      timestampBegin: vocabulary,
      maxInitialTimestamp: 0,
      suppress: idsOf(generation.suppress_tokens),
      suppressFirst: idsOf(generation.begin_suppress_tokens),
    },
    specials: [start, end, ...(padding === undefined ? [] : [padding])],
    windowSeconds: WINDOW_SECONDS,
  };
}

/** `token_limit_factor` of the model's own documentation: English is spoken at fewer tokens a second than this. */
const TOKENS_A_SECOND = 6.5;
/** What a word said in a moment may take: the factor alone leaves a clip of 0.3 s one token. */
const FEWEST_TOKENS = 12;

/** Tokens that a window of `seconds` may have, the end not counted. */
export function moonshineTokens(seconds: number, positions: number): number {
  return Math.min(positions - 1, Math.max(FEWEST_TOKENS, Math.ceil(seconds * TOKENS_A_SECOND)));
}
