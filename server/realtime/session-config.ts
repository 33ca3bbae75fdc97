/** What a client says of its session, over what holds unless it says so. Pure. */
import { findModel } from '../../shared/asr/catalogue.ts';
import { languageCode } from '../../shared/asr/language-names.ts';
import type { EarSetup } from '../../shared/protocol/ear-process.ts';
import type { OldSessionInput, Session, SessionInput } from '../../shared/protocol/realtime.ts';
import { fitPlan, livePlan } from '../../shared/speech/plans.ts';
import { ApiError } from '../http/api-error.ts';
import { chooseModel, type ModelChoice } from '../http/models.ts';

export interface SessionConfig {
  readonly rate: 24_000 | 16_000;
  /** as the client calls it, and as the service does */
  readonly model: { readonly name: string; readonly id: string };
  readonly language: string | undefined;
  readonly prompt: string;
  /** undefined: the client commits by hand */
  readonly vad:
    | { readonly threshold: number; readonly prefixMs: number; readonly silenceMs: number }
    | undefined;
  readonly tentative: boolean;
  readonly queueStatus: boolean;
}

const VAD = { threshold: 0.5, prefixMs: 300, silenceMs: 500 };

export function firstConfig(id: string): SessionConfig {
  return {
    rate: 24_000,
    model: { name: id, id },
    language: undefined,
    prompt: '',
    vad: VAD,
    tentative: false,
    queueStatus: false,
  };
}

/** Throws ApiError naming the parameter. What is not said stays as it was. */
export function changeConfig(before: SessionConfig, asked: SessionInput, choice: ModelChoice): SessionConfig {
  const { format, transcription, turn_detection: vad } = asked.audio?.input ?? {};
  const name = transcription?.model;
  const model = name === undefined ? before.model : { name, id: chooseModel(name, choice).id };
  return {
    rate: typeof format === 'object' ? (format.rate ?? 24_000) : format === undefined ? before.rate : 24_000,
    model,
    language:
      transcription?.language === undefined ? before.language : languageOf(transcription.language, model.id),
    prompt: transcription?.prompt === undefined ? before.prompt : (transcription.prompt ?? ''),
    vad:
      vad === undefined
        ? before.vad
        : vad === null
          ? undefined
          : {
              threshold: vad.threshold ?? VAD.threshold,
              prefixMs: vad.prefix_padding_ms ?? VAD.prefixMs,
              silenceMs: vad.silence_duration_ms ?? VAD.silenceMs,
            },
    tentative: asked.sotto?.tentative ?? before.tentative,
    queueStatus: asked.sotto?.queue_status ?? before.queueStatus,
  };
}

/** Older clients' words in today's. */
export function modernise(old: OldSessionInput): SessionInput {
  const { input_audio_format: format, input_audio_transcription: transcription, turn_detection, sotto } = old;
  return {
    audio: {
      input: {
        ...(format === undefined ? {} : { format }),
        ...(transcription === undefined ? {} : { transcription }),
        ...(turn_detection === undefined ? {} : { turn_detection }),
      },
    },
    ...(sotto === undefined ? {} : { sotto }),
  };
}

function languageOf(said: string | null, model: string): string | undefined {
  if (said === null || said === '' || said === 'auto') return undefined;
  const code = languageCode(said);
  if (code !== undefined && findModel(model)?.languages.includes(code)) return code;
  throw new ApiError('bad_request', 'this model does not know that language', {
    param: 'session.audio.input.transcription.language',
    wireCode: 'invalid_value',
  });
}

/** How the ear cuts for it: with a VAD, turns end after the silence that was asked for. */
export function earSetup({ rate, vad, model }: SessionConfig): EarSetup {
  const entry = findModel(model.id);
  if (entry === undefined) throw new ApiError('model_unknown', model.id, { param: 'model' });
  const plan = livePlan(fitPlan(entry.plan, entry.windowSeconds));
  if (vad === undefined) return { plan, rate, threshold: VAD.threshold };
  const silence = vad.silenceMs / 1_000;
  // A pause that ends no turn cuts no window either, before it is full.
  const turns = { ...plan, padding: vad.prefixMs / 1_000, endSilence: silence, splitSilence: silence };
  return { plan: turns, rate, threshold: vad.threshold };
}

/** @param expiresAt Unix seconds */
export function describeSession(config: SessionConfig, id: string, expiresAt: number): Session {
  const { rate, model, language, prompt, vad, tentative, queueStatus } = config;
  return {
    object: 'realtime.transcription_session',
    type: 'transcription',
    id,
    expires_at: expiresAt,
    audio: {
      input: {
        format: { type: 'audio/pcm', rate },
        transcription: { model: model.name, language: language ?? null, prompt },
        turn_detection:
          vad === undefined
            ? null
            : {
                type: 'server_vad',
                threshold: vad.threshold,
                prefix_padding_ms: vad.prefixMs,
                silence_duration_ms: vad.silenceMs,
              },
        noise_reduction: null,
      },
    },
    include: null,
    sotto: { tentative, queue_status: queueStatus },
  };
}
