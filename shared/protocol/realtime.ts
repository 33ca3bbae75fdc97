/** OpenAI's Realtime protocol for transcription sessions, at `GET /v1/realtime?intent=transcription`, and what is ours. */
import Type, { type Static, type TSchema } from 'typebox';

const Text = (maxLength: number) => Type.String({ maxLength });
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const RATES = [24_000, 16_000] as const;

const Format = Type.Union([
  Type.Object({
    type: Type.Literal('audio/pcm'),
    rate: Type.Optional(Type.Union([Type.Literal(24_000), Type.Literal(16_000)])),
  }),
  /** as older clients write it: 24 kHz */
  Type.Literal('pcm16'),
]);

export const Transcription = Type.Object({
  model: Type.Optional(Text(200)),
  language: Type.Optional(nullable(Text(20))),
  prompt: Type.Optional(nullable(Text(4_000))),
});

export const ServerVad = Type.Object({
  type: Type.Literal('server_vad'),
  threshold: Type.Optional(Type.Number({ minimum: 0.01, maximum: 0.99 })),
  prefix_padding_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_000 })),
  silence_duration_ms: Type.Optional(Type.Integer({ minimum: 64, maximum: 10_000 })),
});

/** Taken and without effect: the sound is read as it comes. */
const NoiseReduction = nullable(Type.Object({ type: Text(40) }));

export const Sotto = Type.Object({
  /** text that may still change, as `sotto.tentative` */
  tentative: Type.Optional(Type.Boolean()),
  /** `queue_status` about once a second while something waits */
  queue_status: Type.Optional(Type.Boolean()),
});

const Include = Type.Optional(nullable(Type.Array(Text(100), { maxItems: 20 })));

export const SessionInput = Type.Object({
  type: Type.Optional(Type.Literal('transcription')),
  audio: Type.Optional(
    Type.Object({
      input: Type.Optional(
        Type.Object({
          format: Type.Optional(Format),
          transcription: Type.Optional(nullable(Transcription)),
          turn_detection: Type.Optional(nullable(ServerVad)),
          noise_reduction: Type.Optional(NoiseReduction),
        }),
      ),
    }),
  ),
  include: Include,
  sotto: Type.Optional(Sotto),
});
export type SessionInput = Static<typeof SessionInput>;

/** The same as older clients write it. */
export const OldSessionInput = Type.Object({
  input_audio_format: Type.Optional(Type.Literal('pcm16')),
  input_audio_transcription: Type.Optional(nullable(Transcription)),
  turn_detection: Type.Optional(nullable(ServerVad)),
  input_audio_noise_reduction: Type.Optional(NoiseReduction),
  include: Include,
  sotto: Type.Optional(Sotto),
});
export type OldSessionInput = Static<typeof OldSessionInput>;

const EventId = Type.Optional(Text(512));
const client = <Name extends string, Props extends Record<string, TSchema>>(type: Name, props: Props) =>
  Type.Object({ type: Type.Literal(type), event_id: EventId, ...props });

/** Schemas by the event's type. */
export const CLIENT_EVENTS = {
  'session.update': client('session.update', { session: SessionInput }),
  'transcription_session.update': client('transcription_session.update', { session: OldSessionInput }),
  'input_audio_buffer.append': client('input_audio_buffer.append', {
    audio: Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$' }),
  }),
  'input_audio_buffer.commit': client('input_audio_buffer.commit', {}),
  'input_audio_buffer.clear': client('input_audio_buffer.clear', {}),
} as const;

export type ClientEvent = {
  [Name in keyof typeof CLIENT_EVENTS]: Static<(typeof CLIENT_EVENTS)[Name]>;
}[keyof typeof CLIENT_EVENTS];

