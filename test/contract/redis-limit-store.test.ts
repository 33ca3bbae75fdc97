import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectRedis, type RedisLink } from '../../server/cluster/redis.ts';
import { createRedisLimitStore } from '../../server/cluster/redis-limit-store.ts';
import { dayOf } from '../../server/tenants/port.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { limitStoreContract } from './limit-store-cases.ts';

let server: RedisServer;
let link: RedisLink;
let stores = 0;
beforeAll(async () => {
  server = await startRedis();
  link = connectRedis(server.url, 'bounded');
  await link.ready(20_000);
}, 120_000);
afterAll(async () => {
  link?.close();
  await server?.stop();
});

const newPrefix = () => `limits-${++stores}`;

limitStoreContract('redis', {
  make: (wall) =>
    Promise.resolve(
      createRedisLimitStore({ redis: link.redis, prefix: newPrefix(), wall: () => wall.now() }),
    ),
});

describe('several machines', () => {
  const session = (id: string) => ({ kind: 'session', tenant: 't', id }) as const;

  test('asked from many connections at once, by the clock of Redis, it grants exactly what is due', async () => {
    const prefix = newPrefix();
    const links = Array.from({ length: 6 }, () => connectRedis(server.url, 'bounded'));
    await Promise.all(links.map((each) => each.ready(20_000)));
    const machines = links.map(({ redis }) => createRedisLimitStore({ redis, prefix }));
    const many = Array.from({ length: 50 }, (_, index) => index);
    const all = await Promise.all(
      machines.flatMap((store, machine) =>
        many.map(async (index) => ({
          request: (await store.takeRequest('t', 70)).granted,
          held: (await store.hold(session(`${machine}-${index}`), 33)).granted,
          audio: (await store.reserveAudio({ tenant: 't', id: `${machine}-${index}` }, 7, 100)).granted,
        })),
      ),
    );
    const granted = (what: 'request' | 'held' | 'audio') => all.filter((each) => each[what]).length;
    expect([granted('request'), granted('held'), granted('audio')]).toEqual([70, 33, 14]);
    for (const each of links) each.close();
  });

  test('what a killed process held is free again after its time, and not before', async () => {
    const prefix = newPrefix();
    const store = createRedisLimitStore({ redis: link.redis, prefix, ttlMs: 1_000 });
    const holder = spawn(
      process.execPath,
      ['--import', 'tsx', 'test/support/limit-holder.ts', server.url, prefix, 't', '3', '5000'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const killed = performance.now();
    expect(await store.hold(session('mine'), 3)).toEqual({ granted: false, inUse: 3 });
    expect(await store.audio('t', 100)).toMatchObject({ remainingSeconds: 40 });
    while (!(await store.hold(session('mine'), 1)).granted) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(performance.now() - killed).toBeLessThan(20_000);
    expect(await store.audio('t', 100)).toMatchObject({ remainingSeconds: 100 });
  });

  test('a restart of Redis loses nothing; without it nobody is let in, and is told so in time', async () => {
    const store = createRedisLimitStore({ redis: link.redis, prefix: newPrefix() });
    await store.hold(session('before'), 1);
    await store.takeRequest('t', 1);
    await store.settleAudio({ tenant: 't', id: 'a', model: 'm', seconds: 12.5, requests: 1 });
    await server.kill();
    const unavailable = expect.objectContaining({ code: 'cluster_unavailable' });
    await expect(store.takeRequest('t', 1)).rejects.toEqual(unavailable);
    await expect(store.release(session('before'))).rejects.toEqual(unavailable);
    await expect(store.usage('t', '2020-01-01', '2020-01-02')).rejects.toEqual(unavailable);
    await server.start();
    await link.ready(20_000);
    expect(await store.hold(session('after'), 1)).toEqual({ granted: false, inUse: 1 });
    expect(await store.takeRequest('t', 1)).toMatchObject({ granted: false });
    const day = dayOf(Date.now());
    const rows = await store.usage('t', dayOf(Date.now() - 86_400_000), day);
    expect(rows).toMatchObject([{ model: 'm', requests: 1, seconds: 12.5 }]);
  });
});
