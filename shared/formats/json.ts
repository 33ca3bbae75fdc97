/** JSON with the field names of OpenAI's `verbose_json`. Times are seconds, to the millisecond. */
import type { Word } from '../asr/engine.ts';
import { plainText } from '../transcript/transcript.ts';
import type { Format } from './format.ts';

export const json: Format = {
  kind: 'text',
  label: 'JSON',
  mediaType: 'application/json; charset=utf-8',
  extension: 'json',
  write(manuscript, options) {
    const { language, duration, model, segments, notes = [] } = manuscript;
    const file = {
      language,
      duration: toMilliseconds(duration),
      model,
      text: plainText(segments),
      segments: segments.map((segment) => ({
        id: segment.id,
        start: toMilliseconds(segment.start),
        end: toMilliseconds(segment.end),
        text: segment.text,
        ...(segment.speaker === undefined || options?.speakers !== 'shown'
          ? {}
          : { speaker: segment.speaker }),
        tokens: segment.tokens,
        avg_logprob: segment.avgLogprob,
        compression_ratio: segment.compressionRatio,
        no_speech_prob: segment.noSpeechProb,
        ...(segment.temperature === undefined ? {} : { temperature: segment.temperature }),
        ...(segment.words === undefined ? {} : { words: segment.words.map(writeWord) }),
      })),
      ...(notes.length === 0
        ? {}
        : { notes: notes.map(({ at, text }) => ({ at: toMilliseconds(at), text })) }),
    };
    return `${JSON.stringify(file)}\n`;
  },
};

/** As whisper's own JSON: with the space before it, so that joined they are the text. */
function writeWord({ text, start, end, probability }: Word) {
  return { word: text, start: toMilliseconds(start), end: toMilliseconds(end), probability };
}

function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
