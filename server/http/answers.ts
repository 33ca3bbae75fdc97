/** What the service gave becomes the answer that was asked for. Pure. */
import { ERRORS, type ErrorWire, fromWire } from '../../shared/errors.ts';
import { FORMATS } from '../../shared/formats/index.ts';
import { plainJson, verboseJson } from '../../shared/formats/verbose-json.ts';
import type { Warning } from '../../shared/protocol/http.ts';
import { wireShape } from '../../shared/protocol/http-errors.ts';
import { plainText } from '../../shared/transcript/transcript.ts';
import type { TranscribeResult } from '../service/port.ts';
import { JSON_TYPE } from './error-reply.ts';
import type { TranscriptionParameters } from './transcription-fields.ts';

export interface Answer {
  readonly mediaType: string;
  readonly body: string;
}

export type AnswerChoice = Pick<
  TranscriptionParameters,
  'task' | 'responseFormat' | 'granularities' | 'logprobs'
>;

export function answerOf(result: TranscribeResult, parameters: AnswerChoice): Answer {
  const warnings = warningsOf(result);
  switch (parameters.responseFormat) {
    case 'json':
      return asJson(plainJson(result, { logprobs: parameters.logprobs, warnings }));
    case 'verbose_json':
      return asJson(verboseJson(result, { task: parameters.task, ...parameters.granularities, warnings }));
    case 'text':
      return { mediaType: FORMATS.txt.mediaType, body: `${plainText(result.segments)}\n` };
    case 'srt':
    case 'vtt': {
      const { mediaType, write } = FORMATS[parameters.responseFormat];
      return { mediaType, body: write(result) };
    }
  }
}

/** Throws when nothing was read because of what is wrong: an empty text would say that nobody spoke. */
export function checkRead({ segments, leftOut, endedEarly }: TranscribeResult): void {
  const wrong = leftOut[0]?.error ?? endedEarly;
  if (segments.length === 0 && wrong !== undefined) throw fromWire(wrong);
}

/** What is missing from the text. */
export function warningsOf({ leftOut, endedEarly, duration }: TranscribeResult): Warning[] {
  const left = leftOut.map(({ start, end, error }) => ({ ...warning(error), start, end }));
  return endedEarly === undefined ? left : [...left, { ...warning(endedEarly), start: duration }];
}

/** RFC 9110 leaves headers of one's own; a plain text has no other place for it. */
export function warningHeader(result: TranscribeResult): Readonly<Record<string, string>> {
  const codes = [...new Set(warningsOf(result).map(({ code }) => code))];
  return codes.length === 0 ? {} : { 'x-sotto-warnings': codes.join(', ') };
}

/** https://www.w3.org/TR/server-timing/ */
export function serverTiming({ timings }: TranscribeResult): string {
  const { waitMs, decodeMs, inferenceMs } = timings;
  return Object.entries({ wait: waitMs, decode: decodeMs, inference: inferenceMs })
    .map(([name, ms]) => `${name};dur=${Math.round(ms)}`)
    .join(', ');
}

const warning = ({ code }: ErrorWire): Warning => ({
  code: wireShape(code).code,
  message: `${ERRORS[code].message} ${ERRORS[code].next}`,
});

const asJson = (value: unknown): Answer => ({ mediaType: JSON_TYPE, body: JSON.stringify(value) });
