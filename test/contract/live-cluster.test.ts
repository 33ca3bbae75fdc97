/** Live sessions of an ingress at workers that are processes, which die, stand still, and come back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLivePlaces } from '../../server/cluster/live-places.ts';
import { createLiveSessions, type LiveSessions } from '../../server/cluster/live-sessions.ts';
import { connectRedis, type RedisLink } from '../../server/cluster/redis.ts';
import { NO_LOG } from '../../server/jobs/job-log.ts';
import type { ServiceSession, SessionWindow } from '../../server/service/port.ts';
import type { WindowReading } from '../../shared/asr/engine.ts';
import { WINDOW_PROTOCOL } from '../../shared/protocol/window-session.ts';
import { createFakeService, FAKE_MODEL } from '../support/fake-service.ts';
import { startHttp } from '../support/http-world.ts';
import { connect, pcm16, refused } from '../support/live-client.ts';
import { rawHttp } from '../support/raw-http.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';

/** In tests a machine that says nothing is gone sooner. */
const GONE_MS = 3_000;

let redis: RedisServer;
let link: RedisLink;
let names = 0;
const workers: ChildProcess[] = [];
const ingresses: LiveSessions[] = [];

beforeAll(async () => {
  redis = await startRedis();
  link = connectRedis(redis.url, 'bounded');
  await link.ready(20_000);
}, 120_000);
afterAll(async () => {
  await Promise.all(ingresses.map((each) => each.close()));
  for (const worker of workers) worker.kill('SIGKILL');
  link?.close();
  await redis?.stop();
});

/** Of one test alone. */
function createCluster() {
  const prefix = `{live-${++names}}`;
  const places = createLivePlaces(link.redis, prefix, GONE_MS);
  return {
    places,
    async worker(id: string, capacity: number, ms = 0) {
      const args = [redis.url, prefix, id, String(capacity), String(ms), String(GONE_MS)];
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', 'test/support/live-worker-process.ts', ...args],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      workers.push(child);
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      return { child, address: line.toString().trim() };
    },
    async ingress(): Promise<LiveSessions> {
      const live = createLiveSessions({ places, log: NO_LOG });
      ingresses.push(live);
      await live.look();
      return live;
    },
    taken: async () => (await places.beat([])).reduce((sum, each) => sum + each.taken, 0),
  };
}

const open = (live: LiveSessions, signal = new AbortController().signal) =>
  live.open({ model: FAKE_MODEL, priority: 'live', signal });

/** The fake reads the number of its first sample: 16 bits of it, as they travel. */
const numberOf = (n: number) => n / 1_024;
const window = (n: number, more: Partial<SessionWindow> = {}): SessionWindow => ({
  window: { samples: new Float32Array(1_600).fill(numberOf(n)) },
  options: { task: 'transcribe' },
  kind: { name: 'final' },
  ...more,
});
const textOf = (reading: WindowReading | undefined) => reading?.segments.map(({ text }) => text).join(' ');
const readAll = (session: ServiceSession, many: number) =>
  Promise.all(
    Array.from({ length: many }, async (_, index) => textOf(await session.read(window(index + 1)))),
  );
const texts = (many: number) => Array.from({ length: many }, (_, index) => String(numberOf(index + 1)));

