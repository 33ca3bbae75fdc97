/** Everything there is to check, in the order of how soon it can tell: `npm test`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureChromium } from './support/chromium.ts';
import {
  type Counts,
  judge,
  ONE_FAILED,
  ONE_PASSED,
  readCounts,
  type StageResult,
  summary,
} from './support/stages.ts';

const reports = '.cache/test';
const vitestReport = join(reports, 'vitest.json');
const playwrightReport = join(reports, 'playwright.json');

const STAGES: readonly (readonly [name: string, run: () => Promise<Counts>])[] = [
  ['types', () => check('types')],
  ['lint', () => check('lint')],
  [
    'unit and contract',
    async () => {
      const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`];
      const code = await npmRun('unit', options);
      return judge(await readCounts(vitestReport), code);
    },
  ],
  ['build', () => check('build')],
  [
    'end to end',
    async () => {
      const SOTTO_CHROMIUM = ensureChromium();
      const env = { SOTTO_CHROMIUM, PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport };
      const code = await npmRun('e2e', ['--reporter=list,json'], env);
      return judge(await readCounts(playwrightReport), code);
    },
  ],
];

let running: ChildProcess | undefined;
let stopped = false;

async function check(script: string): Promise<Counts> {
  return judge((await npmRun(script)) === 0 ? ONE_PASSED : ONE_FAILED, 0);
}

/** Runs a script of package.json with its output passed on; gives its exit code. */
function npmRun(
  script: string,
  options: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    running = spawn('npm', ['run', '--silent', script, '--', ...options], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    running.once('error', reject);
    running.once('exit', (code) => resolve(code ?? 1));
  });
}

async function runStage(name: string, run: () => Promise<Counts>): Promise<StageResult> {
  console.log(`\n── ${name}`);
  const started = performance.now();
  const counts = await run().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return ONE_FAILED;
  });
  return { name, ...counts, seconds: (performance.now() - started) / 1000 };
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stopped = true;
    running?.kill(signal);
  });
}

await rm(reports, { recursive: true, force: true });
await mkdir(reports, { recursive: true });
const results: StageResult[] = [];
for (const [name, run] of STAGES) {
  const result = await runStage(name, run);
  results.push(result);
  if (result.failed > 0 || stopped) break;
}
const failed = stopped || results.some((result) => result.failed > 0);
process.exitCode = failed ? 1 : 0;
console.log(summary(results));
