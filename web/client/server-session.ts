/** One connection from its handshake to its end: a place in line, then windows out and readings back. */
import type { EngineInfo, EngineWindow, ReadOptions, WindowReading } from '../../shared/asr/engine.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { toPcm16 } from '../../shared/audio/pcm16.ts';
import { type ErrorWire, fromWire, SottoError } from '../../shared/errors.ts';
import type { ServerMessage } from '../../shared/protocol/window-session.ts';
import { type WindowMessage, windowMessage } from '../../shared/protocol/window-wire.ts';
import type { Clock, Priority, QueuePlace } from '../../shared/queue/port.ts';
import { type Line, type LineEnd, type LineSocket, openLine } from './server-line.ts';
import type { ServerPatience } from './server-tries.ts';

/** How one window went: `cut` where the line ended before its answer. */
export type WindowAnswer =
  | { readonly name: 'read'; readonly reading: WindowReading }
  | { readonly name: 'failed'; readonly error: SottoError; readonly retryAfterMs: number | undefined }
  | { readonly name: 'cut'; readonly detail: string };

/** Why a session did not come to `ready`. */
export type NoSession =
  | { readonly name: 'cut'; readonly end: LineEnd }
  | { readonly name: 'refused'; readonly error: SottoError; readonly retryAfterMs: number | undefined };

export interface ServerSession {
  readonly info: EngineInfo;
  /** windows it takes at once */
  readonly inFlight: number;
  /** Sends it when there is room, in the order of the calls. Never rejects. */
  read(window: EngineWindow, options: ReadOptions): Promise<WindowAnswer>;
  /** Takes back everything that has no answer yet; what was read of it is passed over. */
  cancel(): void;
  /** Ends it; what has no answer is `cut`. */
  close(): void;
  /** resolves when the line has ended by itself: `told` where the server said why */
  readonly ended: Promise<'cut' | 'told'>;
}

export interface SessionOptions {
  readonly connect: () => LineSocket;
  readonly clock: Clock;
  readonly patience: ServerPatience;
  readonly model: string;
  readonly priority: Priority;
  readonly onPlace: (place: QueuePlace) => void;
  /** a window of so many seconds has gone out; once each time it is sent */
  readonly onSent?: ((seconds: number) => void) | undefined;
  readonly signal: AbortSignal;
}

interface Sent {
  readonly message: WindowMessage;
  readonly samples: Uint8Array<ArrayBuffer>;
  settle(answer: WindowAnswer): void;
}

export function openSession(options: SessionOptions): Promise<ServerSession | NoSession> {
  const { clock, patience, model, priority, onPlace, signal } = options;
  return new Promise((resolve) => {
    const waiting: Sent[] = [];
    const sent = new Map<number, Sent>();
    /** taken back, not yet answered: they hold their places at the server */
    const cancelled = new Set<number>();
    let ready: Extract<ServerMessage, { type: 'ready' }> | undefined;
    let over: string | undefined;
    let next = 0;
    let tellEnd: (how: 'cut' | 'told') => void = () => {};
    const ended = new Promise<'cut' | 'told'>((told) => {
      tellEnd = told;
    });
    const onAbort = () => {
      line.close();
      finish('closed here');
      resolve({ name: 'cut', end: { opened: false, detail: 'given up' } });
    };

    const line: Line = openLine({
      socket: options.connect(),
      clock,
      silentMs: patience.silentMs,
      onOpen: () => line.send({ type: 'hello', model, priority }),
      onMessage: hear,
      onEnd(end) {
        finish(end.detail);
        tellEnd('cut');
        resolve({ name: 'cut', end });
      },
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();

    function finish(detail: string): void {
      signal.removeEventListener('abort', onAbort);
      over ??= detail;
      const unanswered = [...sent.values(), ...waiting.splice(0)];
      sent.clear();
      for (const { settle } of unanswered) settle({ name: 'cut', detail });
    }

    function hear(message: ServerMessage): void {
      switch (message.type) {
        case 'queue_status':
          onPlace({ position: message.position, etaMs: message.eta_ms });
          return;
        case 'ready':
          ready = message;
          pump();
          resolve(session(message));
          return;
        case 'alive':
          return;
        case 'reading': {
          const { reading } = message;
          // Nothing replaces a window here, so null says that the server let it go: it is sent again.
          const answer: WindowAnswer =
            reading === null ? { name: 'cut', detail: 'not read' } : { name: 'read', reading };
          answered(message.id, answer);
          return;
        }
        case 'error':
          failed(message.id, message.error, message.retry_after_ms);
          return;
      }
    }

    function failed(id: number | undefined, wire: ErrorWire, retryAfterMs: number | undefined): void {
      const error = fromWire(wire);
      if (id !== undefined) {
        answered(id, { name: 'failed', error, retryAfterMs });
        return;
      }
      line.close();
      const unanswered = [...sent.values(), ...waiting.splice(0)];
      sent.clear();
      for (const { settle } of unanswered) settle({ name: 'failed', error, retryAfterMs });
      finish(error.message);
      tellEnd('told');
      resolve({ name: 'refused', error, retryAfterMs });
    }

    function answered(id: number, answer: WindowAnswer): void {
      const window = sent.get(id);
      sent.delete(id);
      cancelled.delete(id);
      pump();
      window?.settle(answer);
    }

    /** Sends what there is room for, and says how long silence may last. */
    function pump(): void {
      if (ready === undefined || over !== undefined) return;
      while (sent.size + cancelled.size < ready.in_flight) {
        const first = waiting.shift();
        if (first === undefined) break;
        sent.set(first.message.id, first);
        line.send(first.message, first.samples);
        options.onSent?.(first.message.samples / SAMPLE_RATE);
      }
      const beat = ready.heartbeat_ms;
      const reading = sent.size + cancelled.size > 0 ? patience.silentReadingMs : undefined;
      line.expectEvery(beat === undefined ? reading : Math.max(3 * beat, 1_000));
    }

    function session({ info, in_flight }: Extract<ServerMessage, { type: 'ready' }>): ServerSession {
      return {
        info,
        inFlight: in_flight,
        ended,
        read(window, readOptions) {
          return new Promise((settle) => {
            if (over !== undefined) return settle({ name: 'cut', detail: over });
            const message = windowMessage(next++, window, readOptions);
            const samples = toPcm16(window.samples, message.shift);
            waiting.push({ message, samples, settle });
            pump();
          });
        },
        cancel() {
          const gone = [...sent.values(), ...waiting.splice(0)];
          for (const id of sent.keys()) {
            cancelled.add(id);
            line.send({ type: 'cancel', id });
          }
          sent.clear();
          const error = new SottoError('cancelled');
          for (const { settle } of gone) settle({ name: 'failed', error, retryAfterMs: undefined });
          pump();
        },
        close() {
          line.close();
          finish('closed here');
        },
      };
    }
  });
}
