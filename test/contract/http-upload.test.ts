/** Uploads as they come over a real connection: at the door, too large, too slow, broken off. */
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FAKE_MODEL, script } from '../support/fake-service.ts';
import { form, type HttpWorld, startHttp, until } from '../support/http-world.ts';
import { type RawExchange, rawHttp } from '../support/raw-http.ts';

const MB = 2 ** 20;
const PATH = '/v1/audio/transcriptions';

const upload = (content: string | Buffer) =>
  form([
    { name: 'file', value: content, filename: 'private name.wav' },
    { name: 'model', value: FAKE_MODEL },
  ]);

const head = (length: number | 'chunked', ...more: string[]) =>
  [
    `POST ${PATH} HTTP/1.1`,
    'host: localhost',
    'content-type: multipart/form-data; boundary=test-boundary',
    length === 'chunked' ? 'transfer-encoding: chunked' : `content-length: ${length}`,
    ...more,
    '\r\n',
  ].join('\r\n');

const envelope = (body: string) => (JSON.parse(body) as { error: Record<string, unknown> }).error;

let world: HttpWorld;
const open: RawExchange[] = [];
const raw = async (port = world.port, options = {}) => {
  const exchange = await rawHttp(port, options);
  open.push(exchange);
  return exchange;
};

beforeAll(async () => {
  world = await startHttp({ env: { ASR_MAX_UPLOAD_MB: '1' } });
});
afterEach(async () => {
  for (const { socket } of open.splice(0)) socket.destroy();
  // However a request ended: its place is free and its file is gone.
  await until(() => {
    const { active, waiting } = world.service.status().admission;
    return active + waiting === 0;
  });
  await until(async () => (await world.spooled()).length === 0);
});
afterAll(() => world.close());

describe('at the door of a full server', () => {
  let full: HttpWorld;
  beforeAll(async () => {
    full = await startHttp({ limits: { maxWaiting: 0 } });
    const { body, headers } = upload(script('hold'));
    void fetch(full.url + PATH, { method: 'POST', body: new Uint8Array(body), headers }).catch(
      () => undefined,
    );
    await until(() => full.service.started.length === 1);
  });
  afterAll(() => full.close());

  it('a client that asks first is refused without having sent its body', async () => {
    const exchange = await raw(full.port);
    await exchange.send(head(5 * MB, 'expect: 100-continue'));
    const answer = await exchange.answer();
    expect(answer).toMatchObject({ status: 503, interim: [], headers: { connection: 'close' } });
    expect(envelope(answer.body)).toMatchObject({ code: 'queue_full' });
  });

  it.each(['keep-alive', 'close'])(
    'a client that sends 5 MB before it reads sees the answer, connection: %s',
    async (connection) => {
      const { body } = upload(Buffer.alloc(5 * MB));
      const exchange = await raw(full.port);
      exchange.socket.pause();
      await exchange.send(head(body.length, `connection: ${connection}`));
      await exchange.send(body);
      const answer = await exchange.answer();
      expect(answer.status).toBe(503);
    },
  );

  it('the connection can be used again when the body was sent', async () => {
    const { body } = upload(Buffer.alloc(1000));
    const exchange = await raw(full.port);
    await exchange.send(Buffer.concat([Buffer.from(head(body.length)), body]));
    expect((await exchange.answer()).status).toBe(503);
    await exchange.send('GET /v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n');
    expect((await exchange.answer()).status).toBe(200);
  });
});

