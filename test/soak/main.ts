/** `npm run soak -- --minutes 10 --clients 500 [--apart] [--json]`, or with `--cluster` many machines (see docs/cluster.md). */
import { parseArgs } from 'node:util';
import { COMPILED } from '../support/programs.ts';
import { runClusterSoak } from './cluster.ts';
import { runSoak } from './run.ts';

const number = (fallback: string) => ({ type: 'string', default: fallback }) as const;
const { values } = parseArgs({
  options: {
    minutes: number('10'),
    clients: number('500'),
    json: { type: 'boolean', default: false },
    cluster: { type: 'boolean', default: false },
    apart: { type: 'boolean', default: false },
    ingress: number('3'),
    workers: number('4'),
    kills: number('9'),
    sessions: number('4'),
    seed: number(String(Date.now() % 1_000_000)),
  },
});
const minutes = Number(values.minutes);
const whole = (
  name: 'clients' | 'ingress' | 'workers' | 'kills' | 'sessions' | 'seed',
  from: number,
): number => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= from) return value;
  console.error(`--${name} is a whole number from ${from} on.`);
  process.exit(2);
};
if (!(minutes > 0)) {
  console.error('--minutes is a number above 0.');
  process.exit(2);
}
process.exitCode = values.cluster ? await cluster() : await oneServer();

async function oneServer(): Promise<number> {
  const { figures, tally, lag, growth, generatorLagP99Ms } = await runSoak({
    seconds: minutes * 60,
    clients: whole('clients', 1),
    node: COMPILED,
    cores: values.apart ? 'apart' : 'shared',
  });
  const asked = figures.served + figures.refused + figures.timed_out + figures.undefined_outcomes;
  const share = (count: number) => `${((100 * count) / asked).toFixed(1)} %`;
  console.error(
    `${asked} requests: ${share(figures.served)} served, ${share(figures.refused)} refused, ${share(figures.timed_out)} waited too long, ${share(figures.undefined_outcomes)} undefined`,
  );
  for (const [why, times] of Object.entries(tally.why)) console.error(`  ${times} × ${why}`);
  console.error(
    `the server's loop was late by ${lag.p50.toFixed(1)} ms (p50), ${lag.max.toFixed(1)} ms at most; the load's own by ${generatorLagP99Ms.toFixed(1)} ms (p99)`,
  );
  console.error(
    `resident memory grew by ${growth.server.toFixed(1)} MB a minute in the server and ${growth.engines.toFixed(1)} in its engines`,
  );
  print(figures);
  return figures.undefined_outcomes > 0 ? 1 : 0;
}

async function cluster(): Promise<number> {
  const seed = whole('seed', 0);
  const { figures, tally, strikes, live } = await runClusterSoak({
    seconds: minutes * 60,
    clients: whole('clients', 1),
    ingresses: whole('ingress', 1),
    workers: whole('workers', 1),
    kills: whole('kills', 0),
    sessions: whole('sessions', 0),
    seed,
    node: ['dist/node/server/cli/main.js'],
    log: (line) => console.error(line),
  });
  console.error(
    `seed ${seed}; connections that ended with their ingress: ${tally.cut}; windows of live sessions: ${live.served}`,
  );
  const { queueStatus, grew, grewAfterBlow } = tally.places;
  console.error(
    `${queueStatus} places were told; worse than before: ${grewAfterBlow} after something was killed, ${grew} otherwise`,
  );
  for (const [why, times] of Object.entries(tally.why)) console.error(`  ${times} × ${why}`);
  for (const why of live.why) console.error(`  live: ${why}`);
  for (const { blow, takeovers } of strikes) {
    const told = takeovers.map((ms) => (ms === undefined ? 'never' : `${(ms / 1_000).toFixed(1)} s`));
    console.error(`  ${blow}${told.length === 0 ? '' : `, its jobs taken over after ${told.join(', ')}`}`);
  }
  print(figures);
  return figures.lost + figures.doubled > 0 ? 1 : 0;
}

function print(figures: object): void {
  if (values.json) console.log(JSON.stringify(figures));
  else console.table(figures);
}
