/** One client of the load: a kept connection, a request made in advance, an answer of which only the head is read. */
import { connect, type Socket } from 'node:net';

export interface Reply {
  readonly status: number;
  /** from the last byte of the request, handed to the system, until the head of the answer was there */
  readonly ms: number;
  readonly code: string | null;
  readonly retryMs: number;
  /** what the server measured of the engine; undefined where it says none */
  readonly inferenceMs: number | undefined;
  readonly body: string;
}

export interface Client {
  /** Rejects when the connection ends without an answer, or with SILENT when none comes within the bound. */
  ask(other?: Buffer): Promise<Reply>;
  close(): void;
}

export const SILENT = 'no answer in time';

/** @param request what is asked unless something else is */
export function createClient(port: number, request: Buffer, boundMs: number): Client {
  let socket: Socket | undefined;

  async function connected(): Promise<Socket> {
    if (socket !== undefined && !socket.destroyed && socket.writable) return socket;
    const fresh = connect({ port, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => {
      fresh.once('connect', () => resolve());
      fresh.once('error', reject);
    });
    socket = fresh;
    return fresh;
  }

  return {
    async ask(asked = request) {
      const on = await connected();
      return new Promise<Reply>((resolve, reject) => {
        let seen = '';
        let headAt = 0;
        let sentAt = 0;
        const end = () => {
          clearTimeout(timer);
          on.removeListener('data', onData);
          on.removeListener('close', onClose);
          on.removeListener('error', onClose);
        };
        const onClose = () => {
          end();
          reject(new Error('the connection ended without an answer'));
        };
        const timer = setTimeout(() => {
          end();
          on.destroy();
          reject(new Error(SILENT));
        }, boundMs);
        const onData = (chunk: Buffer) => {
          if (headAt === 0) headAt = performance.now();
          seen += chunk.toString('latin1');
          const reply = parseReply(seen);
          if (reply === undefined) return;
          end();
          if (reply.closes) on.destroy();
          // An answer may overtake the end of the request.
          resolve({ ...reply, ms: headAt - Math.min(sentAt || headAt, headAt) });
        };
        on.on('data', onData);
        on.once('close', onClose);
        on.once('error', onClose);
        sentAt = performance.now();
        on.write(asked);
      });
    },
    close: () => void socket?.destroy(),
  };
}

interface Parsed extends Omit<Reply, 'ms'> {
  readonly closes: boolean;
}

/** Undefined until the whole answer is there. Our server names the length of every answer of these routes. */
export function parseReply(text: string): Parsed | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  const body = text.slice(end + 4);
  if (body.length < length) return undefined;
  const inference = /^server-timing:.*inference;dur=(\d+)/im.exec(head)?.[1];
  return {
    status: Number(head.slice(9, 12)),
    code: /"code":"(\w+)"/.exec(body)?.[1] ?? null,
    retryMs: Number(/^retry-after-ms: (\d+)/im.exec(head)?.[1] ?? 0),
    inferenceMs: inference === undefined ? undefined : Number(inference),
    body: Buffer.from(body, 'latin1').toString('utf8'),
    closes: /^connection: close/im.test(head),
  };
}

export interface RequestMore {
  readonly path?: string;
  readonly headers?: readonly string[];
}

/** `POST /v1/audio/transcriptions`, or elsewhere, with this file, as bytes. */
export function requestBytes(file: Buffer, fileName: string, more: RequestMore = {}): Buffer {
  const boundary = 'sotto-soak-7d1f0c';
  const before = [
    `--${boundary}`,
    'content-disposition: form-data; name="model"',
    '',
    'sotto-demo-en',
    `--${boundary}`,
    `content-disposition: form-data; name="file"; filename="${fileName}"`,
    'content-type: application/octet-stream',
    '',
    '',
  ].join('\r\n');
  const after = `\r\n--${boundary}--\r\n`;
  const head = [
    `POST ${more.path ?? '/v1/audio/transcriptions'} HTTP/1.1`,
    'host: 127.0.0.1',
    ...(more.headers ?? []),
    `content-type: multipart/form-data; boundary=${boundary}`,
    `content-length: ${before.length + file.length + after.length}`,
    '',
    '',
  ].join('\r\n');
  return Buffer.concat([Buffer.from(head), Buffer.from(before), file, Buffer.from(after)]);
}

export const getBytes = (path: string): Buffer =>
  Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
