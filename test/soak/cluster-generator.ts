/** The load of a cluster, in a process of its own: its orders come as one argument, the ingresses' ports as messages. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fixturePath } from '../support/fixtures.ts';
import { createRandom } from '../support/random.ts';
import { type Load, returningClient, waitingClient } from './cluster-clients.ts';
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
let ports: readonly number[] = [];
const first = new Promise<void>((resolve) => {
  process.on('message', (told: readonly number[]) => {
    ports = told;
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
  random: random.next,
};
await Promise.all(
  Array.from({ length: orders.clients }, async (_, index) => {
    // They do not all come in at once, which nobody could tell from an attack.
    await sleep((index / orders.clients) * Math.min(2_000, orders.seconds * 100));
    await (index % 2 === 0 ? waitingClient(load) : returningClient(load));
  }),
);
process.send?.(load.tally, () => process.disconnect());
