/** One connection to a server's engine, as messages in both directions; it ends exactly once. */
import type { ClientMessage, ServerMessage } from '../../shared/protocol/window-session.ts';
import { parseServerMessage } from '../../shared/protocol/window-wire.ts';
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
