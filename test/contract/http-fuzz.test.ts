/** Whatever comes, the answer is a defined one in the envelope, and nothing is left behind. */
import { Agent, request } from 'node:http';
import fc from 'fast-check';
import Value from 'typebox/value';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ErrorEnvelope } from '../../shared/protocol/http.ts';
import { FAKE_MODEL } from '../support/fake-service.ts';
import { type HttpWorld, startHttp, until } from '../support/http-world.ts';
import { rawHttp } from '../support/raw-http.ts';

const PATH = '/v1/audio/transcriptions';
/** Cases are run in groups, each group side by side: the time goes into waiting for sockets. */
const WIDTH = 16;

let world: HttpWorld;
let agent: Agent;
beforeAll(async () => {
  world = await startHttp({ limits: { maxActive: 64, maxWaiting: 64 }, env: { ASR_MAX_UPLOAD_MB: '0.1' } });
  agent = new Agent({ keepAlive: true, maxSockets: WIDTH });
});
afterAll(async () => {
  agent.destroy();
  await world.close();
});

interface Case {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

function post({ headers, body }: Case): Promise<{ status: number; type: string; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { port: world.port, host: '127.0.0.1', path: PATH, method: 'POST', agent, headers },
      (answer) => {
        const chunks: Buffer[] = [];
        answer
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .once('error', reject)
          .once('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              type: String(answer.headers['content-type']),
              text: Buffer.concat(chunks).toString(),
            }),
          );
      },
    );
    sent.once('error', reject).end(body);
  });
}

function check({ status, type, text }: Awaited<ReturnType<typeof post>>): void {
  if (status === 200) return;
  expect([400, 404, 408, 413, 415, 422]).toContain(status);
  expect(type).toBe('application/json; charset=utf-8');
  const envelope: unknown = JSON.parse(text);
  if (!Value.Check(ErrorEnvelope, envelope)) throw new Error(`not the envelope: ${text}`);
}

async function nothingLeft(): Promise<void> {
  await until(() => {
    const { active, waiting } = world.service.status().admission;
    return active + waiting === 0;
  });
  await until(async () => (await world.spooled()).length === 0);
}

/** @returns the statuses that came */
async function run(cases: fc.Arbitrary<Case>, groups: number): Promise<ReadonlySet<number>> {
  const seen = new Set<number>();
  const group = fc.array(cases, { minLength: WIDTH, maxLength: WIDTH });
  const all = fc.asyncProperty(group, async (each) => {
    for (const answer of await Promise.all(each.map(post))) {
      check(answer);
      seen.add(answer.status);
    }
  });
  // The seed is printed with what fails.
  await fc.assert(all, { numRuns: groups, endOnFailure: true });
  await nothingLeft();
  expect((await fetch(`${world.url}/v1/models`)).status).toBe(200);
  return seen;
}

const BOUNDARY = 'edge';
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const line = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom('\r\n', '\r\n\r\n', `--${BOUNDARY}`, `--${BOUNDARY}--`, '"', ';', ':', '\0'),
);
const name = fc.oneof(
  fc.constantFrom(
    'file',
    'model',
    'language',
    'response_format',
    'stream',
    'temperature',
    'timestamp_granularities[]',
    'include[]',
    'chunking_strategy',
    'chunking_strategy[type]',
    'constructor',
    '__proto__',
    '',
  ),
  line,
);
const value = fc.oneof(
  fc.constantFrom(
    FAKE_MODEL,
    'whisper-1',
    'verbose_json',
    'srt',
    'true',
    'auto',
    'en',
    '0',
    '1e400',
    '{}',
    '[',
    'null',
  ),
  line,
);
const part = fc
  .record({
    name,
    value: fc.oneof(
      value.map((text) => Buffer.from(text)),
      bytes(200),
    ),
    filename: fc.option(line, { nil: undefined }),
    type: fc.option(fc.constantFrom('application/json', 'audio/wav', 'text/plain; charset=utf-16', ';;'), {
      nil: undefined,
    }),
    more: fc.array(fc.tuple(line, line), { maxLength: 3 }),
  })
  .map(({ name, value, filename, type, more }) => {
    const disposition = `form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}`;
    const headers = [
      `content-disposition: ${disposition}`,
      ...(type === undefined ? [] : [`content-type: ${type}`]),
      ...more.map(([key, text]) => `${key}: ${text}`),
    ];
    return Buffer.concat([
      Buffer.from(`--${BOUNDARY}\r\n${headers.join('\r\n')}\r\n\r\n`),
      value,
      Buffer.from('\r\n'),
    ]);
  });
