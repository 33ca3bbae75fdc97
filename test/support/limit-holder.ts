/** A process that holds what it is told to of one tenant, says so, and waits to be killed. */

import { connectRedis } from '../../server/cluster/redis.ts';
import { createRedisLimitStore } from '../../server/cluster/redis-limit-store.ts';

const [url = '', prefix = '', tenant = '', count = '0', ttlMs = '0'] = process.argv.slice(2);
const link = connectRedis(url, 'bounded');
await link.ready(20_000);
const store = createRedisLimitStore({ redis: link.redis, prefix, ttlMs: Number(ttlMs) });
for (let index = 0; index < Number(count); index += 1) {
  await store.hold({ kind: 'session', tenant, id: `${process.pid}-${index}` }, undefined);
}
await store.reserveAudio({ tenant, id: `${process.pid}` }, 60, undefined);
console.log('holds');
