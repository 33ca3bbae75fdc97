/** `npm run chaos -- --kills 100 [--seed N] [--json]` */
import { parseArgs } from 'node:util';
import { COMPILED } from '../support/programs.ts';
import { chaosFigures, chaosLines } from './report.ts';
import { runChaos } from './run.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const kills = Number(values.kills);
const seed = Number(values.seed);
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed)) {
  console.error('--kills and --seed are whole numbers, and at least one is killed.');
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
const report = await runChaos({ kills, seed, node: COMPILED, log: (line) => console.error(line) });
const figures = chaosFigures(report);
for (const line of chaosLines(report)) console.error(line);
if (values.json) console.log(JSON.stringify(figures));
else console.table(figures);
const { lost, doubled, hung } = figures;
process.exitCode = lost + doubled + hung + report.problems.length > 0 ? 1 : 0;
