/** The form fields of a transcription become typed parameters. Pure: the same for the routes and for jobs. */
import type { Task } from '../../shared/asr/engine.ts';
import type { ResponseFormat } from '../../shared/protocol/http.ts';
import type { ServedModel } from '../service/port.ts';

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

export interface ModelChoice {
  readonly models: readonly ServedModel[];
  /** other names, e.g. `whisper-1`, to ids; undefined: the loaded model */
  readonly aliases: ReadonlyMap<string, string | undefined>;
}

/** Throws ApiError naming the parameter; unknown fields are ignored, as other servers of this protocol do. */
export function readTranscriptionFields(
  fields: ReadonlyMap<string, readonly string[]>,
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
  const temperature = readTemperature(fields);
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
