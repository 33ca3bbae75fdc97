/** Keys and usage over HTTP as schemas. Points in time are ISO 8601; null: without. */
import Type, { type Static } from 'typebox';

const nullable = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const KEY_SCOPES = ['transcribe', 'jobs', 'live', 'admin', 'metrics'] as const;

const scope = Type.Unsafe<(typeof KEY_SCOPES)[number]>({ type: 'string', enum: [...KEY_SCOPES] });

const ORIGIN = '^https?://[^/\\s]+$';

const limits = {
  requests_per_minute: nullable(Type.Integer({ minimum: 1, maximum: 60_000 })),
  jobs_at_once: nullable(Type.Integer({ minimum: 0, maximum: 100_000 })),
  sessions_at_once: nullable(Type.Integer({ minimum: 0, maximum: 100_000 })),
  audio_seconds_per_day: nullable(Type.Number({ minimum: 0, maximum: 1e9 })),
  upload_bytes: nullable(Type.Integer({ minimum: 1, maximum: 1e12 })),
};

const optional = Object.fromEntries(
  Object.entries(limits).map(([name, schema]) => [name, Type.Optional(schema)]),
) as { [Name in keyof typeof limits]: Type.TOptional<(typeof limits)[Name]> };

const models = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 100 });
const origins = Type.Array(Type.String({ pattern: ORIGIN, maxLength: 300 }), { maxItems: 100 });
const expires = Type.String({ description: 'ISO 8601.', maxLength: 40 });
const name = Type.String({ minLength: 1, maxLength: 100, description: 'For people; stands in lists.' });
const scopes = (description: string) => Type.Array(scope, { minItems: 1, description });
const weight = (description: string) => Type.Number({ minimum: 1, maximum: 100, description });

export const KeyLimits = Type.Object(limits);
export type KeyLimits = Static<typeof KeyLimits>;

export const KeyRequest = Type.Object({
  name,
  scopes: Type.Optional(scopes('transcribe, jobs and live unless given.')),
  weight: Type.Optional(weight('Its part of the engine, 1 unless given.')),
  allowed_models: Type.Optional(nullable(models)),
  allowed_origins: Type.Optional(nullable(origins)),
  expires_at: Type.Optional(nullable(expires)),
  limits: Type.Optional(Type.Object(optional)),
});
export type KeyRequest = Static<typeof KeyRequest>;

/** What is not given stays; null takes a bound away. A name that is not known is refused: it would change nothing. */
export const KeyChangeRequest = Type.Object(
  {
    name: Type.Optional(name),
    scopes: Type.Optional(scopes('All that it has from now on.')),
    weight: Type.Optional(weight('Its part of the engine.')),
    allowed_models: Type.Optional(nullable(models)),
    allowed_origins: Type.Optional(nullable(origins)),
    expires_at: Type.Optional(nullable(expires)),
    limits: Type.Optional(Type.Object(optional, { additionalProperties: false })),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type KeyChangeRequest = Static<typeof KeyChangeRequest>;

export const ApiKey = Type.Object({
  object: Type.Literal('sotto.key'),
  id: Type.String({ description: 'No secret; stands in logs and usage.' }),
  name: Type.String(),
  prefix: Type.String({ description: 'The beginning of its secret.' }),
  scopes: Type.Array(scope),
  weight: Type.Number(),
  allowed_models: nullable(Type.Array(Type.String())),
  allowed_origins: nullable(Type.Array(Type.String())),
  limits: KeyLimits,
  created_at: Type.String(),
  expires_at: nullable(Type.String()),
  revoked_at: nullable(Type.String()),
  previous: nullable(
    Type.Object(
      { prefix: Type.String(), until: Type.String() },
      { description: 'A rotation that overlaps.' },
    ),
  ),
});
export type ApiKey = Static<typeof ApiKey>;

export const ApiKeyWithSecret = Type.Object({
  ...ApiKey.properties,
  secret: Type.String({ description: 'Shown this once: nobody can find it again.' }),
});
export type ApiKeyWithSecret = Static<typeof ApiKeyWithSecret>;

export const ApiKeyList = Type.Object({ object: Type.Literal('list'), data: Type.Array(ApiKey) });
export type ApiKeyList = Static<typeof ApiKeyList>;

export const RotateRequest = Type.Object({
  overlap_seconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 2_592_000,
      description: 'How long the old secret is taken as well; a day unless given.',
    }),
  ),
});
export type RotateRequest = Static<typeof RotateRequest>;

const DAY = '^\\d{4}-\\d{2}-\\d{2}$';

export const UsageQuery = Type.Object({
  from: Type.Optional(
    Type.String({ pattern: DAY, description: 'First day in UTC; 30 days ago unless given.' }),
  ),
  to: Type.Optional(Type.String({ pattern: DAY, description: 'Last day in UTC; today unless given.' })),
  key: Type.Optional(Type.String({ description: 'Of another key: needs the scope admin.' })),
});
export type UsageQuery = Static<typeof UsageQuery>;

export const Usage = Type.Object({
  object: Type.Literal('sotto.usage'),
  key: Type.String(),
  from: Type.String(),
  to: Type.String(),
  data: Type.Array(
    Type.Object({
      day: Type.String(),
      model: Type.String(),
      requests: Type.Integer({ description: 'Files, jobs and live sessions.' }),
      audio_seconds: Type.Number(),
    }),
  ),
  today: Type.Object({
    audio_seconds_left: nullable(Type.Number({ description: 'Neither used nor reserved; null: no limit.' })),
    resets_in_seconds: Type.Integer(),
  }),
});
export type Usage = Static<typeof Usage>;
