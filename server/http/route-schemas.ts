/** The routes' OpenAPI descriptions, from the schemas in shared/protocol. */
import Type, { type TSchema } from 'typebox';
import {
  ErrorEnvelope,
  Model,
  ModelList,
  TextDelta,
  TextDone,
  TranscriptionForm,
  TranscriptionJson,
  TranscriptionVerbose,
  TranslationForm,
} from '../../shared/protocol/http.ts';

const REQUEST_ID = { description: 'Of this request; the one sent, if one was.', schema: { type: 'string' } };
const RETRY_AFTER = { description: 'Whole seconds.', schema: { type: 'integer', minimum: 1 } };
const RETRY_AFTER_MS = { description: 'The same, finer.', schema: { type: 'integer' } };
const SHOULD_RETRY = { description: '`false`: the same request can never work.', schema: { type: 'string' } };

/** A response with its content by media type. */
export const content = (
  description: string,
  byType: Readonly<Record<string, TSchema>>,
  headers: object = {},
) => ({
  description,
  headers: { 'x-request-id': REQUEST_ID, ...headers },
  content: Object.fromEntries(Object.entries(byType).map(([type, schema]) => [type, { schema }])),
});

export const failed = (description: string, headers: object = {}) =>
  content(description, { 'application/json': ErrorEnvelope }, headers);

export const never = { 'x-should-retry': SHOULD_RETRY };
export const later = { 'retry-after': RETRY_AFTER, 'retry-after-ms': RETRY_AFTER_MS };

export const ERROR_RESPONSES = {
  400: failed('A parameter is missing or wrong; `param` names it.', never),
  401: failed('Where the server asks for keys: none, or not a valid one.', never),
  403: failed(
    'The page of another site, which the operator has not allowed; or the key may not do that.',
    never,
  ),
  404: failed('No such model; the message lists those there are.', never),
  408: failed('The upload was too slow.'),
  413: failed('The file is too large or too long.', never),
  415: failed('Not a form, or not audio.', never),
  422: failed('The file cannot be read.', never),
  429: failed('A limit of the key; `code` names it.', later),
  500: failed('Something went wrong inside.'),
  503: failed('The queue is full, the wait was too long, or the engine is starting again.', later),
} as const;

const plain = Type.String();

export const TRANSCRIPTION_SCHEMA = {
  tags: ['audio'],
  operationId: 'createTranscription',
  summary: 'Speech to text',
  description: 'As OpenAI. With `stream`, server-sent events while it is read.',
  consumes: ['multipart/form-data'],
  body: TranscriptionForm,
  response: {
    200: content('The text.', {
      'application/json': Type.Union([TranscriptionJson, TranscriptionVerbose]),
      'text/plain': plain,
      'text/vtt': plain,
      'application/x-subrip': plain,
      'text/event-stream': Type.Union([TextDelta, TextDone, ErrorEnvelope]),
    }),
    ...ERROR_RESPONSES,
  },
};

export const TRANSLATION_SCHEMA = {
  tags: ['audio'],
  operationId: 'createTranslation',
  summary: 'Speech in any language to English text',
  consumes: ['multipart/form-data'],
  body: TranslationForm,
  response: {
    200: content('The text.', {
      'application/json': Type.Union([TranscriptionJson, TranscriptionVerbose]),
      'text/plain': plain,
      'text/vtt': plain,
      'application/x-subrip': plain,
    }),
    ...ERROR_RESPONSES,
  },
};

export const MODELS_SCHEMA = {
  tags: ['models'],
  operationId: 'listModels',
  summary: 'The models of this server',
  response: { 200: content('All of them.', { 'application/json': ModelList }), 403: ERROR_RESPONSES[403] },
};

export const MODEL_SCHEMA = {
  tags: ['models'],
  operationId: 'retrieveModel',
  summary: 'One model',
  description: 'By its id, which may hold a slash, or by an alias.',
  response: {
    200: content('The model.', { 'application/json': Model }),
    403: ERROR_RESPONSES[403],
    404: ERROR_RESPONSES[404],
  },
};
