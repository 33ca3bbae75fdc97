import { readFile } from 'node:fs/promises';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface StageResult extends Counts {
  readonly name: string;
  readonly seconds: number;
}

interface VitestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

interface PlaywrightReport {
  readonly stats: Readonly<Record<'expected' | 'unexpected' | 'flaky' | 'skipped', number>>;
}

export const ONE_PASSED: Counts = { passed: 1, failed: 0, skipped: 0 };
export const ONE_FAILED: Counts = { passed: 0, failed: 1, skipped: 0 };

/** Counts of a JSON report of vitest or Playwright; one failure when there is no report to read. */
export async function readCounts(path: string): Promise<Counts> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return ONE_FAILED;
  const report: VitestReport | PlaywrightReport = JSON.parse(text);
  return 'stats' in report
    ? {
        passed: report.stats.expected + report.stats.flaky,
        failed: report.stats.unexpected,
        skipped: report.stats.skipped,
      }
    : {
        passed: report.numPassedTests,
        failed: report.numFailedTests,
        skipped: report.numPendingTests + report.numTodoTests,
      };
}

/**
 * What a stage counts for. A stage that ended badly without a failed test (a file that does not load, a crash)
 * counts as one failure, and so does one that was to run tests and ran none.
 */
export function judge(counts: Counts, exitCode: number): Counts {
  const ran = counts.passed + counts.failed;
  if (counts.failed > 0 || (exitCode === 0 && ran > 0)) return counts;
  return { ...counts, failed: 1 };
}

/** A table of the stages for people, and the last line for programs. */
export function summary(results: readonly StageResult[]): string {
  const sum = (key: keyof Counts) => results.reduce((total, result) => total + result[key], 0);
  const rows = results.map(({ name, seconds, passed, failed, skipped }) =>
    [name, failed > 0 ? 'FAILED' : 'ok', `${seconds.toFixed(1)} s`, passed, failed, skipped].map(String),
  );
  const table = [['stage', 'result', 'time', 'passed', 'failed', 'skipped'], ...rows];
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  const lines = table.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  '),
  );
  return `\n${lines.join('\n')}\n\n${sum('passed')} passed, ${sum('failed')} failed`;
}
