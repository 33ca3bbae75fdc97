import { afterEach, expect, test } from 'vitest';
import type { ReadOptions } from '../../shared/asr/engine.ts';
import { WINDOW_PROTOCOL } from '../../shared/protocol/window-session.ts';
import { type HttpWorld, type HttpWorldOptions, startHttp, until } from '../support/http-world.ts';
import { connect, type LiveClient, type Message, pcm16, refused } from '../support/live-client.ts';

let world: HttpWorld;
afterEach(() => world?.close());

async function open(options: HttpWorldOptions = {}): Promise<LiveClient> {
  world = await startHttp(options);
  return join();
}

async function join(): Promise<LiveClient> {
  const client = await connect(`${world.url}/v1/windows`, [WINDOW_PROTOCOL]);
  client.send({ type: 'hello', model: 'sotto-demo-en', priority: 'live' });
  return client;
}

/** The fake reads the number of a window's first sample that is not zero. */
function window(client: LiveClient, id: number, more: object = {}): void {
  const samples = new Float32Array(1_600).fill(0.5);
  client.send({ type: 'window', id, samples: samples.length, kind: 'final', task: 'transcribe', ...more });
  client.socket.send(pcm16(samples));
}

const answer = (client: LiveClient, id: number) => client.next((message) => message.id === id);

test('hello, ready, windows, and their readings in order; a repeated number is the same window', async () => {
  const options: ReadOptions[] = [];
  const client = await open({
    env: { ASR_SESSION_WINDOWS: '2' },
    engine: { before: (batch) => void options.push(batch.options) },
  });
  expect(client.socket.protocol).toBe(WINDOW_PROTOCOL);
  const ready = await client.next('ready');
  expect(ready).toMatchObject({ in_flight: 2, info: { model: 'sotto-demo-en', windowSeconds: 10 } });
  window(client, 7);
  window(client, 8, { doubtful: 'kept', terms: ['Sotto'] });
  await answer(client, 8);
  window(client, 7);
  await until(() => client.all('reading').length === 3);
  const [first, second, again] = client.all('reading');
  expect([first?.id, second?.id]).toEqual([7, 8]);
  expect(options.at(-1)).toMatchObject({ doubtful: 'kept', terms: ['Sotto'] });
  expect(options[0]).not.toHaveProperty('doubtful');
  expect(again).toEqual(first);
});

test('more windows at once than allowed, samples that do not fit, and a window that is too long', async () => {
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const client = await open({ env: { ASR_SESSION_WINDOWS: '1' }, engine: { before: () => gate } });
  await client.next('ready');
  window(client, 1);
  window(client, 2);
  expect(await answer(client, 2)).toMatchObject({
    type: 'error',
    error: { code: 'too_fast' },
    retry_after_ms: 1_000,
  });
  const long = new Float32Array(160_001);
  client.send({ type: 'window', id: 3, samples: long.length, kind: 'final', task: 'transcribe' });
  client.socket.send(pcm16(long));
  expect(await answer(client, 3)).toMatchObject({ type: 'error', error: { code: 'bad_request' } });
  go();
  expect(await answer(client, 1)).toMatchObject({ type: 'reading' });
  client.send({ type: 'window', id: 4, samples: 10, kind: 'final', task: 'transcribe' });
  client.socket.send(pcm16(new Float32Array(9)));
  expect(await client.closed).toMatchObject({ code: 1008 });
});

test.each([
  ['no JSON', 'nothing'],
  ['an unknown type', JSON.stringify({ type: 'x' })],
  [
    'a window before ready',
    JSON.stringify({ type: 'window', id: 1, samples: 1, kind: 'final', task: 'transcribe' }),
  ],
  ['an unknown model', JSON.stringify({ type: 'hello', model: 'none', priority: 'file' })],
])('%s ends the session with a reason, and its place is free', async (_, frame) => {
  world = await startHttp({ maxSessions: 1 });
  const client = await connect(`${world.url}/v1/windows`, [WINDOW_PROTOCOL]);
  client.socket.send(frame);
  expect(await client.closed).toMatchObject({
    code: 1008,
    reason: expect.stringMatching(/bad_request|model_unknown/),
  });
  expect(client.all('error')).toHaveLength(1);
  await until(() => world.service.status().admission.active === 0);
});

test('full: 503 with a time at the handshake, and to a page that asks first; else 426', async () => {
  const client = await open({ maxSessions: 1 });
  await client.next('ready');
  const url = `${world.url}/v1/windows`;
  const full = await refused(url);
  expect(full.status).toBe(503);
  expect(Number(full.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  expect(JSON.parse(full.body)).toMatchObject({ error: { code: 'queue_full' } });
  const asked = await fetch(url);
  expect(asked.status).toBe(503);
  expect(asked.headers.get('retry-after')).toMatch(/^\d+$/);
  client.socket.close();
  await client.closed;
  await until(() => world.service.status().admission.active === 0);
  expect((await fetch(url)).status).toBe(426);
  expect(world.service.status().admission.active).toBe(0);
  await (await join()).next('ready');
});

test('a page of another site is refused, one that is allowed is not', async () => {
  world = await startHttp({ env: { ASR_CORS_ORIGINS: 'https://ours.example' } });
  const url = `${world.url}/v1/windows`;
  expect((await refused(url, { headers: { origin: 'https://other.example' } })).status).toBe(403);
  const client = await connect(url, [WINDOW_PROTOCOL], { headers: { origin: 'https://ours.example' } });
  client.socket.terminate();
});

test('a client that goes cancels its windows; one that is silent or stays for too long is let go', async () => {
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const client = await open({ engine: { before: () => gate } });
  await client.next('ready');
  window(client, 1);
  await until(() => world.service.status().admission.active === 1);
  client.socket.terminate();
  await until(() => world.service.status().admission.active === 0);
  go();
  await world.close();
  const idle = await open({ env: { ASR_SESSION_IDLE_SECONDS: '0.1' } });
  expect(await idle.closed).toMatchObject({ code: 1008, reason: expect.stringContaining('idle') });
  await world.close();
  const long = await open({ env: { ASR_SESSION_MAX_SECONDS: '0.1' } });
  expect(await long.closed).toMatchObject({ code: 1008, reason: expect.stringContaining('longest') });
});

test('a client that answers no ping is gone; a message that is too large closes', async () => {
  const client = await open({ env: { ASR_SESSION_PING_SECONDS: '0.05' } });
  await client.next('ready');
  client.socket.pause();
  await until(() => world.service.status().admission.active === 0);
  client.socket.terminate();
  const large = await join();
  await large.next('ready');
  large.socket.send(Buffer.alloc(3 * 2 ** 20));
  expect((await large.closed).code).toBe(1009);
});

test('the page is told that the server reads', async () => {
  world = await startHttp({ env: { ASR_CORS_ORIGINS: 'https://ours.example' } });
  const { url } = world;
  const told = async (headers: Readonly<Record<string, string>> = {}) =>
    ((await (await fetch(`${url}/app-config.json`, { headers })).json()) as Message).server;
  const offered = { windows: true, model: 'sotto-demo-en' };
  expect(await told()).toEqual(offered);
  expect(await told({ origin: 'https://ours.example' })).toEqual(offered);
  // Pages that the handshake would refuse need not ask their visitors.
  expect(await told({ origin: 'https://other.example' })).toEqual({
    windows: false,
    refused: 'origin_refused',
  });
});
