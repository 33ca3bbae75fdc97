/** Server-sent events of one transcription: opened late, kept alive, and never faster than the client reads. */
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { ErrorEnvelope, LogProb, TextDelta, TextDone } from '../../shared/protocol/http.ts';

export interface EventStream {
  /** Whether its status has been sent: before that, an error is a plain answer. */
  readonly opened: boolean;
  delta(delta: string, logprobs?: readonly LogProb[]): void;
  /** The last event; resolves when all was handed to the connection, or when that is gone. */
  done(event: TextDone): Promise<void>;
  fail(envelope: ErrorEnvelope): Promise<void>;
  /** No more comments. Idempotent. */
  stop(): void;
}

export type StreamReply = Pick<FastifyReply, 'raw' | 'hijack' | 'getHeaders'>;

export interface EventStreamTimes {
  /** between comments, and until the stream is opened though there is nothing to say */
  readonly keepAliveMs: number;
  /** a client that reads nothing for so long is gone */
  readonly stallMs: number;
}

export function createEventStream(
  reply: StreamReply,
  { keepAliveMs, stallMs }: EventStreamTimes,
): EventStream {
  const { raw } = reply;
  let state: 'closed' | 'open' | 'ended' = 'closed';
  let blocked: NodeJS.Timeout | undefined;
  /** what is to be said as soon as the client has read: deltas joined into one, so that it stays one event */
  let pending: { text: string; logprobs: readonly LogProb[] | undefined } | undefined;
  const alive = setInterval(() => {
    if (blocked === undefined) write(': still reading\n\n');
  }, keepAliveMs);

  function write(text: string): void {
    if (raw.destroyed || state === 'ended') return;
    if (state === 'closed') {
      state = 'open';
      openStream(reply, raw);
    }
    if (raw.write(text) || blocked !== undefined) return;
    blocked = setTimeout(() => raw.destroy(), stallMs);
    raw.once('drain', () => {
      clearTimeout(blocked);
      blocked = undefined;
      flush();
    });
  }

  function flush(): void {
    if (pending === undefined) return;
    const { text, logprobs } = pending;
    pending = undefined;
    const event: TextDelta = {
      type: 'transcript.text.delta',
      delta: text,
      ...(logprobs === undefined ? {} : { logprobs: [...logprobs] }),
    };
    write(data(event));
  }

  function finish(text: string): Promise<void> {
    clearInterval(alive);
    flush();
    write(text);
    state = 'ended';
    return new Promise((resolve) => {
      if (raw.destroyed) return resolve();
      const stalled = setTimeout(() => raw.destroy(), stallMs);
      raw.once('close', () => {
        clearTimeout(blocked);
        clearTimeout(stalled);
        resolve();
      });
      raw.end();
    });
  }

  return {
    get opened() {
      return state !== 'closed';
    },
    delta(delta, logprobs) {
      pending = {
        text: (pending?.text ?? '') + delta,
        logprobs: logprobs === undefined ? undefined : [...(pending?.logprobs ?? []), ...logprobs],
      };
      if (blocked === undefined) flush();
    },
    done: (event) => finish(data(event)),
    fail: (envelope) => finish(`event: error\n${data(envelope)}`),
    stop: () => clearInterval(alive),
  };
}

/** Its head. */
export function openStream(reply: StreamReply, raw: ServerResponse): void {
  reply.hijack();
  const kept = Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined);
  raw.writeHead(200, {
    ...Object.fromEntries(kept),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // nginx would hold events back until its buffer is full.
    'x-accel-buffering': 'no',
  });
}

const data = (event: TextDelta | TextDone | ErrorEnvelope): string => `data: ${JSON.stringify(event)}\n\n`;
