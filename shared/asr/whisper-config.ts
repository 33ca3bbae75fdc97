/** What a Whisper folder's JSON files say, in the words the engine uses. */
import { SottoError } from '../errors.ts';
import { type AlignmentHead, alignmentHeadsOf } from './alignment-heads.ts';
import type { TokenRules } from './timestamps.ts';

export interface WhisperConfig {
  readonly nMels: 80 | 128;
  /** mel frames of a window, 100 a second */
  readonly frames: number;
  readonly windowSeconds: number;
  /** seconds a timestamp step */
  readonly timestampStep: number;
  readonly decoderLayers: number;
  readonly decoderHeads: number;
  /** width of one head */
  readonly headSize: number;
  /** <|startoftranscript|> */
  readonly start: number;
  /** tokens a window may have at most, prompt not counted */
  readonly maxTokens: number;
  /** tokens of earlier text at most, <|startofprev|> not counted */
  readonly previous: number;
  readonly rules: TokenRules;
  /** heads of the cross-attention that follow the sound, whether or not the export gives them */
  readonly alignmentHeads: readonly AlignmentHead[];
  /** undefined: English only, the prompt is <|startoftranscript|> alone */
  readonly languages: Readonly<Record<string, number>> | undefined;
  readonly tasks: Readonly<Record<string, number>>;
}

/** The parsed config.json, generation_config.json and preprocessor_config.json (`{}` where there is none). */
export interface WhisperFiles {
  readonly config: unknown;
  readonly generation: unknown;
  readonly preprocessor: unknown;
}

type Json = Readonly<Record<string, unknown>>;

/** The reference bounds the first timestamp to a second. */
const REFERENCE_MAX_INITIAL = 50;
const HOP_SECONDS = 0.01;

/** Throws `model_load_failed` when a number the engine cannot do without is missing. */
export function readWhisperConfig(files: WhisperFiles): WhisperConfig {
  const config = object(files.config);
  const generation = object(files.generation);
  const preprocessor = object(files.preprocessor);
  if (config.model_type !== 'whisper') {
    throw new SottoError('model_load_failed', `model_type ${String(config.model_type)} is not whisper`);
  }
  const sourcePositions = number(config, 'max_source_positions');
  const frames = 2 * sourcePositions;
  const heads = number(config, 'decoder_attention_heads');
  const start = number(generation, 'decoder_start_token_id', number(config, 'decoder_start_token_id'));
  const end = first(generation.eos_token_id) ?? number(config, 'eos_token_id');
  const timestampBegin = number(generation, 'no_timestamps_token_id') + 1;
  const layers = number(config, 'decoder_layers');
  const half = Math.floor(number(config, 'max_target_positions') / 2);
  const prompt = generation.is_multilingual === true ? 3 : 1;
  return {
    nMels: number(config, 'num_mel_bins') === 128 ? 128 : 80,
    frames,
    windowSeconds: number(preprocessor, 'chunk_length', frames * HOP_SECONDS),
    timestampStep: 2 * HOP_SECONDS,
    decoderLayers: layers,
    decoderHeads: heads,
    headSize: number(config, 'd_model') / heads,
    start,
    maxTokens: half - prompt,
    previous: half - 1,
    rules: {
      end,
      timestampBegin,
      maxInitialTimestamp: number(generation, 'max_initial_timestamp_index', REFERENCE_MAX_INITIAL),
      suppress: ids(generation.suppress_tokens),
      suppressFirst: ids(generation.begin_suppress_tokens),
    },
    alignmentHeads: alignmentHeadsOf(generation, { layers, heads }),
    languages: prompt === 3 ? languagesOf(generation) : undefined,
    tasks: table(generation.task_to_id),
  };
}

/** What the decoder is given first: <|startoftranscript|>, and for multilingual models language and task. */
export function promptOf(config: WhisperConfig, task: string, language: string): number[] {
  if (config.languages === undefined) return [config.start];
  const spoken = config.languages[`<|${language}|>`];
  const wanted = config.tasks[task];
  if (spoken === undefined || wanted === undefined) {
    throw new SottoError('internal', `the model has no ${language} ${task}`);
  }
  return [config.start, spoken, wanted];
}

function languagesOf(generation: Json): Readonly<Record<string, number>> {
  const languages = table(generation.lang_to_id);
  if (Object.keys(languages).length > 0) return languages;
  throw new SottoError('model_load_failed', 'its configuration has no lang_to_id');
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function number(from: Json, key: string, otherwise?: number): number {
  const value = from[key] ?? otherwise;
  if (typeof value === 'number') return value;
  throw new SottoError('model_load_failed', `its configuration has no ${key}`);
}

function ids(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((id): id is number => typeof id === 'number' && id >= 0) : [];
}

function first(value: unknown): number | undefined {
  return typeof value === 'number' ? value : ids(value)[0];
}

function table(value: unknown): Readonly<Record<string, number>> {
  const entries = Object.entries(object(value));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