export const Session = Type.Object({
  object: Type.Literal('realtime.transcription_session'),
  type: Type.Literal('transcription'),
  id: Type.String(),
  expires_at: Type.Integer(),
  audio: Type.Object({
    input: Type.Object({
      format: Type.Object({ type: Type.Literal('audio/pcm'), rate: Type.Integer() }),
      transcription: Type.Object({
        model: Type.String(),
        language: nullable(Type.String()),
        prompt: Type.String(),
      }),
      turn_detection: nullable(
        Type.Object({
          type: Type.Literal('server_vad'),
          threshold: Type.Number(),
          prefix_padding_ms: Type.Integer(),
          silence_duration_ms: Type.Integer(),
        }),
      ),
      noise_reduction: Type.Null(),
    }),
  }),
  include: Type.Null(),
  sotto: Type.Object({ tentative: Type.Boolean(), queue_status: Type.Boolean() }),
});
export type Session = Static<typeof Session>;

const Failure = Type.Object({
  type: Type.String(),
  code: nullable(Type.String()),
  message: Type.String(),
  param: nullable(Type.String()),
});
const server = <Name extends string, Props extends Record<string, TSchema>>(type: Name, props: Props) =>
  Type.Object({ type: Type.Literal(type), event_id: Type.String(), ...props });
const item = { item_id: Type.String() };
const content = { ...item, content_index: Type.Literal(0) };
const PREFIX = 'conversation.item.input_audio_transcription';

export const SERVER_EVENTS = {
  'session.created': server('session.created', { session: Session }),
  'session.updated': server('session.updated', { session: Session }),
  'transcription_session.updated': server('transcription_session.updated', { session: Session }),
  'input_audio_buffer.speech_started': server('input_audio_buffer.speech_started', {
    ...item,
    audio_start_ms: Type.Integer({ minimum: 0 }),
  }),
  'input_audio_buffer.speech_stopped': server('input_audio_buffer.speech_stopped', {
    ...item,
    audio_end_ms: Type.Integer({ minimum: 0 }),
  }),
  'input_audio_buffer.committed': server('input_audio_buffer.committed', {
    ...item,
    previous_item_id: nullable(Type.String()),
  }),
  'input_audio_buffer.cleared': server('input_audio_buffer.cleared', {}),
  /** committed text: joined, the deltas of an item are its transcript */
  [`${PREFIX}.delta` as const]: server(`${PREFIX}.delta`, {
    ...content,
    delta: Type.String({ minLength: 1 }),
  }),
  [`${PREFIX}.completed` as const]: server(`${PREFIX}.completed`, {
    ...content,
    transcript: Type.String(),
    usage: Type.Object({ type: Type.Literal('duration'), seconds: Type.Number({ minimum: 0 }) }),
  }),
  [`${PREFIX}.failed` as const]: server(`${PREFIX}.failed`, { ...content, error: Failure }),
  error: server('error', {
    error: Type.Object({ ...Failure.properties, event_id: nullable(Type.String()) }),
  }),
  /** ours: what follows the deltas and may change */
  'sotto.tentative': server('sotto.tentative', { ...content, text: Type.String() }),
  /** ours: windows of everybody that wait */
  queue_status: server('queue_status', {
    pending: Type.Integer({ minimum: 0 }),
    position: Type.Integer({ minimum: 0 }),
    eta_ms: nullable(Type.Number({ minimum: 0 })),
  }),
} as const;

export type ServerEvent = {
  [Name in keyof typeof SERVER_EVENTS]: Omit<Static<(typeof SERVER_EVENTS)[Name]>, 'event_id'>;
}[keyof typeof SERVER_EVENTS];

export const ClientSecretRequest = Type.Object({
  expires_after: Type.Optional(
    Type.Object({
      anchor: Type.Optional(Type.Literal('created_at')),
      seconds: Type.Optional(Type.Integer({ minimum: 10, maximum: 7_200 })),
    }),
  ),
  session: Type.Optional(SessionInput),
});
export type ClientSecretRequest = Static<typeof ClientSecretRequest>;

export const ClientSecret = Type.Object({
  value: Type.String(),
  /** Unix seconds */
  expires_at: Type.Integer(),
  session: Session,
});
export type ClientSecret = Static<typeof ClientSecret>;
