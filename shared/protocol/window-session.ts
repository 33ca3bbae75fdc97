/**
 * Windows of speech to a server's engine and readings back, over a WebSocket at `/v1/windows` (subprotocol
 * `sotto.windows.1`): what stands behind the rung `server`. The page has decoded and cut the sound itself; only windows
 * travel, each on its own, so that a broken line costs no more than the windows that were not answered: they are sent
 * again over the next one, and an answer that comes twice is the same.
 *
 * Text frames are JSON. A window is a text frame followed by one binary frame: its samples, 16-bit little-endian PCM,
 * mono 16 kHz. What a session may hold at once is bounded: `window` beyond `ready.in_flight` is an error.
 */
import { type Static, Type } from 'typebox';
import type { EngineInfo, WindowReading } from '../asr/engine.ts';
import type { ErrorWire } from '../errors.ts';

export { WINDOW_PATH, WINDOW_PROTOCOL } from './window-address.ts';

const Id = Type.Integer({ minimum: 0 });

export const ClientHello = Type.Object({
  type: Type.Literal('hello'),
  model: Type.String({ maxLength: 200 }),
  /** live windows go before those of files */
  priority: Type.Union([Type.Literal('live'), Type.Literal('file')]),
});

export const ClientWindow = Type.Object({
  type: Type.Literal('window'),
  /** unique within the session; a repeated one is the same window */
  id: Id,
  /** samples in the binary frame that follows */
  samples: Type.Integer({ minimum: 1, maximum: 480_000 }),
  /** quiet sound uses all 16 bits: its samples were multiplied by 2^shift, and are divided by it (audio/pcm16.ts) */
  shift: Type.Optional(Type.Integer({ minimum: 0, maximum: 15 })),
  kind: Type.Union([Type.Literal('final'), Type.Literal('partial')]),
  /** of a window that is still spoken: a later one of the same key replaces an earlier one that has not begun */
  key: Type.Optional(Type.String({ maxLength: 100 })),
  task: Type.Union([Type.Literal('transcribe'), Type.Literal('translate')]),
  language: Type.Optional(Type.String({ maxLength: 20 })),
  effort: Type.Optional(Type.Union([Type.Literal('draft'), Type.Literal('full')])),
  prompt: Type.Optional(Type.String({ maxLength: 4_000 })),
  terms: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 200 })),
  doubtful: Type.Optional(Type.Union([Type.Literal('left-out'), Type.Literal('kept')])),
  times: Type.Optional(Type.Union([Type.Literal('segment'), Type.Literal('word')])),
  before: Type.Optional(Type.String({ maxLength: 4_000 })),
  prefix: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }), { maxItems: 500 })),
  speech_seconds: Type.Optional(Type.Number({ minimum: 0 })),
});

/** It is still answered: with its reading, if that was under way, or with the error `cancelled`. */
export const ClientCancel = Type.Object({ type: Type.Literal('cancel'), id: Id });

export const ClientMessage = Type.Union([ClientHello, ClientWindow, ClientCancel]);
export type ClientMessage = Static<typeof ClientMessage>;

/** What the server says. `reading` and `info` are the engine port's own types, as JSON. */
export type ServerMessage =
  /** about once a second while it waits: how many are before it, and how long that will take, if known */
  | { readonly type: 'queue_status'; readonly position: number; readonly eta_ms: number | undefined }
  | {
      readonly type: 'ready';
      readonly info: EngineInfo;
      readonly in_flight: number;
      /** if given, it says something at least this often from now on: `alive` where there is nothing else to say */
      readonly heartbeat_ms?: number;
    }
  | { readonly type: 'alive' }
  /** `reading` null: a newer partial took its place */
  | {
      readonly type: 'reading';
      readonly id: number;
      readonly reading: WindowReading | null;
    }
  /** of one window (`id`), or of the session, which then ends */
  | {
      readonly type: 'error';
      readonly id?: number;
      readonly error: ErrorWire;
      readonly retry_after_ms?: number;
    };
