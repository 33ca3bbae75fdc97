/** The two ends of a client of the window protocol: what it says of a window, and what it makes of what it hears. */
import type { EngineWindow, ReadOptions } from '../asr/engine.ts';
import { shiftOf } from '../audio/pcm16.ts';
import { ERRORS, type ErrorWire } from '../errors.ts';
import type { ClientMessage, ServerMessage } from './window-session.ts';

export type WindowMessage = Extract<ClientMessage, { type: 'window' }>;

/** What the protocol takes; the end of a text is what the model looks at. */
const LONGEST_TEXT = 4_000;

/** What is said before the samples: `toPcm16(window.samples, message.shift)`. */
export function windowMessage(id: number, window: EngineWindow, options: ReadOptions): WindowMessage {
  const { samples, before, prefix, speechSeconds } = window;
  const { task, language, effort, prompt, terms, doubtful, times } = options;
  return {
    type: 'window',
    id,
    samples: samples.length,
    shift: shiftOf(samples),
    kind: effort === 'draft' ? 'partial' : 'final',
    task,
    ...(language === undefined ? {} : { language }),
    ...(effort === undefined ? {} : { effort }),
    ...(prompt === undefined ? {} : { prompt: prompt.slice(-LONGEST_TEXT) }),
    ...(terms === undefined ? {} : { terms: [...terms] }),
    ...(doubtful === undefined ? {} : { doubtful }),
    ...(times === undefined ? {} : { times }),
    ...(before === undefined ? {} : { before: before.slice(-LONGEST_TEXT) }),
    ...(prefix === undefined ? {} : { prefix: [...prefix] }),
    ...(speechSeconds === undefined ? {} : { speech_seconds: speechSeconds }),
  };
}

/** `unknown`: of a later version of the protocol, to be passed over; undefined: no message at all. */
export function parseServerMessage(data: unknown): ServerMessage | 'unknown' | undefined {
  if (typeof data !== 'string') return undefined;
  let said: unknown;
  try {
    said = JSON.parse(data);
  } catch {
    return undefined; // told as what it is: not a message
  }
  if (!isRecord(said) || typeof said.type !== 'string') return undefined;
  const holds = SHAPES[said.type as ServerMessage['type']];
  if (holds === undefined) return 'unknown';
  return holds(said) ? known(said) : undefined;
}

type Said = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Said => typeof value === 'object' && value !== null;

const SHAPES: Readonly<Partial<Record<ServerMessage['type'], (said: Said) => boolean>>> = {
  queue_status: ({ position }) => typeof position === 'number',
  ready: ({ info, in_flight }) =>
    isRecord(info) && typeof info.windowSeconds === 'number' && typeof in_flight === 'number',
  alive: () => true,
  reading: ({ id, reading }) =>
    typeof id === 'number' && (reading === null || (isRecord(reading) && Array.isArray(reading.segments))),
  error: ({ error }) => isRecord(error) && typeof error.code === 'string',
};

/** A code that this page does not know is `internal` to it. */
function known(said: Said): ServerMessage {
  const message = said as unknown as ServerMessage;
  if (message.type !== 'error' || message.error.code in ERRORS) return message;
  const error: ErrorWire = { code: 'internal', detail: String(message.error.code) };
  return { ...message, error };
}