/** Most have a file and a model, so that also what comes after is reached. */
const good = Buffer.from(
  [
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nRIFF\r\n`,
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="model"\r\n\r\n${FAKE_MODEL}\r\n`,
  ].join(''),
);
const formBody = fc
  .tuple(fc.boolean(), fc.array(part, { maxLength: 6 }), fc.boolean())
  .map(([whole, parts, closed]) =>
    Buffer.concat([...(whole ? [good] : []), ...parts, Buffer.from(closed ? `--${BOUNDARY}--\r\n` : '')]),
  );
const headers = (type: string) => ({ 'content-type': type });
const FORM = headers(`multipart/form-data; boundary=${BOUNDARY}`);

it('forms of any parts, whole, cut off, or with bytes changed', { timeout: 120_000 }, async () => {
  const cut = fc.tuple(formBody, fc.nat()).map(([body, at]) => body.subarray(0, at % (body.length + 1)));
  const changed = fc.tuple(formBody, fc.nat(), bytes(20)).map(([body, at, put]) => {
    const place = at % (body.length + 1);
    return Buffer.concat([body.subarray(0, place), put, body.subarray(place + put.length)]);
  });
  await run(
    fc.oneof(formBody, cut, changed).map((body) => ({ headers: FORM, body })),
    120,
  );
});

it('any bytes by any type', { timeout: 120_000 }, async () => {
  const type = fc.oneof(
    fc.constantFrom(
      'multipart/form-data',
      'multipart/form-data; boundary=',
      'multipart/form-data; boundary="',
      `multipart/form-data; boundary=${'b'.repeat(300)}`,
      'multipart/mixed; boundary=edge',
      'application/json',
      'application/x-www-form-urlencoded',
      'audio/wav',
      '',
    ),
    fc.string({ maxLength: 30 }).map((text) => text.replace(/[^\x20-\x7e]/g, '')),
  );
  const any = fc.tuple(type, bytes(500)).map(([text, body]) => ({ headers: headers(text), body }));
  await run(any, 50);
});

it('huge headers of parts, and huge fields', { timeout: 120_000 }, async () => {
  const huge = fc.tuple(
    fc.integer({ min: 1_000, max: 120_000 }),
    fc.constantFrom('name', 'header', 'pairs', 'field'),
  );
  const cases = huge.map(([size, where]) => {
    const long = 'x'.repeat(size);
    const text: Record<typeof where, string> = {
      name: `content-disposition: form-data; name="${long}"\r\n\r\nv`,
      header: `x: ${long}\r\ncontent-disposition: form-data; name="a"\r\n\r\nv`,
      pairs: `${'a: b\r\n'.repeat(size / 10)}content-disposition: form-data; name="a"\r\n\r\nv`,
      field: `content-disposition: form-data; name="prompt"\r\n\r\n${long}`,
    };
    const body = Buffer.from(`--${BOUNDARY}\r\n${text[where]}\r\n${good}--${BOUNDARY}--\r\n`);
    return { headers: FORM, body };
  });
  await run(cases, 10);
});

it('bytes that are not HTTP, or only at first', { timeout: 120_000 }, async () => {
  const start = fc.constantFrom(
    '',
    'GET ',
    `POST ${PATH} HTTP/1.1\r\nhost: x\r\n`,
    `POST ${PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\ncontent-type: multipart/form-data; boundary=edge\r\n\r\n`,
    `POST ${PATH} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-type: multipart/form-data; boundary=edge\r\n\r\n`,
  );
  const all = fc.asyncProperty(
    fc.array(fc.tuple(start, bytes(80)), { minLength: 8, maxLength: 8 }),
    async (each) => {
      await Promise.all(
        each.map(async ([head, rest]) => {
          const { socket, send } = await rawHttp(world.port);
          const gone = new Promise((resolve) => socket.resume().once('close', resolve));
          await send(Buffer.concat([Buffer.from(head), rest]));
          socket.end();
          await gone;
        }),
      );
    },
  );
  await fc.assert(all, { numRuns: 50, endOnFailure: true });
  await nothingLeft();
  expect((await fetch(`${world.url}/v1/models`)).status).toBe(200);
});
