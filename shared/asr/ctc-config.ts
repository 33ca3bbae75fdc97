/** What the folder of a CTC model says, in the words the engine uses. */

import { NEMO_HOP } from '../audio/nemo-mel.ts';
import { SottoError } from '../errors.ts';
import type { CtcVocabulary } from './ctc-decoding.ts';
import type { CtcInput } from './ctc-input.ts';
import { firstIdOf, type Json, numberOf, objectOf } from './model-json.ts';

export interface CtcConfig extends CtcVocabulary {
  /** from one frame of logits to the next */
  readonly samplesPerFrame: number;
  readonly input: CtcInput;
  readonly windowSeconds: number;
}

/** The parsed config.json, preprocessor_config.json, tokenizer.json and tokenizer_config.json. */
export interface CtcFiles {
  readonly config: unknown;
  readonly preprocessor: unknown;
  readonly tokenizer: unknown;
  readonly tokenizerConfig: unknown;
}

const PARAKEET = 'parakeet_ctc';
/** `model_type` of the models it can be: one graph, `model.onnx`. */
export const CTC_TYPES: readonly string[] = [
  'wav2vec2',
  'hubert',
  'unispeech',
  'unispeech-sat',
  'wavlm',
  PARAKEET,
];

/** They know no limit; attention takes the square of the length. */
const WINDOW_SECONDS = 30;

/** Throws `model_load_failed` when something the engine cannot do without is missing. */
export function readCtcConfig(files: CtcFiles): CtcConfig {
  const config = objectOf(files.config);
  const preprocessor = objectOf(files.preprocessor);
  const isParakeet = config.model_type === PARAKEET;
  const blank = firstIdOf(config.pad_token_id);
  if (blank === undefined) throw new SottoError('model_load_failed', 'its configuration has no pad_token_id');
  const delimiter = objectOf(files.tokenizerConfig).word_delimiter_token;
  const separator = isParakeet ? SENTENCEPIECE_SPACE : typeof delimiter === 'string' ? delimiter : '|';
  return {
    pieces: piecesOf(objectOf(files.tokenizer), separator, numberOf(config, 'vocab_size'), blank),
    blank,
    samplesPerFrame: isParakeet
      ? NEMO_HOP * numberOf(objectOf(config.encoder_config), 'subsampling_factor')
      : strideOf(config),
    input: isParakeet
      ? {
          kind: 'log-mel',
          nMels: numberOf(preprocessor, 'feature_size'),
          preemphasis: numberOf(preprocessor, 'preemphasis'),
        }
      : { kind: 'waveform', normalize: preprocessor.do_normalize === true },
    windowSeconds: WINDOW_SECONDS,
  };
}

/** Before a piece that begins a word. */
const SENTENCEPIECE_SPACE = '▁';

/** Samples a frame: the steps of the convolutions before the transformer, one after the other. */
function strideOf({ conv_stride: strides }: Json): number {
  if (Array.isArray(strides) && strides.length > 0 && strides.every((step) => Number.isInteger(step))) {
    return strides.reduce((product: number, step: number) => product * step, 1);
  }
  throw new SottoError('model_load_failed', 'its configuration has no conv_stride');
}

/** Specials (`<pad>`, `<s>`, `[UNK]`) are written in brackets; letters are not. */
const SPECIAL = /^(<.*>|\[.*\])$/;

function piecesOf(tokenizer: Json, separator: string, size: number, blank: number): string[] {
  const pieces = Array.from({ length: size }, () => '');
  for (const [piece, id] of vocabularyOf(objectOf(tokenizer.model).vocab)) {
    if (id >= size || id === blank || SPECIAL.test(piece)) continue;
    pieces[id] = piece.replaceAll(separator, ' ');
  }
  if (pieces.some((piece) => piece !== '')) return pieces;
  throw new SottoError('model_load_failed', 'its tokenizer has no vocabulary');
}

/** `{ piece: id }`, or as Unigram models have it `[[piece, score], …]` in the order of the ids. */
function vocabularyOf(vocab: unknown): [string, number][] {
  if (Array.isArray(vocab)) {
    return vocab.flatMap((entry, id) =>
      Array.isArray(entry) && typeof entry[0] === 'string' ? [[entry[0], id]] : [],
    );
  }
  return Object.entries(objectOf(vocab)).flatMap(([piece, id]) =>
    typeof id === 'number' ? [[piece, id]] : [],
  );
}
