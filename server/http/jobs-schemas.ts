/** OpenAPI of the jobs' routes. */
import Type from 'typebox';
import { RESPONSE_FORMATS, TranscriptionJson, TranscriptionVerbose } from '../../shared/protocol/http.ts';
import { Job, JobAccepted, JobEvent, JobForm, JobRequest, Stats } from '../../shared/protocol/http-jobs.ts';
import { content, ERROR_RESPONSES, failed, later, never } from './route-schemas.ts';

const tags = ['jobs'];
const params = Type.Object({ id: Type.String() });
const UNKNOWN = failed('No job of that id, or no longer.', never);
const plain = Type.String();

const location = { description: 'Of the job.', schema: { type: 'string' } };

export const SUBMIT_SCHEMA = {
  tags,
  operationId: 'createJob',
  summary: 'Speech to text, later',
  description:
    'As the transcription route, but answered at once: an accepted job survives a restart of the server. As a form ' +
    'with the file, or as JSON with its address. `Idempotency-Key` makes it safe to send it again.',
  headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String({ maxLength: 255 })) }),
  body: {
    content: { 'multipart/form-data': { schema: JobForm }, 'application/json': { schema: JobRequest } },
  },
  response: {
    202: content(
      'Accepted, or the job that was accepted with this key.',
      { 'application/json': JobAccepted },
      {
        location,
      },
    ),
    ...ERROR_RESPONSES,
    409: failed('The idempotency key was used for another request.', never),
  },
};

export const JOB_SCHEMA = {
  tags,
  operationId: 'getJob',
  summary: 'Where a job stands',
  params,
  response: { 200: content('The job.', { 'application/json': Job }), 404: UNKNOWN },
};

export const EVENTS_SCHEMA = {
  tags,
  operationId: 'streamJob',
  summary: 'A job’s events',
  description:
    'Server-sent events until it is finished. `Last-Event-ID` goes on after that event, also after a restart of the ' +
    'server: segments and the last event have ids, what is of the moment has none.',
  params,
  headers: Type.Object({ 'last-event-id': Type.Optional(Type.String()) }),
  response: {
    200: content('Events.', { 'text/event-stream': JobEvent }),
    204: { description: 'Everything was said.', type: 'null' },
    404: UNKNOWN,
  },
};

export const RESULT_SCHEMA = {
  tags,
  operationId: 'getJobResult',
  summary: 'The text of a job',
  description: 'The error of a job that failed, with its status.',
  params,
  querystring: Type.Object({
    format: Type.Optional(
      Type.Unsafe<(typeof RESPONSE_FORMATS)[number]>({
        type: 'string',
        enum: [...RESPONSE_FORMATS],
        description: 'The job’s own response_format unless given.',
      }),
    ),
  }),
  response: {
    200: content('The text.', {
      'application/json': Type.Union([TranscriptionJson, TranscriptionVerbose]),
      'text/plain': plain,
      'text/vtt': plain,
      'application/x-subrip': plain,
    }),
    400: ERROR_RESPONSES[400],
    404: UNKNOWN,
    409: failed('Not finished yet.', { 'retry-after': later['retry-after'] }),
    410: failed('It was cancelled.'),
    422: ERROR_RESPONSES[422],
    500: ERROR_RESPONSES[500],
  },
};

export const DELETE_SCHEMA = {
  tags,
  operationId: 'deleteJob',
  summary: 'Cancel or forget a job',
  description: 'What is not finished is cancelled; what is, is forgotten with its text. May be sent again.',
  params,
  response: {
    200: content('Cancelled.', { 'application/json': Job }),
    204: { description: 'Forgotten, now or before.', type: 'null' },
  },
};

export const STATS_SCHEMA = {
  tags: ['server'],
  operationId: 'getStats',
  summary: 'Counts of this server',
  response: { 200: content('Since the start.', { 'application/json': Stats }) },
};
