/** `sotto plan`: how many workers for how much speech. */
import { writeFile } from 'node:fs/promises';
import { StartError } from '../config.ts';
import { closedLoop } from '../plan/closed-loop.ts';
import { planPage } from '../plan/page.ts';
import { plan } from '../plan/plan.ts';
import { closedLoopReport, closedLoopTable, planReport, planTable } from '../plan/report.ts';
import { EXIT } from './exit.ts';
import type { Output } from './output.ts';
import { planArgs } from './plan-args.ts';

export async function runPlan(args: readonly string[], output: Output): Promise<number> {
  const { question, json, html } = planArgs(args);
  if (question.kind === 'clients') {
    const loop = await closedLoop(question);
    const report = closedLoopReport(loop, question.workers, question.shape.rtf);
    await output.write(json ? `${JSON.stringify(report, null, 2)}\n` : closedLoopTable(report));
    return EXIT.ok;
  }
  const made = await plan(question.request);
  if (html !== undefined) await writePage(html, planPage(made, ['sotto plan', ...args].join(' ')));
  await output.write(json ? `${JSON.stringify(planReport(made), null, 2)}\n` : planTable(made));
  return EXIT.ok;
}

async function writePage(path: string, page: string): Promise<void> {
  try {
    await writeFile(path, page);
  } catch (error) {
    throw new StartError(
      `sotto plan: ${path} cannot be written (${error instanceof Error ? error.message : error}).`,
    );
  }
}
