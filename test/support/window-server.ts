/** A server of windows that does what its script says, over real sockets: the double of `/v1/windows`. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Value } from 'typebox/value';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { EngineInfo, WindowReading } from '../../shared/asr/engine.ts';
import { fromPcm16 } from '../../shared/audio/pcm16.ts';
import type { ErrorWire } from '../../shared/errors.ts';
import { WINDOW_PATH, WINDOW_PROTOCOL } from '../../shared/protocol/window-address.ts';
import { ClientMessage, type ServerMessage } from '../../shared/protocol/window-session.ts';

export interface HeardWindow {
  readonly message: Extract<ClientMessage, { type: 'window' }>;
  readonly samples: Float32Array;
  /** counted over all sessions, from 0 */
  readonly nth: number;
}

/** What becomes of one window. `cut`: the connection is destroyed instead of an answer. */
export type WindowAct =
  | { readonly do: 'read'; readonly reading: WindowReading; readonly ms?: number }
  | { readonly do: 'error'; readonly error: ErrorWire; readonly retryAfterMs?: number }
  | { readonly do: 'cut' }
  | { readonly do: 'ignore' };

export interface WindowScript {
  /** an answer to the handshake instead of a session */
  readonly refuse?: (nth: number) => { readonly status: number; readonly retryAfter?: number } | undefined;
  /** the people before a session, told every `tickMs` and one fewer each time */
  readonly before?: (nth: number) => number;
  readonly tickMs?: number;
  /** an error of the session instead of `ready` */
  readonly sessionError?: (
    nth: number,
  ) => { readonly error: ErrorWire; readonly retryAfterMs?: number } | undefined;
  readonly window: (heard: HeardWindow) => WindowAct | Promise<WindowAct>;
  readonly info?: Partial<EngineInfo>;
  readonly inFlight?: number;
  readonly heartbeatMs?: number;
}

export interface WindowServer {
  readonly address: string;
  /** every window that came, in order */
  readonly windows: readonly HeardWindow[];
  readonly hellos: readonly string[];
  readonly cancels: readonly number[];
  /** handshakes, refused ones included */
  readonly handshakes: number;
  readonly open: number;
  /** cuts every connection without a word */
  cut(): void;
  /** the same, and nobody can connect any more */
  vanish(): Promise<void>;
  close(): Promise<void>;
}

const INFO: EngineInfo = { model: 'fake', device: 'cpu', dtype: 'q8', windowSeconds: 10, lanes: 1 };

export async function startWindowServer(script: WindowScript, port = 0): Promise<WindowServer> {
  const windows: HeardWindow[] = [];
  const hellos: string[] = [];
  const cancels: number[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let handshakes = 0;
  let sessions = 0;
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has(WINDOW_PROTOCOL) ? WINDOW_PROTOCOL : false),
  });
  let refusal: ReturnType<NonNullable<WindowScript['refuse']>>;
  const server: Server = createServer((_request, response) => {
    const { status, retryAfter } = refusal ?? { status: 426 };
    response.writeHead(status, {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'retry-after',
      'cross-origin-resource-policy': 'cross-origin',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    });
    response.end();
  });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    refusal = script.refuse?.(handshakes);
    handshakes += 1;
    if (refusal === undefined && request.url === WINDOW_PATH) {
      sockets.handleUpgrade(request, socket, head, (ws) => serve(ws, sessions++));
      return;
    }
    const retry = refusal?.retryAfter === undefined ? '' : `Retry-After: ${refusal.retryAfter}\r\n`;
    socket.end(`HTTP/1.1 ${refusal?.status ?? 404} No\r\n${retry}Connection: close\r\n\r\n`);
  });

  function serve(ws: WebSocket, nth: number): void {
    const say = (message: ServerMessage) => ws.send(JSON.stringify(message));
    const own = new Set<NodeJS.Timeout>();
    const later = (ms: number, action: () => void) => {
      const timer = setTimeout(() => {
        own.delete(timer);
        timers.delete(timer);
        action();
      }, ms);
      own.add(timer);
      timers.add(timer);
    };
    ws.on('close', () => {
      for (const timer of own) clearTimeout(timer);
    });
    let next: HeardWindow['message'] | undefined;
    let unanswered = 0;
    const inFlight = script.inFlight ?? 2;

    function ready(): void {
      const failure = script.sessionError?.(nth);
      if (failure !== undefined) {
        const { error, retryAfterMs } = failure;
        say({
          type: 'error',
          error,
          ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
        });
        ws.close();
        return;
      }
      const beat = script.heartbeatMs;
      say({
        type: 'ready',
        info: { ...INFO, ...script.info },
        in_flight: inFlight,
        ...(beat === undefined ? {} : { heartbeat_ms: beat }),
      });
    }
    function queue(before: number): void {
      if (before <= 0) {
        ready();
        return;
      }
      const tick = script.tickMs ?? 20;
      say({ type: 'queue_status', position: before, eta_ms: before * tick });
      later(tick, () => queue(before - 1));
    }
    async function answer(heard: HeardWindow): Promise<void> {
      const { id } = heard.message;
      const act = await script.window(heard);
      if (act.do === 'ignore') return;
      if (act.do === 'cut') {
        ws.terminate();
        return;
      }
      later(act.do === 'read' ? (act.ms ?? 0) : 0, () => {
        unanswered -= 1;
        if (act.do === 'read') {
          say({ type: 'reading', id, reading: act.reading });
          return;
        }
        const retry = act.retryAfterMs === undefined ? {} : { retry_after_ms: act.retryAfterMs };
        say({ type: 'error', id, error: act.error, ...retry });
      });
    }
    ws.on('message', (data: RawData, binary: boolean) => {
      const bytes = new Uint8Array(data as Buffer);
      if (binary) {
        if (next === undefined || bytes.byteLength !== 2 * next.samples) return ws.close(1002, 'samples');
        const heard = { message: next, samples: fromPcm16(bytes, next.shift), nth: windows.length };
        next = undefined;
        windows.push(heard);
        unanswered += 1;
        if (unanswered > inFlight) return ws.close(1008, 'too many at once');
        void answer(heard);
        return;
      }
      const message: unknown = JSON.parse(data.toString());
      if (!Value.Check(ClientMessage, message)) return ws.close(1002, 'no message');
      if (message.type === 'hello') {
        hellos.push(message.priority);
        queue(script.before?.(nth) ?? 0);
      } else if (message.type === 'cancel') cancels.push(message.id);
      else next = message;
    });
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const cut = () => {
    for (const client of sockets.clients) client.terminate();
  };
  const close = async () => {
    cut();
    for (const timer of timers) clearTimeout(timer);
    sockets.close();
    server.closeAllConnections();
    if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}${WINDOW_PATH}`,
    windows,
    hellos,
    cancels,
    get handshakes() {
      return handshakes;
    },
    get open() {
      return sockets.clients.size;
    },
    cut,
    vanish: close,
    close,
  };
}
