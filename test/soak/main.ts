/** `npm run soak -- --minutes 10 --clients 500 [--json]` */
import { parseArgs } from 'node:util';
import { COMPILED } from '../support/server-process.ts';
import { runSoak } from './run.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    clients: { type: 'string', default: '500' },
    json: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
const clients = Number(values.clients);
if (!(minutes > 0) || !Number.isInteger(clients) || clients < 1) {
  console.error('--minutes is a number above 0, --clients a whole one.');
  process.exit(2);
}
const { figures, tally, lag, growth, generatorLagP99Ms } = await runSoak({
  seconds: minutes * 60,
  clients,
  node: COMPILED,
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
if (values.json) console.log(JSON.stringify(figures));
else console.table(figures);
process.exitCode = figures.undefined_outcomes > 0 ? 1 : 0;
