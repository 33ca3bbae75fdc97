/** A local HTTP server for one file, with the habits of servers: ranges or none, error pages, dropped connections. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FileServer {
  readonly url: string;
  /** bytes of bodies handed to the network so far */
  readonly sent: number;
  close(): Promise<void>;
}

export interface FileAnswer {
  readonly status?: number;
  readonly type?: string;
  readonly ranges?: boolean;
  /** the connection dies after so many bytes of each answer */
  readonly dieAfter?: number;
}

export async function serveFile(body: Uint8Array, answer: FileAnswer = {}): Promise<FileServer> {
  const { status = 200, type = 'application/octet-stream', ranges = true, dieAfter } = answer;
  let sent = 0;
  const send = async (response: ServerResponse, bytes: Uint8Array): Promise<void> => {
    for (let at = 0; at < bytes.length && !response.destroyed; at += 65_536) {
      if (dieAfter !== undefined && at >= dieAfter) {
        response.destroy();
        return;
      }
      const piece = bytes.subarray(at, at + 65_536);
      sent += piece.length;
      if (!response.write(piece)) {
        await new Promise<void>((resolve) => response.once('drain', resolve).once('close', resolve));
      }
    }
    response.end();
  };
  const server = createServer((request, response) => {
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    if (!ranges || range === null || status !== 200) {
      response.writeHead(status, { 'content-type': type, 'content-length': body.length });
      void send(response, body);
      return;
    }
    const from = Number(range[1]);
    const to = range[2] === '' ? body.length : Math.min(body.length, Number(range[2]) + 1);
    response.writeHead(206, {
      'content-type': type,
      'content-length': to - from,
      'content-range': `bytes ${from}-${to - 1}/${body.length}`,
    });
    void send(response, body.subarray(from, to));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`,
    get sent() {
      return sent;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
