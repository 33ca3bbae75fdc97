/** The load, in a process of its own: started by main.ts with its orders as one argument, tells its tally at the end. */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fixturePath } from '../support/fixtures.ts';
import { createClient, requestBytes } from './client.ts';
import { count, createTally, type Tally } from './tally.ts';

export interface Orders {
  readonly port: number;
  readonly clients: number;
  readonly seconds: number;
  readonly fixture: string;
}

export interface Told {
  readonly tally: Tally;
  /** how late this process itself was: what it measured is not finer than that */
  readonly ownLagP99Ms: number;
}

/** Past every wait of the server's own. */
const BOUND_MS = 60_000;
/** A client that was refused comes again when it was told to, and not all at the same moment. */
const SPREAD = 0.5;
/** The longest that it waits, so that the load stays one. */
const LONGEST_PAUSE_MS = 5_000;
const SHORTEST_PAUSE_MS = 250;

async function generate({ port, clients, seconds, fixture }: Orders): Promise<Told> {
  const request = requestBytes(readFileSync(fixturePath(fixture)), fixture);
  const tally = createTally();
  const lag = monitorEventLoopDelay({ resolution: 5 });
  lag.enable();
  const until = performance.now() + seconds * 1_000;

  async function go(index: number): Promise<void> {
    // They do not all come in at once, which nobody could tell from an attack.
    await sleep((index / clients) * Math.min(2_000, seconds * 100));
    const client = createClient(port, request, BOUND_MS);
    while (performance.now() < until) {
      const reply = await client.ask().catch((thrown: unknown) => asError(thrown));
      count(tally, reply);
      const told = reply instanceof Error ? 1_000 : reply.retryMs;
      if (reply instanceof Error || reply.status !== 200) {
        const pause = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, told));
        await sleep(pause * (1 + Math.random() * SPREAD));
      }
    }
    client.close();
  }

  await Promise.all(Array.from({ length: clients }, (_, index) => go(index)));
  return { tally, ownLagP99Ms: lag.percentile(99) / 1e6 };
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

const told = await generate(JSON.parse(process.argv[2] ?? '{}') as Orders);
process.send?.(told, () => process.disconnect());
