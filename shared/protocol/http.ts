/**
 * The HTTP side as schemas: the routes, the OpenAPI description and the types all come from these.
 * Field names are OpenAI's; what they do not have is marked as ours. Times are seconds.
 */
import Type, { type Static } from 'typebox';

export const RESPONSE_FORMATS = ['json', 'text', 'srt', 'verbose_json', 'vtt'] as const;
export type ResponseFormat = (typeof RESPONSE_FORMATS)[number];

export const GRANULARITIES = ['segment', 'word'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

const oneOf = <const Values extends readonly string[]>(values: Values, description: string) =>
  Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], description });

/** The limits of OpenAI's server_vad. */
export const ServerVad = Type.Object(
  {
    type: Type.Literal('server_vad'),
    prefix_padding_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000, default: 300 })),
    silence_duration_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000, default: 200 })),
    threshold: Type.Optional(Type.Number({ minimum: 0, maximum: 1, default: 0.5 })),
  },
  { additionalProperties: false },
);

const file = Type.Unsafe<unknown>({
  type: 'string',
  format: 'binary',
  description:
    'The recording: WAV, MP3, M4A, FLAC, OGG, WebM, MP4 and others. May come at any place in the form.',
});
const model = Type.String({
  description:
    'An id from /v1/models, or a name that the operator made stand for one (`whisper-1` unless changed).',
});
const prompt = Type.Optional(
  Type.String({ description: 'What it may be about, or how it is to be written, as text that came before.' }),
);
const responseFormat = Type.Optional(oneOf(RESPONSE_FORMATS, 'Default `json`.'));
const temperature = Type.Optional(
  Type.Number({
    minimum: 0,
    maximum: 1,
    default: 0,
    description:
      'Above 0, text is drawn at this temperature. At 0 the most probable text, more only where it is doubted.',
  }),
);

export const TranscriptionForm = Type.Object({
  file,
  model,
  language: Type.Optional(
    Type.String({
      description: 'ISO 639-1 code (`de`), English name (`german`) or `auto` (as spoken; the default).',
    }),
  ),
  prompt,
  response_format: responseFormat,
  temperature,
  'timestamp_granularities[]': Type.Optional(
    Type.Array(oneOf(GRANULARITIES, 'With `verbose_json` only. Default `segment`.')),
  ),
  stream: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'Server-sent events while it is read; with `json` or `text`.',
    }),
  ),
  'include[]': Type.Optional(
    Type.Array(
      oneOf(
        ['logprobs'],
        'With `json` only: one entry a word where the model tells words, else one a segment.',
      ),
    ),
  ),
  chunking_strategy: Type.Optional(
    Type.Union([Type.Literal('auto'), ServerVad], {
      description:
        'Checked. The server always cuts in pauses, by its own voice detection, so its figures change nothing.',
    }),
  ),
  'terms[]': Type.Optional(
    Type.Array(Type.String(), { description: 'Ours: words and names that are likely to be said.' }),
  ),
});

export const TranslationForm = Type.Object({
  file,
  model,
  prompt,
  response_format: responseFormat,
  temperature,
});

export const Usage = Type.Object({
  type: Type.Literal('duration'),
  seconds: Type.Number({ description: 'Length of the recording, rounded up.' }),
});
export type Usage = Static<typeof Usage>;

/** Ours: what is missing from a transcript, and why. */
export const Warning = Type.Object({
  code: Type.String(),
  message: Type.String(),
  start: Type.Optional(Type.Number()),
  end: Type.Optional(Type.Number()),
});
export type Warning = Static<typeof Warning>;

const warnings = Type.Optional(
  Type.Array(Warning, { description: 'Ours; only where something is missing from the text.' }),
);

export const LogProb = Type.Object({
  token: Type.String(),
  logprob: Type.Number({ description: 'Natural logarithm of the mean probability.' }),
  bytes: Type.Array(Type.Integer(), { description: 'UTF-8 of `token`.' }),
});
export type LogProb = Static<typeof LogProb>;

export const TranscriptionJson = Type.Object({
  text: Type.String(),
  logprobs: Type.Optional(Type.Array(LogProb)),
  usage: Usage,
  warnings,
});
export type TranscriptionJson = Static<typeof TranscriptionJson>;

export const VerboseWord = Type.Object({ word: Type.String(), start: Type.Number(), end: Type.Number() });

export const VerboseSegment = Type.Object({
  id: Type.Integer(),
  seek: Type.Integer({ description: 'Start, in frames of 10 ms.' }),
  start: Type.Number(),
  end: Type.Number(),
  text: Type.String(),
  tokens: Type.Array(Type.Integer()),
  temperature: Type.Number(),
  avg_logprob: Type.Number(),
  compression_ratio: Type.Number(),
  no_speech_prob: Type.Number(),
});

export const TranscriptionVerbose = Type.Object({
  task: oneOf(['transcribe', 'translate'], 'What was done.'),
  language: Type.String({ description: 'English name of what is spoken, e.g. `english`.' }),
  duration: Type.Number(),
  text: Type.String(),
  words: Type.Optional(Type.Array(VerboseWord)),
  segments: Type.Optional(Type.Array(VerboseSegment)),
  usage: Usage,
  warnings,
});
export type TranscriptionVerbose = Static<typeof TranscriptionVerbose>;

export const TextDelta = Type.Object({
  type: Type.Literal('transcript.text.delta'),
  delta: Type.String(),
  logprobs: Type.Optional(Type.Array(LogProb)),
});
export type TextDelta = Static<typeof TextDelta>;

export const TextDone = Type.Object({
  type: Type.Literal('transcript.text.done'),
  text: Type.String({ description: 'All deltas, joined.' }),
  logprobs: Type.Optional(Type.Array(LogProb)),
  usage: Usage,
  warnings,
});
export type TextDone = Static<typeof TextDone>;

export const ERROR_TYPES = [
  'invalid_request_error',
  'permission_error',
  'rate_limit_error',
  'server_error',
] as const;
export type ErrorType = (typeof ERROR_TYPES)[number];

/** Every error under /v1; all four keys always. */
export const ErrorEnvelope = Type.Object({
  error: Type.Object({
    message: Type.String({ description: 'What happened, what is safe, what to do next.' }),
    type: oneOf(ERROR_TYPES, 'The kind of error.'),
    param: Type.Union([Type.String(), Type.Null()], { description: 'The parameter that it is about.' }),
    code: Type.Union([Type.String(), Type.Null()]),
  }),
});
export type ErrorEnvelope = Static<typeof ErrorEnvelope>;

export const Model = Type.Object({
  id: Type.String(),
  object: Type.Literal('model'),
  created: Type.Integer({ description: 'Unix seconds; when this server started.' }),
  owned_by: Type.String(),
  state: Type.Unsafe<'loaded' | 'loading' | 'available' | 'failed'>({
    type: 'string',
    enum: ['loaded', 'loading', 'available', 'failed'],
    description: 'Whether it is in memory; an available one is loaded when it is asked for.',
  }),
  eta_ms: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Until it is loaded, where that is known, or would be if it were asked for now.',
  }),
  error: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()], {
    description: 'Why it could not be loaded.',
  }),
  memory_bytes: Type.Union([Type.Integer(), Type.Null()], {
    description: 'What its processes hold, where they have said it.',
  }),
});
export type Model = Static<typeof Model>;

export const ModelList = Type.Object({ object: Type.Literal('list'), data: Type.Array(Model) });
export type ModelList = Static<typeof ModelList>;
