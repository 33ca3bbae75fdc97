/** `npm run bench`: a table on stdout, or with `--json` one object alone; progress on stderr. */
import { availableParallelism } from 'node:os';
import { readArgs } from './args.ts';
import type { Figure } from './bench.ts';
import { wasm, webgpu } from './browser.ts';
import { gpu } from './gpu.ts';
import { lanes } from './lanes.ts';
import { measureLive } from './live.ts';
import { longNode } from './long-node.ts';
import { longWasm } from './long-wasm.ts';
import { machine } from './machine.ts';
import { mel } from './mel.ts';
import { memory } from './memory.ts';
import { node } from './node.ts';
import { page } from './page.ts';
import { createSites } from './site.ts';
import { start } from './start.ts';
import { table, toJson } from './table.ts';
import { vad } from './vad.ts';

/** All of it ends within 20 minutes: what is not done by then is given up. */
const LIMIT_MS = 18.5 * 60_000;

const progress = (text: string) => process.stderr.write(`${text}\n`);
if (process.argv.includes('live')) {
  await live();
  process.exit();
}
const { json, benches, wants } = readArgs(process.argv.slice(2), [
  mel,
  vad,
  node,
  lanes,
  gpu,
  longNode,
  wasm,
  longWasm,
  start,
  webgpu,
  memory,
  page,
]);
const facts = machine();
// In the browser as many as the app takes (web/client/local.ts).
const cores = availableParallelism();
const figures: Figure[] = [];
const sites = createSites();
for (const bench of benches) {
  try {
    const measured = await bench.run({
      progress,
      threads: Math.min(8, cores),
      browserThreads: Math.min(4, Math.ceil(cores / 2)),
      sites,
      remainingMs: () => Math.max(1, LIMIT_MS - performance.now()),
    });
    figures.push(...measured.filter(({ key }) => wants(bench, key)));
  } catch (error) {
    progress(`${bench.group} failed: ${error instanceof Error ? error.stack : error}`);
    process.exitCode = 1;
  }
}
await sites.close();
const keys = benches.flatMap((bench) => bench.keys.filter((key) => wants(bench, key)));
console.log(json ? JSON.stringify(toJson(keys, figures, facts), null, 2) : table(figures, facts));

/** `npm run bench -- live`: takes the machine for itself, and its figures stand for themselves. */
async function live(): Promise<void> {
  const sessions = Number(process.argv.find((word) => /^\d+$/.test(word)) ?? 50);
  const facts = machine();
  const measured = await measureLive({ sessions, progress });
  console.log(
    process.argv.includes('--json')
      ? JSON.stringify({ ...measured, machine: facts }, null, 2)
      : Object.entries(measured)
          .map(([name, value]) => `${name.padEnd(20)} ${value}`)
          .join('\n'),
  );
}
