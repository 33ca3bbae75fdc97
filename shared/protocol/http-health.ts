/** What a server says about itself, as schemas. */
import Type, { type Static } from 'typebox';

const nullable = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

const trouble = Type.Object({ code: Type.String(), message: Type.String() });

export const Live = Type.Object({ status: Type.Literal('live') });
export type Live = Static<typeof Live>;

export const Ready = Type.Union([
  Type.Object({
    status: Type.Literal('ready'),
    canary_ms: Type.Integer({ description: 'How long a known clip took, through the gate and the engine.' }),
    age_ms: Type.Integer({ description: 'How long ago that was.' }),
  }),
  Type.Object({ status: Type.Literal('unready'), error: trouble }),
]);
export type Ready = Static<typeof Ready>;

export const Health = Type.Object({
  status: Type.Unsafe<'ok' | 'starting' | 'failed'>({ type: 'string', enum: ['ok', 'starting', 'failed'] }),
  version: Type.String(),
  uptime_seconds: Type.Integer(),
  engine: Type.Object({
    state: Type.String(),
    model: nullable(Type.String()),
    device: nullable(Type.String()),
    dtype: nullable(Type.String()),
    adapter: nullable(Type.String()),
    lanes: nullable(Type.Integer()),
    error: nullable(trouble),
  }),
  devices: Type.Array(
    Type.Object({ device: Type.String(), outcome: Type.String(), detail: nullable(Type.String()) }),
    { description: 'In the order of preference, with why one was not chosen.' },
  ),
  spare: Type.String(),
  restarts: Type.Record(Type.String(), Type.Integer()),
  decoder_restarts: Type.Integer(),
  queue: Type.Object({
    active: Type.Integer(),
    waiting: Type.Integer(),
    eta_ms: nullable(Type.Integer()),
  }),
  models: Type.Array(Type.Object({ id: Type.String(), state: Type.String(), error: nullable(trouble) })),
  cluster: Type.Optional(
    Type.Object(
      {
        redis: Type.String({ description: 'connecting, ready, lost or closed.' }),
        warnings: Type.Array(Type.String()),
        workers: Type.Integer(),
        slots: Type.Integer({ description: 'Jobs that the workers read at once.' }),
        sessions: Type.Integer({ description: 'Live sessions of this ingress.' }),
        session_places: nullable(Type.Integer({ description: 'Of all workers; null: Redis is away.' })),
        session_places_taken: nullable(Type.Integer()),
      },
      { description: 'Where several machines share a queue.' },
    ),
  ),
});
export type Health = Static<typeof Health>;
