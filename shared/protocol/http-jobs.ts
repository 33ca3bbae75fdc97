/** Jobs over HTTP as schemas. Times of a recording are seconds, points in time are ISO 8601. */
import Type, { type Static } from 'typebox';
import { ErrorEnvelope, TranscriptionForm } from './http.ts';

const { stream: _stream, file, ...asked } = TranscriptionForm.properties;

const webhook = {
  webhook_url: Type.Optional(
    Type.String({
      description: 'Told when the job is finished, as Standard Webhooks: its id and status, signed.',
    }),
  ),
  webhook_secret: Type.Optional(
    Type.String({ description: '`whsec_` and the base64 of 24 to 64 bytes; the operator’s unless given.' }),
  ),
};

export const JobForm = Type.Object({ file, ...asked, ...webhook });

export const JobRequest = Type.Object({
  url: Type.String({ description: 'A public http(s) address of the recording; the server fetches it.' }),
  ...asked,
  ...webhook,
});

export const JobStatus = Type.Unsafe<'queued' | 'running' | 'done' | 'failed' | 'cancelled'>({
  type: 'string',
  enum: ['queued', 'running', 'done', 'failed', 'cancelled'],
});

const nullable = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

const position = nullable(Type.Integer({ description: '0 is next; null where it does not wait in line.' }));
const eta = nullable(
  Type.Integer({ description: 'A guess at the wait; null before anything was measured.' }),
);

export const JobAccepted = Type.Object({ id: Type.String(), status: JobStatus, position, eta_ms: eta });
export type JobAccepted = Static<typeof JobAccepted>;

const progress = Type.Object({ done_seconds: Type.Number(), total_seconds: nullable(Type.Number()) });

export const Job = Type.Object({
  id: Type.String({ description: 'A secret: who has it may read and delete the job.' }),
  status: JobStatus,
  position,
  eta_ms: eta,
  model: Type.String(),
  progress: nullable(progress),
  created_at: Type.String(),
  started_at: nullable(Type.String()),
  finished_at: nullable(Type.String()),
  expires_at: nullable(Type.String({ description: 'When a finished job is forgotten.' })),
  error: nullable(ErrorEnvelope.properties.error),
  webhook: Type.Unsafe<'none' | 'waiting' | 'pending' | 'delivered' | 'given_up'>({
    type: 'string',
    enum: ['none', 'waiting', 'pending', 'delivered', 'given_up'],
  }),
});
export type Job = Static<typeof Job>;

/** `event:` of the stream is the type. Segments and the last event have ids; the others are of the moment. */
export const JobEvent = Type.Union([
  Type.Object({
    type: Type.Literal('queue_status'),
    pending: Type.Integer({ description: 'How many wait, it included.' }),
    position,
    eta_ms: eta,
  }),
  Type.Object({ type: Type.Literal('progress'), ...progress.properties }),
  Type.Object({
    type: Type.Literal('segment'),
    id: Type.Integer(),
    start: Type.Number(),
    end: Type.Number(),
    text: Type.String(),
  }),
  Type.Object({ type: Type.Literal('done'), id: Type.String() }),
  Type.Object({
    type: Type.Literal('failed'),
    id: Type.String(),
    error: ErrorEnvelope.properties.error,
  }),
  Type.Object({ type: Type.Literal('cancelled'), id: Type.String() }),
]);
export type JobEvent = Static<typeof JobEvent>;

export const Stats = Type.Object({
  active: Type.Integer({ description: 'Being read.' }),
  queued: Type.Integer({ description: 'Waiting in line.' }),
  completed: Type.Integer({ description: 'Since the start, as the two that follow.' }),
  failed: Type.Integer(),
  oom_errors: Type.Integer({ description: 'Of the failed: for want of memory.' }),
  success_rate: nullable(Type.Number({ description: 'completed / (completed + failed); null before any.' })),
  avg_wait_ms: nullable(Type.Number({ description: 'Of the last 1000 that were read.' })),
  p95_wait_ms: nullable(Type.Number({ description: 'The same; by nearest rank.' })),
});
export type Stats = Static<typeof Stats>;
