/** One connection of an ingress to a worker's `/v1/windows`, from its handshake to its end. */
import { WebSocket } from 'ws';
import type { EngineInfo } from '../../shared/asr/engine.ts';
import { fromWire, SottoError } from '../../shared/errors.ts';
import { type ServerMessage, WINDOW_PATH, WINDOW_PROTOCOL } from '../../shared/protocol/window-session.ts';
import { parseServerMessage, type WindowMessage } from '../../shared/protocol/window-wire.ts';
import type { Priority, QueuePlace, Share } from '../../shared/queue/port.ts';
import type { LiveLease } from './live-places.ts';

export interface LiveLine {
  readonly info: EngineInfo;
  /** windows it takes at once */
  readonly inFlight: number;
  send(message: WindowMessage, samples: Uint8Array): void;
  cancel(id: number): void;
  /** At once, without `onEnd`. Idempotent. */
  close(): void;
}

export type WindowAnswered = Extract<ServerMessage, { type: 'reading' }> | WindowFailed;
type WindowFailed = Extract<ServerMessage, { type: 'error' }> & { readonly id: number };

export interface LiveLineOptions {
  readonly lease: LiveLease;
  readonly model: string;
  readonly priority: Priority;
  readonly tenant: Share | undefined;
  /** until it is ready */
  readonly signal: AbortSignal;
  readonly onPlace: (place: QueuePlace) => void;
  readonly onAnswer: (answer: WindowAnswered) => void;
  /** by itself, after it was ready */
  readonly onEnd: (why: SottoError) => void;
}

export type OpenLiveLine = (options: LiveLineOptions) => Promise<LiveLine>;

const HANDSHAKE_MS = 5_000;
/** A worker whose engine starts says so every second. */
const SILENT_MS = 10_000;

/** Resolves when the engine there is ready. Rejects with what the worker said, or `engine_exited` where it is gone. */
export const openLiveLine: OpenLiveLine = ({ lease, model, priority, tenant, signal, ...on }) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(lease.worker.address + WINDOW_PATH, [WINDOW_PROTOCOL], {
      headers: {
        authorization: `Bearer ${lease.id}`,
        // As realtime/window-listener.ts reads it.
        ...(tenant === undefined || tenant.id === ''
          ? {}
          : { 'x-sotto-tenant': `${tenant.weight} ${encodeURIComponent(tenant.id)}` }),
      },
      handshakeTimeout: HANDSHAKE_MS,
      perMessageDeflate: false,
    });
    let phase: 'opening' | 'ready' | 'over' = 'opening';
    const silence = setTimeout(
      () => end(new SottoError('engine_timeout', 'the worker says nothing')),
      SILENT_MS,
    );
    const onAbort = () => end(new SottoError('cancelled'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();

    function close(): void {
      phase = 'over';
      clearTimeout(silence);
      signal.removeEventListener('abort', onAbort);
      socket.terminate();
    }

    function end(why: SottoError): void {
      if (phase === 'over') return;
      const before = phase;
      close();
      if (before === 'ready') on.onEnd(why);
      else reject(why);
    }

    socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', model, priority })));
    // What follows it is `close`.
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      end(
        new SottoError(
          response.statusCode === 503 ? 'queue_full' : 'engine_exited',
          `it answered ${response.statusCode}`,
        ),
      );
    });
    socket.on('close', (code) => end(new SottoError('engine_exited', `the line ended with ${code}`)));
    socket.on('message', (data, isBinary) => {
      if (phase === 'over') return;
      const message = isBinary ? undefined : parseServerMessage(data.toString());
      if (message === undefined)
        return end(new SottoError('engine_exited', 'it said what is not of the protocol'));
      if (phase === 'opening') silence.refresh();
      if (message !== 'unknown') hear(message);
    });

    function hear(message: ServerMessage): void {
      switch (message.type) {
        case 'queue_status':
          on.onPlace({ position: message.position, etaMs: message.eta_ms });
          return;
        case 'ready':
          phase = 'ready';
          clearTimeout(silence);
          signal.removeEventListener('abort', onAbort);
          resolve({
            info: message.info,
            inFlight: message.in_flight,
            send(window, samples) {
              if (phase !== 'ready') return;
              socket.send(JSON.stringify(window));
              socket.send(samples);
            },
            cancel(id) {
              if (phase === 'ready') socket.send(JSON.stringify({ type: 'cancel', id }));
            },
            close,
          });
          return;
        case 'reading':
          on.onAnswer(message);
          return;
        case 'error':
          if (message.id === undefined) end(fromWire(message.error));
          else on.onAnswer({ ...message, id: message.id });
          return;
        case 'alive':
          return;
      }
    }
  });
