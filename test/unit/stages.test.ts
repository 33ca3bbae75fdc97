import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { judge, ONE_FAILED, ONE_PASSED, readCounts, summary } from '../support/stages.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sotto-stages-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function report(content: object): Promise<string> {
  const path = join(folder, 'report.json');
  await writeFile(path, JSON.stringify(content));
  return path;
}

it('reads the counts of both runners', async () => {
  const vitest = {
    success: false,
    numPassedTests: 7,
    numFailedTests: 2,
    numPendingTests: 1,
    numTodoTests: 1,
  };
  expect(await readCounts(await report(vitest))).toEqual({ passed: 7, failed: 2, skipped: 2 });
  const playwright = { stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 3 } };
  expect(await readCounts(await report(playwright))).toEqual({ passed: 5, failed: 1, skipped: 3 });
});

it('counts a missing report as a failure', async () => {
  expect(await readCounts(join(folder, 'none.json'))).toEqual(ONE_FAILED);
});

it('lets no stage pass that ran nothing or ended badly', () => {
  expect(judge({ passed: 3, failed: 0, skipped: 0 }, 0).failed).toBe(0);
  expect(judge({ passed: 3, failed: 2, skipped: 0 }, 1).failed).toBe(2);
  expect(judge({ passed: 3, failed: 0, skipped: 0 }, 1).failed).toBe(1);
  expect(judge({ passed: 0, failed: 0, skipped: 9 }, 0).failed).toBe(1);
});

it('ends with the sums alone on the last line', () => {
  const text = summary([
    { name: 'types', seconds: 1.25, ...ONE_PASSED },
    { name: 'end to end', seconds: 100, passed: 20, failed: 3, skipped: 1 },
  ]);
  const lines = text.split('\n');
  expect(lines.at(-1)).toBe('21 passed, 3 failed');
  expect(lines.find((line) => line.startsWith('end to end'))).toMatch(/FAILED +100\.0 s +20 +3 +1$/);
});
