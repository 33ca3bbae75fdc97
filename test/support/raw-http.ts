/** HTTP by hand over a socket: what no client library would send. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** names in small letters */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** interim answers before it, e.g. 100 */
  readonly interim: readonly number[];
}

export interface RawExchange {
  readonly socket: Socket;
  send(text: string | Buffer): Promise<void>;
  /** The first final answer; rejects when the connection ends without a whole one. */
  answer(): Promise<RawAnswer>;
}

export async function rawHttp(port: number, options: { allowHalfOpen?: boolean } = {}): Promise<RawExchange> {
  const socket = connect({ port, host: '127.0.0.1', ...options });
  await once(socket, 'connect');
  // A reset is what some tests wait for; answer() says that nothing came.
  socket.on('error', () => undefined);
  return {
    socket,
    send: (text) => new Promise((resolve) => void socket.write(text, () => resolve())),
    answer() {
      return new Promise((resolve, reject) => {
        let seen = Buffer.alloc(0);
        socket.on('data', (chunk: Buffer) => {
          seen = Buffer.concat([seen, chunk]);
          const answer = parse(seen);
          if (answer !== undefined) resolve(answer);
        });
        socket.resume();
        socket.once('close', () => reject(new Error(`no answer, only ${JSON.stringify(seen.toString())}`)));
      });
    },
  };
}

function parse(bytes: Buffer): RawAnswer | undefined {
  const interim: number[] = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const [first = '', ...lines] = rest.subarray(0, end).toString().split('\r\n');
    const status = Number(first.split(' ')[1]);
    rest = rest.subarray(end + 4);
    if (status < 200) {
      interim.push(status);
      continue;
    }
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 2),
      ]),
    );
    const length = Number(headers['content-length'] ?? 0);
    return rest.length < length
      ? undefined
      : { status, headers, body: rest.subarray(0, length).toString(), interim };
  }
}
