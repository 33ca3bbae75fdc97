/** OpenAI's `json` and `verbose_json` answers. Times are seconds, to the millisecond. */

import type { Task, Word } from '../asr/engine.ts';
import { languageName } from '../asr/language-names.ts';
import type { LogProb, TranscriptionJson, TranscriptionVerbose, Usage, Warning } from '../protocol/http.ts';
import { plainText, type Segment, type Transcript } from '../transcript/transcript.ts';

export interface VerboseChoice {
  readonly task: Task;
  readonly segment: boolean;
  readonly word: boolean;
  readonly warnings: readonly Warning[];
}

export function verboseJson(transcript: Transcript, choice: VerboseChoice): TranscriptionVerbose {
  const { segments, duration } = transcript;
  return {
    task: choice.task,
    language: languageName(transcript.language),
    duration: toMilliseconds(duration),
    text: plainText(segments),
    ...(choice.word ? { words: segments.flatMap(({ words = [] }) => words.map(verboseWord)) } : {}),
    ...(choice.segment ? { segments: segments.map(verboseSegment) } : {}),
    usage: usageOf(duration),
    ...(choice.warnings.length > 0 ? { warnings: [...choice.warnings] } : {}),
  };
}

export function plainJson(
  { segments, duration }: Transcript,
  { logprobs, warnings }: { readonly logprobs: boolean; readonly warnings: readonly Warning[] },
): TranscriptionJson {
  return {
    text: plainText(segments),
    ...(logprobs ? { logprobs: logProbs(segments) } : {}),
    usage: usageOf(duration),
    ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
  };
}

/** OpenAI counts begun seconds. */
export const usageOf = (duration: number): Usage => ({ type: 'duration', seconds: Math.ceil(duration) });

/**
 * One entry a word where the model tells words, else one a segment: the engine keeps means, not single tokens'.
 * Joined, the `token`s are the text. `continued`: text came before these segments.
 */
export function logProbs(segments: readonly Segment[], continued = false): LogProb[] {
  return segments.flatMap((segment, index) => {
    const space = index === 0 && !continued ? '' : ' ';
    return stretches(segment).map(({ text, logprob }, place) => {
      const token = place === 0 ? space + text.trimStart() : text;
      return { token, logprob, bytes: [...new TextEncoder().encode(token)] };
    });
  });
}

function stretches({ text, avgLogprob, words = [] }: Segment): { text: string; logprob: number }[] {
  if (words.length === 0) return [{ text, logprob: avgLogprob }];
  return words.map((word) => ({
    text: word.text,
    logprob: Math.log(Math.max(word.probability, Number.MIN_VALUE)),
  }));
}

function verboseWord({ text, start, end }: Word) {
  return { word: text.trim(), start: toMilliseconds(start), end: toMilliseconds(end) };
}

function verboseSegment(segment: Segment) {
  return {
    id: segment.id,
    seek: Math.floor(segment.start * 100),
    start: toMilliseconds(segment.start),
    end: toMilliseconds(segment.end),
    text: segment.text,
    tokens: [...segment.tokens],
    temperature: segment.temperature ?? 0,
    avg_logprob: segment.avgLogprob,
    compression_ratio: segment.compressionRatio,
    no_speech_prob: segment.noSpeechProb,
  };
}

function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
