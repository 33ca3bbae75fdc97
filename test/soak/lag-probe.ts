/** Measures the event loop of a server from within, without a line in the server: it is imported before it. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Sampled every 5 ms; what is told is how much later than that the loop came round. */
const RESOLUTION_MS = 5;

const PROBE = `
import { monitorEventLoopDelay } from 'node:perf_hooks';
const delay = monitorEventLoopDelay({ resolution: ${RESOLUTION_MS} });
delay.enable();
process.on('message', (what) => {
  if (what === 'reset') delay.reset();
  if (what === 'tell') process.send({ p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 });
});
process.channel?.unref();
`;

/** Arguments of node; the process needs a channel. */
export const LAG_PROBE: readonly string[] = ['--import', `data:text/javascript,${encodeURIComponent(PROBE)}`];

/** Milliseconds late; never less than 0. */
export interface Lag {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export const resetLag = (server: ChildProcess): void => void server.send('reset');

export async function readLag(server: ChildProcess): Promise<Lag> {
  server.send('tell');
  const [told] = (await once(server, 'message')) as [Lag];
  const late = (ms: number) => Math.max(0, ms - RESOLUTION_MS);
  return { p50: late(told.p50), p99: late(told.p99), max: late(told.max) };
}
