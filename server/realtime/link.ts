/** One WebSocket with bounds: who is silent, gone, too slow to read, or here for too long does not hold a place. */
import type { WebSocket } from '@fastify/websocket';
import { type ErrorWire, SottoError } from '../../shared/errors.ts';
import type { RealtimeSettings } from '../settings-realtime.ts';

/** Close codes of RFC 6455 and its registry. */
export const CLOSE = {
  policy: 1008,
  internal: 1011,
  tryAgain: 1013,
} as const;

export interface LinkParts {
  readonly socket: WebSocket;
  readonly settings: Pick<RealtimeSettings, 'idleMs' | 'maxMs' | 'pingMs'>;
  /** synchronous; what it throws ends the session as `internal` */
  readonly onMessage: (data: Buffer, isBinary: boolean) => void;
  /** before it is closed for a reason of ours, so that the client can be told in its own protocol */
  readonly onEnding: (reason: ErrorWire) => void;
  /** What was said last is still told before the socket closes, whoever closes it; resolves at the latest in time. */
  readonly finish: () => Promise<void>;
}

export interface Link {
  /** aborted when the socket is closed, by whoever */
  readonly gone: AbortSignal;
  /** Sends one text frame; a client that does not read is closed when too much waits for it. */
  send(message: object): void;
  /** Tells and closes. Idempotent. */
  end(code: number, reason: ErrorWire): void;
  /** Stops or goes on reading what the client sends. */
  hold(held: boolean): void;
}

/** Bytes that may wait for a client that reads slowly. */
const MAX_WAITING_BYTES = 4 * 2 ** 20;
/** How long a client may take to answer that it closes as well. */
const CLOSING_MS = 2_000;

export function createLink({ socket, settings, onMessage, onEnding, finish }: LinkParts): Link {
  const gone = new AbortController();
  let ending = false;
  let answered = true;
  let held = false;
  let last = performance.now();

  const idle = setInterval(
    () => {
      // A client that is held up is not idle.
      if (held) last = performance.now();
      if (performance.now() - last >= settings.idleMs) retire(closedFor('idle for too long'));
    },
    Math.max(20, settings.idleMs / 10),
  );
  const life = setTimeout(
    () => retire(closedFor('the longest time of a session is over')),
    Math.min(settings.maxMs, 2 ** 31 - 1),
  );
  const pinging = setInterval(() => {
    // Its answer cannot be heard while it is held up.
    if (!answered && !held) return void socket.terminate();
    answered = false;
    socket.ping();
  }, settings.pingMs);

  const closeNow = socket.close.bind(socket);
  // The socket's own way to answer a client that closes (RFC 6455 5.5.1 lets the answer wait for what is being sent).
  socket.close = (code, data) => {
    if (ending) return;
    ending = true;
    release();
    void finish().finally(() => closeNow(code, data));
  };

  socket.on('pong', () => {
    answered = true;
  });
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    last = performance.now();
    answered = true;
    if (ending) return;
    try {
      onMessage(data, isBinary);
    } catch (thrown) {
      const detail = thrown instanceof Error ? thrown.name : 'unknown';
      end(CLOSE.internal, { code: 'internal', detail });
    }
  });
  socket.once('close', () => {
    for (const timer of [idle, life, pinging]) clearInterval(timer);
    ending = true;
    gone.abort(new SottoError('cancelled', 'the client is gone'));
  });

  function send(message: object): void {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MAX_WAITING_BYTES) return void socket.terminate();
    socket.send(JSON.stringify(message));
  }

  function end(code: number, reason: ErrorWire): void {
    if (ending) return;
    ending = true;
    release();
    say(code, reason);
  }

  function retire(reason: ErrorWire): void {
    if (ending) return;
    ending = true;
    release();
    void finish().finally(() => say(CLOSE.policy, reason));
  }

  function release(): void {
    if (held) socket.resume();
    held = false;
  }

  function say(code: number, reason: ErrorWire): void {
    onEnding(reason);
    closeNow(code, `${reason.code}${reason.detail === undefined ? '' : `: ${reason.detail}`}`.slice(0, 120));
    setTimeout(() => socket.terminate(), CLOSING_MS).unref();
  }

  return {
    gone: gone.signal,
    send,
    end,
    hold(to) {
      if (held === to || ending) return;
      held = to;
      if (held) socket.pause();
      else socket.resume();
    },
  };
}

/** What a client sent wrong closes the socket with its own code; what else fails ends it at once. */
export function socketFailed(error: Error, socket: WebSocket): void {
  const isProtocol = 'code' in error && String(error.code).startsWith('WS_ERR_');
  if (!isProtocol) socket.terminate();
}

const closedFor = (detail: string): ErrorWire => ({ code: 'closed', detail });
