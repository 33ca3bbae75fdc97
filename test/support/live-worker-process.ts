/**
 * A worker's part of live sessions in a process of its own, to be killed and stopped: a fake engine that takes `ms` for
 * each window. `live-worker-process.ts REDIS PREFIX ID PLACES MS GONE_MS` prints a line when its places can be had.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createLivePlaces } from '../../server/cluster/live-places.ts';
import { announceLive } from '../../server/cluster/live-worker.ts';
import { connectRedis } from '../../server/cluster/redis.ts';
import { readConfig } from '../../server/config.ts';
import { NO_LOG } from '../../server/jobs/job-log.ts';
import { openWindowListener } from '../../server/realtime/window-listener.ts';
import { createFakeService } from './fake-service.ts';

const [url = '', prefix = '', id = '', places = '0', ms = '0', goneMs = '0'] = process.argv.slice(2);
const maxSessions = Number(places);
const link = connectRedis(url, 'bounded');
await link.ready(20_000);
const live = createLivePlaces(link.redis, prefix, Number(goneMs));
const service = createFakeService({ maxSessions, engine: { before: () => sleep(Number(ms)) } });
const { port } = await openWindowListener({
  service,
  settings: readConfig([], {}).realtime,
  host: '127.0.0.1',
  port: 0,
  holds: (lease) => live.holds(id, lease),
});
const address = `ws://127.0.0.1:${port}`;
await announceLive({ places: live, id, address, service, maxSessions, log: NO_LOG });
console.log(address);
