/** Jobs in a real process that is killed in the middle of them, again and again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { script } from '../support/fake-service.ts';

interface Line {
  readonly id?: string;
  readonly status?: 'accepted' | 'up' | 'done';
  readonly segment?: number;
  readonly texts?: readonly string[];
}

let root: string;
let child: ChildProcess | undefined;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sotto-crash-'));
});
afterEach(async () => {
  await kill();
  await rm(root, { recursive: true });
});

async function kill(): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

/** Starts it and reads its lines until `enough`. */
async function run(
  files: readonly string[],
  follow: readonly string[],
  enough: (lines: readonly Line[]) => boolean,
) {
  const args = ['--import', 'tsx', 'test/support/jobs-process.ts', join(root, 'jobs'), ...files];
  child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: Line[] = [];
  for (const id of follow) child.stdin?.write(`${id}\n`);
  if (child.stdout === null) throw new Error('no stdout');
  for await (const text of createInterface({ input: child.stdout })) {
    lines.push(JSON.parse(text));
    if (enough(lines)) return lines;
  }
  throw new Error(`it ended early: ${JSON.stringify(lines)}`);
}

it('a job goes on after each SIGKILL where it was: nothing lost, nothing said twice, order kept', async () => {
  const said = (name: string) => ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `${name} ${letter}`);
  const files = ['first', 'second'].map((name) => join(root, name));
  for (const [index, name] of ['first', 'second'].entries()) {
    await writeFile(files[index] ?? '', script(...said(name).flatMap((text) => [`say ${text}`, 'wait 40'])));
  }
  const segmentsOf = (lines: readonly Line[]) => lines.filter(({ segment }) => segment !== undefined);

  const first = await run(files, [], (lines) => {
    return lines.some(({ status }) => status === 'up') && segmentsOf(lines).length >= 2;
  });
  const ids = first.flatMap(({ id, status }) => (status === 'accepted' && id !== undefined ? [id] : []));
  expect(ids).toHaveLength(2);
  await kill();

  // What was told before the crash is told again by whoever follows anew, and a little more each time.
  const before = segmentsOf(first).length;
  const second = await run([], ids, (lines) => segmentsOf(lines).length > before + 1);
  expect(segmentsOf(second).slice(0, before)).toEqual(segmentsOf(first));
  await kill();

  const third = await run([], ids, (lines) => lines.filter(({ status }) => status === 'done').length === 2);
  const ends = third.filter(({ status }) => status === 'done');
  expect(ends.map(({ id, texts }) => [id, texts])).toEqual([
    [ids[0], said('first')],
    [ids[1], said('second')],
  ]);
  for (const id of ids) {
    const numbers = segmentsOf(third).filter((line) => line.id === id);
    expect(numbers.map(({ segment }) => segment)).toEqual([0, 1, 2, 3, 4, 5]);
  }
  await kill();
  const left = await readdir(join(root, 'jobs/audio'));
  // The last one may be killed between its end and the deletion: the next start sweeps.
  expect(left.filter((name) => name !== ids[1])).toEqual([]);
});