// Most of their time is waiting for processes: side by side.
describe.concurrent('workers and ingresses', { timeout: 120_000 }, () => {
  test('windows are read at a worker; a partial gives way, a window is taken back, the place is given back', async () => {
    const cluster = createCluster();
    await cluster.worker('one', 2, 20);
    const live = await cluster.ingress();
    const session = open(live);
    expect(await session.ready()).toMatchObject({ model: FAKE_MODEL, windowSeconds: 10 });
    expect(await readAll(session, 6)).toEqual(texts(6));
    expect(session.place).toMatchObject({ etaMs: expect.any(Number) });
    // More than are under way at once, so that the later ones wait here.
    const finals = readAll(session, 6);
    const partial = { kind: { name: 'partial', key: 'turn' } } as const;
    const old = session.read(window(7, partial));
    const fresh = session.read(window(8, { kind: { name: 'final', key: 'turn' } }));
    const own = new AbortController();
    const dropped = session.read(window(9, { signal: own.signal }));
    own.abort();
    await expect(dropped).rejects.toMatchObject({ code: 'cancelled' });
    expect(await old).toBeUndefined();
    expect(textOf(await fresh)).toBe(String(numberOf(8)));
    expect(await finals).toEqual(texts(6));
    expect(await cluster.taken()).toBe(1);
    const left = session.read(window(1));
    session.leave();
    session.leave();
    await expect(left).rejects.toMatchObject({ code: 'cancelled' });
    await expect(session.read(window(1))).rejects.toMatchObject({ code: 'cancelled' });
    await vi.waitFor(async () => expect(await cluster.taken()).toBe(0), 5_000);
    expect(live.count).toBe(0);
  });

  test('many who come at once through two ingresses get exactly the places that there are', async () => {
    const cluster = createCluster();
    const none = await cluster.ingress();
    expect(() => open(none)).toThrow(expect.objectContaining({ code: 'engine_unavailable' }));
    await Promise.all([cluster.worker('one', 2), cluster.worker('two', 3)]);
    const both = [await cluster.ingress(), await cluster.ingress()];
    const unknown = { model: 'none/such', priority: 'live', signal: new AbortController().signal } as const;
    expect(() => both[0]?.open(unknown)).toThrow(expect.objectContaining({ code: 'model_unknown' }));
    const came = await Promise.all(
      both.flatMap((live) =>
        Array.from({ length: 5 }, async () => {
          let session: ServiceSession | undefined;
          try {
            session = open(live);
            await session.ready();
            return session;
          } catch (thrown) {
            session?.leave();
            return (thrown as { readonly code: string }).code;
          }
        }),
      ),
    );
    const got = came.filter((each) => typeof each !== 'string');
    expect(got).toHaveLength(5);
    expect(came.filter((each) => each === 'queue_full')).toHaveLength(5);
    await Promise.all(both.map((live) => live.look()));
    for (const live of both)
      expect(() => open(live)).toThrow(expect.objectContaining({ code: 'queue_full' }));
    got[0]?.leave();
    await vi.waitFor(async () => {
      await both[1]?.look();
      const session = open(both[1] as LiveSessions);
      await session.ready();
    }, 10_000);
  }, 120_000);

  test.each(['SIGKILL', 'SIGSTOP'] as const)(
    'a worker that is lost by %s in the middle of windows: another one reads them, each once',
    async (signal) => {
      const cluster = createCluster();
      const [first] = await Promise.all([cluster.worker('a', 4, 300), cluster.worker('b', 1, 300)]);
      const live = await cluster.ingress();
      const session = open(live);
      await session.ready();
      expect(session.place.position).toBe(0);
      const reading = readAll(session, 5);
      await new Promise((resolve) => setTimeout(resolve, 450));
      const lost = performance.now();
      first?.child.kill(signal);
      expect(await reading).toEqual(texts(5));
      expect(performance.now() - lost).toBeLessThan(20_000);
      expect(await readAll(session, 2)).toEqual(texts(2));
    },
    120_000,
  );

  test('the last worker dies: the session waits for the next one', async () => {
    const cluster = createCluster();
    const { child } = await cluster.worker('only', 1, 200);
    const session = open(await cluster.ingress());
    await session.ready();
    const reading = readAll(session, 3);
    await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill('SIGKILL');
    await once(child, 'exit');
    await cluster.worker('next', 1);
    expect(await reading).toEqual(texts(3));
  }, 120_000);

  test('an ingress that dies holds nothing for long; a window that loses worker after worker is poison', async () => {
    const cluster = createCluster();
    const { child } = await cluster.worker('one', 1, 120_000);
    expect(await cluster.places.lease(FAKE_MODEL, [])).toBeDefined();
    expect(await cluster.places.lease(FAKE_MODEL, [])).toBeUndefined();
    await vi.waitFor(async () => expect(await cluster.taken()).toBe(0), 10_000);
    const session = open(await cluster.ingress());
    await session.ready();
    const poison = expect(session.read(window(1))).rejects.toMatchObject({ code: 'poison' });
    child.kill('SIGKILL');
    for (const id of ['two', 'three']) {
      const next = await cluster.worker(id, 1, 120_000);
      await vi.waitFor(
        async () => expect((await cluster.places.beat([])).find((each) => each.id === id)?.taken).toBe(1),
        20_000,
      );
      await new Promise((resolve) => setTimeout(resolve, 200));
      next.child.kill('SIGKILL');
    }
    await poison;
  }, 120_000);

  test('the door of a worker opens for the holder of one of its leases alone', async () => {
    const cluster = createCluster();
    const { address } = await cluster.worker('one', 1);
    const url = `${address}/v1/windows`;
    const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
    expect((await refused(url)).status).toBe(401);
    expect((await refused(url, bearer('lease_guessed'))).status).toBe(401);
    const lease = await cluster.places.lease(FAKE_MODEL, []);
    if (lease === undefined) throw new Error('no place');
    const client = await connect(url, [WINDOW_PROTOCOL], bearer(lease.id));
    client.socket.terminate();
    await cluster.places.free(lease);
    expect((await refused(url, bearer(lease.id))).status).toBe(401);
    expect((await fetch(url.replace('ws', 'http'))).status).toBe(401);
    // Whoever is refused does not keep the connection.
    const { socket, send } = await rawHttp(Number(new URL(address).port), { allowHalfOpen: true });
    const ended = once(socket.resume(), 'end');
    const handshake = 'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13';
    await send(
      `GET /v1/windows HTTP/1.1\r\nhost: x\r\n${handshake}\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    await ended;
    socket.destroy();
  });

  test('a page that is connected to the ingress sees nothing of the death of a worker', async () => {
    const cluster = createCluster();
    const [first] = await Promise.all([cluster.worker('a', 4, 200), cluster.worker('b', 2, 200)]);
    const live = await cluster.ingress();
    const service = createFakeService();
    const world = await startHttp({ real: { ...service, openSession: (options) => live.open(options) } });
    const client = await connect(`${world.url}/v1/windows`, [WINDOW_PROTOCOL]);
    client.send({ type: 'hello', model: FAKE_MODEL, priority: 'live' });
    await client.next('ready');
    for (const id of [1, 2, 3, 4]) {
      const samples = new Float32Array(1_600).fill(numberOf(id));
      client.send({ type: 'window', id, samples: samples.length, kind: 'final', task: 'transcribe' });
      client.socket.send(pcm16(samples));
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    first?.child.kill('SIGKILL');
    await client.next((message) => message.type === 'reading' && message.id === 4);
    const readings = client.all<{ type: string; id: number; reading: WindowReading }>('reading');
    expect(readings.map(({ id, reading }) => [id, textOf(reading)])).toEqual(
      texts(4).map((text, index) => [index + 1, text]),
    );
    expect(client.all('error')).toEqual([]);
    client.socket.close();
    await vi.waitFor(async () => expect(await cluster.taken()).toBe(0), 5_000);
    await world.close();
  }, 120_000);
});

test('while Redis is away what is open goes on, newcomers are refused at once, and are taken afterwards', async () => {
  const cluster = createCluster();
  await cluster.worker('one', 3);
  const live = await cluster.ingress();
  const session = open(live);
  await session.ready();
  await redis.kill();
  await live.look();
  expect(() => open(live)).toThrow(expect.objectContaining({ code: 'cluster_unavailable' }));
  expect(await readAll(session, 3)).toEqual(texts(3));
  await redis.start();
  await link.ready(20_000);
  await vi.waitFor(async () => {
    await live.look();
    await open(live).ready();
  }, 20_000);
  expect(await readAll(session, 3)).toEqual(texts(3));
}, 120_000);
