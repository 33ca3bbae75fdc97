/** What a Whisper folder's JSON files say, in the words the engine uses. */
import { SottoError } from '../errors.ts';
import { type AlignmentHead, alignmentHeadsOf } from './alignment-heads.ts';
import { firstIdOf, idsOf, type Json, numberOf, objectOf } from './model-json.ts';
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

/** The reference bounds the first timestamp to a second. */
const REFERENCE_MAX_INITIAL = 50;
const HOP_SECONDS = 0.01;

/** Throws `model_load_failed` when a number the engine cannot do without is missing. */
export function readWhisperConfig(files: WhisperFiles): WhisperConfig {
  const config = objectOf(files.config);
  const generation = objectOf(files.generation);
  const preprocessor = objectOf(files.preprocessor);
  if (config.model_type !== 'whisper') {
    throw new SottoError('model_load_failed', `model_type ${String(config.model_type)} is not whisper`);
  }
  const sourcePositions = numberOf(config, 'max_source_positions');
  const frames = 2 * sourcePositions;
  const heads = numberOf(config, 'decoder_attention_heads');
  const start = numberOf(generation, 'decoder_start_token_id', numberOf(config, 'decoder_start_token_id'));
  const end = firstIdOf(generation.eos_token_id) ?? numberOf(config, 'eos_token_id');
  const timestampBegin = numberOf(generation, 'no_timestamps_token_id') + 1;
  const layers = numberOf(config, 'decoder_layers');
  const half = Math.floor(numberOf(config, 'max_target_positions') / 2);
  const prompt = generation.is_multilingual === true ? 3 : 1;
  return {
    nMels: numberOf(config, 'num_mel_bins') === 128 ? 128 : 80,
    frames,
    windowSeconds: numberOf(preprocessor, 'chunk_length', frames * HOP_SECONDS),
    timestampStep: 2 * HOP_SECONDS,
    decoderLayers: layers,
    decoderHeads: heads,
    headSize: numberOf(config, 'd_model') / heads,
    start,
    maxTokens: half - prompt,
    previous: half - 1,
    rules: {
      end,
      timestampBegin,
      maxInitialTimestamp: numberOf(generation, 'max_initial_timestamp_index', REFERENCE_MAX_INITIAL),
      suppress: idsOf(generation.suppress_tokens),
      suppressFirst: idsOf(generation.begin_suppress_tokens),
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

function table(value: unknown): Readonly<Record<string, number>> {
  const entries = Object.entries(objectOf(value));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
