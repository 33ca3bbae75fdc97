/** Keys and client secrets, of one machine and of many. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectRedis, type RedisLink } from '../../server/cluster/redis.ts';
import { createRedisKeyStore } from '../../server/cluster/redis-key-store.ts';
import { createRedisSecrets } from '../../server/cluster/redis-secrets.ts';
import { createSecrets } from '../../server/realtime/secrets.ts';
import { firstConfig } from '../../server/realtime/session-config.ts';
import type { Sqlite } from '../../server/sqlite.ts';
import { openTenantsFile } from '../../server/tenants/database.ts';
import { createKeyStore } from '../../server/tenants/keys.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { ANYBODY, keyStoreContract } from './key-store-cases.ts';
import { secretsContract } from './secrets-cases.ts';

let server: RedisServer;
let link: RedisLink;
let stores = 0;
const files: Sqlite[] = [];
beforeAll(async () => {
  server = await startRedis();
  link = connectRedis(server.url, 'bounded');
  await link.ready(20_000);
}, 120_000);
afterAll(async () => {
  for (const file of files) file.close();
  link?.close();
  await server?.stop();
});

/** Of one case alone. */
const newPrefix = () => `{case-${++stores}}`;

/** Every name and value below the case's prefix. */
async function written(): Promise<string> {
  const names = await link.redis.keys(`{case-${stores}}*`);
  const values = await Promise.all(
    names.map(async (name) => ((await link.redis.type(name)) === 'hash' ? link.redis.hgetall(name) : name)),
  );
  return JSON.stringify([names, values]);
}

keyStoreContract('SQLite', {
  async make(wall) {
    const db = openTenantsFile(':memory:');
    files.push(db);
    return createKeyStore(db, wall.now);
  },
  kept: async () => JSON.stringify(files.at(-1)?.all('SELECT * FROM secrets')),
});

keyStoreContract('Redis', {
  make: async (wall) => createRedisKeyStore({ redis: link.redis, prefix: newPrefix(), wall: wall.now }),
  kept: written,
});

secretsContract('one process', {
  make: async (wall, most) => createSecrets({ wall: wall.now, most }),
});

secretsContract('Redis', {
  make: async (wall, most) =>
    createRedisSecrets({ redis: link.redis, prefix: newPrefix(), wall: wall.now, most }),
});

describe('in Redis', () => {
  test('by its own clock what is over goes by itself, and no secret is written down', async () => {
    const prefix = newPrefix();
    const secrets = createRedisSecrets({ redis: link.redis, prefix });
    const keys = createRedisKeyStore({ redis: link.redis, prefix });
    const { value } = await secrets.create(firstConfig('m'), 60_000, 'key_a');
    const made = await keys.create(ANYBODY);
    await keys.rotate(made.key.id, 60_000);
    expect(await keys.check(made.secret)).toBeDefined();
    const text = await written();
    for (const secret of [value.slice(3), made.secret.slice(made.key.prefix.length)]) {
      expect(text).not.toContain(secret);
    }
    const ends = await Promise.all(
      (await link.redis.keys(`${prefix}*`)).map((name) => link.redis.pttl(name)),
    );
    expect(ends.filter((ms) => ms > 0 && ms <= 60_000)).toHaveLength(2);
  });

  test('a restart loses neither; while it is away nobody is let in, and is told so in time', async () => {
    const prefix = newPrefix();
    const secrets = createRedisSecrets({ redis: link.redis, prefix });
    const keys = createRedisKeyStore({ redis: link.redis, prefix });
    const { value } = await secrets.create(firstConfig('m'), 60_000, 'key_a');
    const { secret, key } = await keys.create(ANYBODY);
    await server.kill();
    const unavailable = expect.objectContaining({ code: 'cluster_unavailable' });
    await expect(keys.check(secret)).rejects.toEqual(unavailable);
    await expect(secrets.check(value)).rejects.toEqual(unavailable);
    await expect(secrets.create(firstConfig('m'), 60_000)).rejects.toEqual(unavailable);
    await server.start();
    await link.ready(20_000);
    expect(await keys.check(secret)).toEqual(key);
    expect(await secrets.hostOf(value)).toBe('key_a');
  });
});
