/** What the decoder gave becomes what the engine answers: segments with text and figures, and words where asked for. */
import { canAlign } from './alignment-heads.ts';
import type { EngineWindow, ReadOptions, WindowReading, WindowSegment } from './engine.ts';
import type { Attempt } from './fallback.ts';
import { sliceSegments } from './segments.ts';
import type { TensorLedger, TensorPort } from './sessions.ts';
import type { WhisperModel } from './whisper.ts';
import { promptOf } from './whisper-config.ts';
import { splitCharacters } from './word-split.ts';
import { timeWords } from './word-times.ts';

/** A window after decoding. */
export interface ReadRow {
  readonly attempt: Attempt;
  /** the window's real length, without padding */
  readonly seconds: number;
  /** it was decoded with this one; `auto` for English-only models */
  readonly language: string;
}

/** `window`: what was read; `effort`: drafts also say which tokens spell which part of their text. */
export function toReading(
  { attempt, seconds }: ReadRow,
  model: WhisperModel,
  { prefix = [] }: Pick<EngineWindow, 'prefix'>,
  effort: ReadOptions['effort'],
): WindowReading {
  const { tokens, avgLogprob, noSpeechProb, compressionRatio, temperature } = attempt;
  // What was committed has been said, whatever the rest is taken for.
  if (attempt.verdict === 'silence' && prefix.length === 0) return { segments: [], tokens, noSpeechProb };
  const { timestampStep: step, rules } = model.config;
  const figures = { avgLogprob, noSpeechProb, compressionRatio, temperature };
  const segments = sliceSegments(tokens, { timestampBegin: rules.timestampBegin, step, seconds })
    .map((segment) => ({ ...segment, text: textOf(segment.tokens, model), ...figures }))
    .map((segment) =>
      effort === 'draft' ? { ...segment, pieces: piecesOf(segment.tokens, model) } : segment,
    )
    .filter(({ text }) => text !== '');
  return { segments, tokens, noSpeechProb };
}

export function textOf(tokens: readonly number[], { tokenizer, config }: WhisperModel): string {
  const text = tokens.filter((token) => token < config.rules.end);
  return text.length === 0 ? '' : tokenizer.decode(text).trim();
}

function piecesOf(tokens: readonly number[], { tokenizer, config }: WhisperModel) {
  const text = tokens.filter((token) => token < config.rules.end);
  return splitCharacters(text, (part) => tokenizer.decode(part));
}

export interface WordsRequest {
  readonly model: WhisperModel;
  readonly ledger: TensorLedger;
  /** of the rows, in order; stays the caller's */
  readonly encoded: TensorPort;
  readonly rows: readonly ReadRow[];
  readonly task: ReadOptions['task'];
}

/**
 * The readings with words in their segments, from one more pass of the decoder; as they are where the export does not
 * give the attentions for it. Throws what `alignTokens` throws.
 */
export async function addWords(
  readings: readonly WindowReading[],
  { model, ledger, encoded, rows, task }: WordsRequest,
): Promise<WindowReading[]> {
  const { config, decoder, tokenizer } = model;
  const { alignmentHeads: heads, rules } = config;
  if (rows.length === 0 || !canAlign(decoder, heads)) return [...readings];
  const words = await timeWords({
    decoder,
    ledger,
    encoded,
    heads,
    prompt: promptOf(config, task, rows[0]!.language),
    noTimestamps: rules.timestampBegin - 1,
    end: rules.end,
    shape: { layers: config.decoderLayers, heads: config.decoderHeads, headSize: config.headSize },
    decode: tokenizer.decode,
    language: undefined,
    rows: rows.map(({ attempt, seconds, language }, i) => ({
      segments: readings[i]!.segments,
      seconds,
      prompt: promptOf(config, task, language),
      language: languageOfText(model, task, language),
      probabilities: probabilitiesOf(readings[i]!.segments, attempt, rules.end),
    })),
  });
  return readings.map((reading, i) => ({
    ...reading,
    segments: reading.segments.map((segment, at) => ({ ...segment, words: words[i]![at]! })),
  }));
}

function languageOfText({ config }: WhisperModel, task: ReadOptions['task'], language: string) {
  if (config.languages === undefined) return undefined;
  return task === 'translate' ? 'en' : language;
}

/** Of the segments' tokens; segments without text have been left out, so their tokens are passed over. */
function probabilitiesOf(segments: readonly WindowSegment[], attempt: Attempt, end: number): number[] {
  const text = attempt.tokens.flatMap((token, i) =>
    token < end ? [{ token, probability: Math.exp(attempt.logprobs[i]!) }] : [],
  );
  let at = 0;
  return segments.flatMap(({ tokens }) => {
    while (!tokens.every((token, i) => text[at + i]?.token === token)) at++;
    at += tokens.length;
    return text.slice(at - tokens.length, at).map(({ probability }) => probability);
  });
}
