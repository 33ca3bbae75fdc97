/** A client of /v1/realtime and /v1/windows that keeps every message, for tests and benches. */
import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface Message {
  readonly type: string;
  readonly [name: string]: unknown;
}

export interface LiveClient {
  readonly socket: WebSocket;
  readonly messages: readonly Message[];
  send(message: object): void;
  /** the first message for which it holds, from now or before; the test's limit ends the wait */
  next<T extends Message = Message>(holds: string | ((message: Message) => boolean)): Promise<T>;
  /** all messages of a type so far */
  all<T extends Message = Message>(type: string): readonly T[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

export async function connect(
  url: string,
  protocols: readonly string[] = [],
  options: { readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<LiveClient> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), [...protocols], options);
  const messages: Message[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    messages.push(JSON.parse(data.toString()));
    for (const check of waiting) check();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await once(socket, 'open');
  return {
    socket,
    messages,
    send: (message) => socket.send(JSON.stringify(message)),
    next<T extends Message>(holds: string | ((message: Message) => boolean)) {
      const fits = typeof holds === 'string' ? ({ type }: Message) => type === holds : holds;
      return new Promise<T>((resolve, reject) => {
        const check = () => {
          const found = messages.find(fits);
          if (found === undefined) return;
          waiting.delete(check);
          resolve(found as T);
        };
        waiting.add(check);
        void closed.then(({ code, reason }) => reject(new Error(`closed before: ${code} ${reason}`)));
        check();
      });
    },
    all: <T extends Message>(type: string) => messages.filter((message) => message.type === type) as T[],
    closed,
  };
}

/** The answer to a handshake that was refused. */
export function refused(url: string, options: { readonly headers?: Readonly<Record<string, string>> } = {}) {
  return new Promise<{ status: number; headers: Readonly<Record<string, unknown>>; body: string }>(
    (resolve, reject) => {
      const socket = new WebSocket(url.replace(/^http/, 'ws'), options);
      socket.once('open', () => reject(new Error('it was taken')));
      socket.once('error', () => undefined);
      socket.once('unexpected-response', (_request, response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      });
    },
  );
}

/** Samples in [-1, 1] as 16-bit little-endian PCM. */
export function pcm16(samples: Float32Array): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  for (const [i, sample] of samples.entries()) {
    bytes.writeInt16LE(Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))), i * 2);
  }
  return bytes;
}

/** 16 kHz to 24 kHz by linear interpolation: speech has little up there, and the server filters. */
export function to24k(samples: Float32Array): Float32Array {
  return Float32Array.from({ length: Math.floor((samples.length * 3) / 2) }, (_, i) => {
    const at = (i * 2) / 3;
    const low = Math.floor(at);
    const a = samples[low] ?? 0;
    return a + ((samples[low + 1] ?? a) - a) * (at - low);
  });
}

/** Events that append these samples in pieces of 100 ms. */
export function appends(samples: Float32Array, rate = 24_000): object[] {
  const step = rate / 10;
  return Array.from({ length: Math.ceil(samples.length / step) }, (_, i) => ({
    type: 'input_audio_buffer.append',
    audio: pcm16(samples.subarray(i * step, (i + 1) * step)).toString('base64'),
  }));
}
