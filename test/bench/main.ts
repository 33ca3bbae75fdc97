/** `npm run bench`: a table on stdout, or with `--json` one object alone; progress on stderr. */
import { availableParallelism } from 'node:os';
import { readArgs } from './args.ts';
import type { Figure } from './bench.ts';
import { wasm, webgpu } from './browser.ts';
import { machine } from './machine.ts';
import { mel } from './mel.ts';
import { node } from './node.ts';
import { createSites } from './site.ts';
import { table, toJson } from './table.ts';

const { json, benches, wants } = readArgs(process.argv.slice(2), [mel, node, wasm, webgpu]);
const facts = machine();
const figures: Figure[] = [];
const sites = createSites();
const progress = (text: string) => process.stderr.write(`${text}\n`);
for (const bench of benches) {
  try {
    const measured = await bench.run({ progress, threads: Math.min(8, availableParallelism()), sites });
    figures.push(...measured.filter(({ key }) => wants(bench, key)));
  } catch (error) {
    progress(`${bench.group} failed: ${error instanceof Error ? error.stack : error}`);
    process.exitCode = 1;
  }
}
await sites.close();
const keys = benches.flatMap((bench) => bench.keys.filter((key) => wants(bench, key)));
console.log(json ? JSON.stringify(toJson(keys, figures, facts), null, 2) : table(figures, facts));
