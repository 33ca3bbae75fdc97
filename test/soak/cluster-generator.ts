/** The load of a cluster, in a process of its own: its orders come as one argument, news of the machines as messages. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fixturePath } from '../support/fixtures.ts';
import { createRandom } from '../support/random.ts';
import { type Load, returningClient, waitingClient } from './cluster-clients.ts';
import { listeningClient } from './cluster-listeners.ts';
import { createClusterTally } from './cluster-tally.ts';

export interface ClusterOrders {
  readonly clients: number;
  readonly seconds: number;
  /** for accepted jobs to end, after the load */
  readonly drainSeconds: number;
  readonly seed: number;
  readonly fixture: string;
  readonly expected: string;
}

const orders = JSON.parse(process.argv[2] ?? '{}') as ClusterOrders;
/** What is told of the machines: where the ingresses are now, or that one was killed. */
export type MachineNews = { readonly ports: readonly number[] } | 'blow';

let ports: readonly number[] = [];
let blowAt = Number.NEGATIVE_INFINITY;
const first = new Promise<void>((resolve) => {
  process.on('message', (news: MachineNews) => {
    if (news === 'blow') blowAt = performance.now();
    else ports = news.ports;
    resolve();
  });
});
await first;
const random = createRandom(orders.seed);
const from = performance.now();
const load: Load = {
  ports: () => ports,
  file: readFileSync(fixturePath(orders.fixture)),
  fileName: orders.fixture,
  expected: orders.expected,
  until: from + orders.seconds * 1_000,
  drainedBy: from + (orders.seconds + orders.drainSeconds) * 1_000,
  tally: createClusterTally(),
  blowAt: () => blowAt,
  random: random.next,
};
await Promise.all(
  Array.from({ length: orders.clients }, async (_, index) => {
    // They do not all come in at once, which nobody could tell from an attack.
    await sleep((index / orders.clients) * Math.min(2_000, orders.seconds * 100));
    await clientOf(index)(load);
  }),
);
process.send?.(load.tally, () => process.disconnect());

/** Half wait for the answer, half come back for it; of all, every tenth follows what is told of its job. */
function clientOf(index: number): (load: Load) => Promise<void> {
  if (index % 2 === 0) return waitingClient;
  return index % 10 === 9 ? listeningClient : returningClient;
}
