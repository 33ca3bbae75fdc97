/** The form fields of a transcription become typed parameters. Pure: the same for the routes and for jobs. */
import type { ModelEntry } from '../../shared/asr/catalogue.ts';
import type { Task } from '../../shared/asr/engine.ts';
import { languageCode } from '../../shared/asr/language-names.ts';
import { GRANULARITIES, RESPONSE_FORMATS, type ResponseFormat } from '../../shared/protocol/http.ts';
import { ApiError } from './api-error.ts';
import { checkChunking } from './chunking-field.ts';
import { all, type Fields, last, number, oneOf, required, truth } from './fields.ts';
import { chooseModel, type ModelChoice } from './models.ts';

export interface TranscriptionParameters {
  /** catalogue id of a served model, aliases resolved */
  readonly model: string;
  /** what is asked for, as the answer calls it */
  readonly task: Task;
  /** for the service */
  readonly options: {
    readonly task: Task;
    readonly language?: string;
    readonly prompt?: string;
    readonly terms?: readonly string[];
    readonly temperature?: number;
    readonly times?: 'segment' | 'word';
  };
  readonly responseFormat: ResponseFormat;
  /** what verbose_json carries */
  readonly granularities: { readonly segment: boolean; readonly word: boolean };
  readonly stream: boolean;
  /** log probabilities of the words */
  readonly logprobs: boolean;
}

/** Throws ApiError naming the parameter; unknown fields are ignored, as other servers of this protocol do. */
export function readTranscriptionFields(
  fields: Fields,
  task: Task,
  choice: ModelChoice,
): TranscriptionParameters {
  const { entry, id } = chooseModel(required(fields, 'model'), choice);
  const responseFormat = oneOf(fields, 'response_format', RESPONSE_FORMATS) ?? 'json';
  const transcribing = task === 'transcribe';
  const granularities = transcribing ? readGranularities(fields, responseFormat, entry) : SEGMENTS;
  const logprobs = transcribing && readInclude(fields, responseFormat);
  const stream = transcribing && readStream(fields, responseFormat);
  if (transcribing) checkChunking(fields);
  const language = transcribing ? readLanguage(fields, entry) : undefined;
  const prompt = last(fields, 'prompt');
  const terms = all(fields, 'terms').filter((term) => term !== '');
  const temperature = number(fields, 'temperature', { from: 0, to: 1 });
  const words = granularities.word || (logprobs && entry?.timestamps === 'word');
  return {
    model: id,
    task,
    options: {
      task: taskFor(task, entry),
      ...(language === undefined ? {} : { language }),
      ...(prompt ? { prompt } : {}),
      ...(terms.length > 0 ? { terms } : {}),
      ...(temperature === undefined ? {} : { temperature }),
      ...(words ? { times: 'word' as const } : {}),
    },
    responseFormat,
    granularities,
    stream,
    logprobs,
  };
}

const SEGMENTS = { segment: true, word: false } as const;

function readGranularities(
  fields: Fields,
  format: ResponseFormat,
  entry: ModelEntry | undefined,
): TranscriptionParameters['granularities'] {
  const param = 'timestamp_granularities[]';
  const asked = all(fields, 'timestamp_granularities');
  if (asked.length === 0) return SEGMENTS;
  for (const value of asked) {
    if (!GRANULARITIES.some((known) => known === value)) {
      throw new ApiError('bad_request', `${param} must be ${GRANULARITIES.join(' or ')}`, {
        param,
        wireCode: 'invalid_value',
      });
    }
  }
  if (format !== 'verbose_json') {
    throw new ApiError('bad_request', `${param} needs response_format verbose_json`, {
      param,
      wireCode: 'unsupported_value',
    });
  }
  const word = asked.includes('word');
  if (word && entry?.timestamps === 'segment') {
    throw new ApiError('bad_request', `${entry.id} does not tell the times of words; ask for segment`, {
      param,
      wireCode: 'unsupported_value',
    });
  }
  return { segment: asked.includes('segment'), word };
}

function readInclude(fields: Fields, format: ResponseFormat): boolean {
  const param = 'include[]';
  const asked = all(fields, 'include');
  if (asked.length === 0) return false;
  if (asked.some((value) => value !== 'logprobs')) {
    throw new ApiError('bad_request', `${param} must be logprobs`, { param, wireCode: 'invalid_value' });
  }
  if (format === 'json') return true;
  throw new ApiError('bad_request', `${param} needs response_format json`, {
    param,
    wireCode: 'unsupported_value',
  });
}

function readStream(fields: Fields, format: ResponseFormat): boolean {
  if (truth(fields, 'stream') !== true) return false;
  if (format === 'json' || format === 'text') return true;
  throw new ApiError('bad_request', `stream needs response_format json or text, not ${format}`, {
    param: 'stream',
    wireCode: 'unsupported_value',
  });
}

/** undefined: as spoken */
function readLanguage(fields: Fields, entry: ModelEntry | undefined): string | undefined {
  const written = last(fields, 'language')?.trim();
  if (!written || written.toLowerCase() === 'auto') return undefined;
  const code = languageCode(written);
  const refuse = (message: string) =>
    new ApiError('bad_request', message, { param: 'language', wireCode: 'unsupported_value' });
  if (code === undefined) {
    throw refuse('language must be an ISO 639-1 code (de), an English name (german) or auto');
  }
  if (entry !== undefined && !entry.languages.includes(code)) {
    throw refuse(`${entry.id} does not read that language; it reads ${listed(entry.languages)}`);
  }
  return code;
}

/** A model that knows English only has nothing to translate: what it reads is English. */
function taskFor(task: Task, entry: ModelEntry | undefined): Task {
  if (task === 'transcribe' || entry === undefined || entry.tasks.includes(task)) return task;
  if (entry.languages.every((code) => code === 'en')) return 'transcribe';
  throw new ApiError('bad_request', `${entry.id} does not translate`, {
    param: 'model',
    wireCode: 'unsupported_value',
  });
}

const listed = (languages: readonly string[]) =>
  languages.length > 8 ? `${languages.slice(0, 8).join(', ')} and others` : languages.join(', ');
