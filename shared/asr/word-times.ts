/** Words with times for a batch that has been decoded: what the engine calls when words are asked for. */
import { type AlignRequest, alignTokens } from './align.ts';
import type { Word } from './engine.ts';
import type { TokenSegment } from './segments.ts';
import type { Decode } from './word-split.ts';
import { placeWords } from './words.ts';

export interface DecodedRow {
  /** the window's segments, in order; none where it says nothing */
  readonly segments: readonly TokenSegment[];
  /** the window's real length, without padding */
  readonly seconds: number;
  /** of each of the segments' tokens, where known; this and the prompt see `AlignRow` */
  readonly probabilities?: readonly number[];
  readonly prompt?: readonly number[];
  /** instead of the request's, where rows differ */
  readonly language?: string | undefined;
}

export interface WordTimesRequest extends Omit<AlignRequest, 'rows'> {
  readonly rows: readonly DecodedRow[];
  readonly decode: Decode;
  /** ISO 639-1, of the text: `en` when translating; undefined for English-only models */
  readonly language: string | undefined;
}

const FRAMES_A_SECOND = 100;

/** For each row the words of each of its segments. One pass of the decoder; errors as of `alignTokens`. */
export async function timeWords(request: WordTimesRequest): Promise<Word[][][]> {
  const { rows, decode, language } = request;
  const aligned = await alignTokens({
    ...request,
    rows: rows.map(({ segments, seconds, probabilities, prompt }) => ({
      tokens: segments.flatMap(({ tokens }) => tokens),
      frames: Math.floor(seconds * FRAMES_A_SECOND),
      ...(probabilities === undefined ? {} : { probabilities }),
      ...(prompt === undefined ? {} : { prompt }),
    })),
  });
  return rows.map(({ segments, seconds, language: own = language }, at) =>
    placeWords(segments, aligned[at]!, { decode, language: own, seconds }),
  );
}
