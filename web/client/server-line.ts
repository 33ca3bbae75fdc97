/** One connection to a server's engine, as messages in both directions; it ends exactly once. */
import { ERRORS, type ErrorWire } from '../../shared/errors.ts';
import type { ClientMessage, ServerMessage } from '../../shared/protocol/window-session.ts';
import type { Clock } from '../../shared/queue/port.ts';

/** What is used of a WebSocket. */
export type LineSocket = Pick<WebSocket, 'send' | 'close' | 'onopen' | 'onmessage' | 'onclose'>;

/** `opened`: whether the handshake had succeeded; a browser does not say why it had not. */
export interface LineEnd {
  readonly opened: boolean;
  readonly detail: string;
}

export interface Line {
  send(message: ClientMessage, samples?: Uint8Array<ArrayBuffer>): void;
  /** From now on it must say something at least this often, or it counts as cut; undefined: it may be silent. */
  expectEvery(ms: number | undefined): void;
  /** Ends it without `onEnd`. */
  close(): void;
}

export interface LineOptions {
  readonly socket: LineSocket;
  readonly clock: Clock;
  readonly silentMs: number;
  readonly onOpen: () => void;
  readonly onMessage: (message: ServerMessage) => void;
  readonly onEnd: (end: LineEnd) => void;
}

export function openLine(options: LineOptions): Line {
  const { socket, clock, onMessage } = options;
  let opened = false;
  let over = false;
  let every: number | undefined = options.silentMs;
  let stopTimer = () => {};

  function watch(): void {
    stopTimer();
    stopTimer = () => {};
    if (over || every === undefined) return;
    const ms = every;
    stopTimer = clock.after(ms, () => end(`silent for ${Math.round(ms)} ms`));
  }

  function close(): void {
    over = true;
    stopTimer();
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  function end(detail: string): void {
    if (over) return;
    close();
    options.onEnd({ opened, detail });
  }

  socket.onopen = () => {
    opened = true;
    watch();
    options.onOpen();
  };
  socket.onmessage = ({ data }) => {
    const message = parseServerMessage(data);
    if (message === undefined) return end('it said what is not of the protocol');
    watch();
    if (message !== 'unknown') onMessage(message);
  };
  socket.onclose = ({ code }) => end(`closed with ${code}`);
  watch();

  return {
    send(message, samples) {
      if (over) return;
      socket.send(JSON.stringify(message));
      if (samples !== undefined) socket.send(samples);
    },
    expectEvery(ms) {
      every = ms;
      watch();
    },
    close,
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
