/** What the folder of a CTC model says, in the words the engine uses. */
import { SottoError } from '../errors.ts';
import type { CtcVocabulary } from './ctc-decoding.ts';
import { firstIdOf, type Json, numberOf, objectOf } from './model-json.ts';

export interface CtcConfig extends CtcVocabulary {
  /** from one frame of logits to the next */
  readonly samplesPerFrame: number;
  /** the model wants each window's samples with mean 0 and variance 1 */
  readonly normalize: boolean;
  readonly windowSeconds: number;
}

/** The parsed config.json, preprocessor_config.json, tokenizer.json and tokenizer_config.json. */
export interface CtcFiles {
  readonly config: unknown;
  readonly preprocessor: unknown;
  readonly tokenizer: unknown;
  readonly tokenizerConfig: unknown;
}

/** `model_type` of models that read the waveform and give characters, as wav2vec2 does: one graph, `model.onnx`. */
export const CTC_TYPES: readonly string[] = ['wav2vec2', 'hubert', 'unispeech', 'unispeech-sat', 'wavlm'];

/** They know no limit; attention takes the square of the length. */
const WINDOW_SECONDS = 30;

/** Throws `model_load_failed` when something the engine cannot do without is missing. */
export function readCtcConfig(files: CtcFiles): CtcConfig {
  const config = objectOf(files.config);
  const tokenizerConfig = objectOf(files.tokenizerConfig);
  const blank = firstIdOf(config.pad_token_id);
  if (blank === undefined) throw new SottoError('model_load_failed', 'its configuration has no pad_token_id');
  const delimiter = tokenizerConfig.word_delimiter_token;
  return {
    pieces: piecesOf(
      objectOf(files.tokenizer),
      typeof delimiter === 'string' ? delimiter : '|',
      numberOf(config, 'vocab_size'),
      blank,
    ),
    blank,
    samplesPerFrame: strideOf(config),
    normalize: objectOf(files.preprocessor).do_normalize === true,
    windowSeconds: WINDOW_SECONDS,
  };
}

/** Samples a frame: the steps of the convolutions before the transformer, one after the other. */
function strideOf({ conv_stride: strides }: Json): number {
  if (Array.isArray(strides) && strides.length > 0 && strides.every((step) => Number.isInteger(step))) {
    return strides.reduce((product: number, step: number) => product * step, 1);
  }
  throw new SottoError('model_load_failed', 'its configuration has no conv_stride');
}

/** Specials (`<pad>`, `<s>`, `[UNK]`) are written in brackets; letters are not. */
const SPECIAL = /^(<.*>|\[.*\])$/;

function piecesOf(tokenizer: Json, delimiter: string, size: number, blank: number): string[] {
  const pieces = Array.from({ length: size }, () => '');
  const vocabulary = Object.entries(objectOf(objectOf(tokenizer.model).vocab));
  for (const [piece, id] of vocabulary) {
    if (typeof id !== 'number' || id >= size || id === blank || SPECIAL.test(piece)) continue;
    pieces[id] = piece === delimiter ? ' ' : piece;
  }
  if (pieces.some((piece) => piece !== '')) return pieces;
  throw new SottoError('model_load_failed', 'its tokenizer has no vocabulary');
}
