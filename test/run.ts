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

type Stage = readonly [name: string, run: () => Promise<Counts>];

/** What the tests start is what will be shipped (test/support/programs.ts). */
const BUILT = { SOTTO_TEST_BUILT: 'yes' };

/** One step after another; the stages of one step at once, where none has the machine to itself. */
const STEPS: readonly (readonly Stage[])[] = [
  [
    ['types', () => check('types')],
    ['lint', () => check('lint')],
    ['build', () => check('build')],
  ],
  [
    [
      'unit and contract',
      async () => {
        const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`];
        const code = await npmRun('unit', options, BUILT);
        return judge(await readCounts(vitestReport), code);
      },
    ],
  ],
  [
    [
      'end to end',
      async () => {
        const SOTTO_CHROMIUM = ensureChromium();
        const env = { ...BUILT, SOTTO_CHROMIUM, PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport };
        const code = await npmRun('e2e', ['--reporter=list,json'], env);
        return judge(await readCounts(playwrightReport), code);
      },
    ],
  ],
];

const running = new Set<ChildProcess>();
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
    const child = spawn('npm', ['run', '--silent', script, '--', ...options], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    running.add(child);
    child.once('error', reject);
    child.once('exit', (code) => {
      running.delete(child);
      resolve(code ?? 1);
    });
  });
}

async function runStage([name, run]: Stage): Promise<StageResult> {
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
    for (const child of running) child.kill(signal);
  });
}

await rm(reports, { recursive: true, force: true });
await mkdir(reports, { recursive: true });
const results: StageResult[] = [];
for (const step of STEPS) {
  const done = await Promise.all(step.map(runStage));
  results.push(...done);
  if (done.some(({ failed }) => failed > 0) || stopped) break;
}
const failed = stopped || results.some((result) => result.failed > 0);
process.exitCode = failed ? 1 : 0;
console.log(summary(results));