describe('Expect: 100-continue', () => {
  it('is answered where there is room', async () => {
    const { body } = upload('RIFF');
    const exchange = await raw();
    await exchange.send(head(body.length, 'expect: 100-continue'));
    const [first] = (await once(exchange.socket, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1\.1 100 /);
    await exchange.send(body);
    expect((await exchange.answer()).status).toBe(200);
  });
});

describe('too large', () => {
  it('is refused by its announced length, at once', async () => {
    const exchange = await raw();
    await exchange.send(head(3 * MB));
    const answer = await exchange.answer();
    expect(answer.status).toBe(413);
    expect(envelope(answer.body)).toMatchObject({
      code: 'too_large',
      message: expect.stringContaining('1 MB'),
    });
    expect(answer.headers['x-should-retry']).toBe('false');
  });

  it('is refused by count, before it has all come', async () => {
    const exchange = await raw();
    const start = upload('').body.toString().split('\r\n--test-boundary\r\n')[0] ?? '';
    await exchange.send(head('chunked'));
    const chunk = (bytes: Buffer) =>
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
    await exchange.send(chunk(Buffer.from(start)));
    const answer = exchange.answer();
    // The last chunk never comes.
    await exchange.send(chunk(Buffer.alloc(1.2 * MB, 65)));
    expect((await answer).status).toBe(413);
  });

  it('counts what is around the file too', async () => {
    const { body } = form([{ name: 'prompt', value: Buffer.alloc(2.5 * MB, 65) }]);
    const chunk = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')]);
    const exchange = await raw();
    await exchange.send(head('chunked'));
    await exchange.send(chunk);
    expect([400, 413]).toContain((await exchange.answer()).status);
  });
});

describe('many, wrong, and none', () => {
  const post = async ({ body, headers }: ReturnType<typeof form>) => {
    const answer = await fetch(world.url + PATH, { method: 'POST', body: new Uint8Array(body), headers });
    return { status: answer.status, error: envelope(await answer.text()) };
  };
  const file = { name: 'file', value: 'RIFF', filename: 'a.wav' };
  const model = { name: 'model', value: FAKE_MODEL };

  it('thousands of tiny parts', async () => {
    const parts = Array.from({ length: 5000 }, (_, index) => ({ name: `p${index}`, value: 'x' }));
    expect(await post(form(parts))).toMatchObject({ status: 400, error: { code: 'bad_request' } });
    const files = parts.map((part) => ({ ...part, filename: 'f' }));
    expect(await post(form(files))).toMatchObject({ status: 400 });
  });

  it.each<[what: string, parts: Parameters<typeof form>[0], param: string | null]>([
    ['no file', [model], 'file'],
    ['no model', [file], 'model'],
    ['a file without a name', [{ name: 'file', value: 'RIFF' }, model], 'file'],
    ['a file by another name', [{ ...file, name: 'audio' }, model], 'file'],
    ['two files', [file, file, model], null],
    ['nothing', [], 'file'],
    ['a field too long', [{ name: 'prompt', value: 'x'.repeat(100_000) }, file, model], 'prompt'],
    ['a name of all objects', [{ name: '__proto__', value: 'x' }, file, model], null],
  ])('%s', async (_what, parts, param) => {
    expect(await post(form(parts))).toMatchObject({ status: 400, error: { param } });
  });

  it('fields in any order', async () => {
    const { body, headers } = form([{ name: 'response_format', value: 'text' }, model, file]);
    const answer = await fetch(world.url + PATH, { method: 'POST', body: new Uint8Array(body), headers });
    expect(await answer.text()).toMatch(/^Hello/);
  });
});

describe('too slow', () => {
  it.each([
    ['silence', { ASR_UPLOAD_IDLE_MS: '80' }, 0],
    ['a trickle', { ASR_UPLOAD_TIMEOUT_MS: '200' }, 20],
  ])('%s ends as 408', async (_what, env, everyMs) => {
    const slow = await startHttp({ env });
    const exchange = await raw(slow.port);
    await exchange.send(head(10_000));
    await exchange.send(upload('').body.subarray(0, 60));
    const trickle = everyMs > 0 ? setInterval(() => void exchange.send('-'), everyMs) : undefined;
    const answer = await exchange.answer();
    clearInterval(trickle);
    expect(answer).toMatchObject({ status: 408, headers: { connection: 'close' } });
    expect(envelope(answer.body)).toMatchObject({ code: 'upload_timeout' });
    await until(async () => (await slow.spooled()).length === 0);
    expect(slow.service.status().admission.waiting).toBe(0);
    await slow.close();
  });
});

describe('clients that go away', () => {
  it.each(['destroy', 'end'] as const)('in the middle of an upload (%s)', async (how) => {
    const exchange = await raw();
    await exchange.send(head(500_000));
    await exchange.send(upload(Buffer.alloc(100_000)).body.subarray(0, 90_000));
    await until(async () => (await world.spooled()).length === 1);
    exchange.socket[how]();
  });

  it.each(['destroy', 'end'] as const)('while it is read (%s): its windows stop', async (how) => {
    const before = world.service.status().admission.cancelled;
    const { body } = upload(script('hold'));
    const exchange = await raw(world.port, { allowHalfOpen: true });
    await exchange.send(Buffer.concat([Buffer.from(head(body.length)), body]));
    await until(() => world.service.status().admission.active === 1);
    exchange.socket[how]();
    await until(() => world.service.status().admission.cancelled === before + 1);
  });

  it('while it waits in line', async () => {
    const { body } = upload(script('hold'));
    const first = await raw();
    const second = await raw();
    for (const each of [first, second])
      await each.send(Buffer.concat([Buffer.from(head(body.length)), body]));
    await until(() => world.service.status().admission.waiting === 1);
    second.socket.destroy();
    await until(() => world.service.status().admission.waiting === 0);
    expect(world.service.status().admission.active).toBe(1);
  });

  it('without reading a stream: it is ended, and nothing piles up', async () => {
    const lines = Array.from({ length: 300 }, () => `say ${'long words '.repeat(1000)}`);
    const body = form([
      { name: 'stream', value: 'true' },
      { name: 'file', value: script(...lines, 'hold'), filename: 'a.wav' },
      { name: 'model', value: FAKE_MODEL },
    ]).body;
    const large = await startHttp();
    const exchange = await raw(large.port);
    exchange.socket.pause();
    await exchange.send(Buffer.concat([Buffer.from(head(body.length)), body]));
    await until(() => large.service.status().batcher.windows === 300);
    exchange.socket.destroy();
    await until(() => large.service.status().admission.cancelled === 1);
    await large.close();
  });
});
