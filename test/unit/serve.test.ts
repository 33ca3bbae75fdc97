import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, expect, test } from 'vitest';
import { fixture, fixturePath } from '../support/fixtures.ts';
import { isAlive } from '../support/server-engine.ts';
import { startServer } from '../support/server-process.ts';
import { wordErrorRate } from '../support/wer.ts';

const folder = await mkdtemp(join(tmpdir(), 'sotto-serve-'));
afterAll(() => rm(folder, { recursive: true }));

function childrenOf(pid: number): number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.filter(([, parent]) => parent === pid).map(([child]) => child as number);
}

test('the whole server: a program sends a file and gets its text; told to end, it leaves nothing behind', async () => {
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Sotto</title>');
  const spool = await mkdtemp(join(folder, 'spool-'));
  const server = startServer(['--port', '0'], {
    ASR_ENABLED: 'on',
    ASR_DEVICE: 'cpu',
    ASR_THREADS: '1',
    ASR_SPOOL_DIR: spool,
    ASR_JOBS_DIR: join(folder, 'jobs'),
    SOTTO_WEB: folder,
  });
  try {
    const client = new OpenAI({ baseURL: `${await server.address}/v1`, apiKey: 'none', maxRetries: 0 });
    const name = 'us-male-two-sentences.flac';
    const read = () =>
      client.audio.transcriptions.create({
        file: createReadStream(fixturePath(name)),
        model: 'sotto-demo-en',
        response_format: 'verbose_json',
      });
    const { text, duration } = await read();
    expect(wordErrorRate([{ reference: fixture(name).text ?? '', hypothesis: text }])).toBeLessThan(0.1);
    expect(duration).toBeCloseTo(fixture(name).duration, 0);
    const children = childrenOf(server.child.pid as number);
    // an engine, its spare, and a decoder that waits
    expect(children.length).toBeGreaterThanOrEqual(2);
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    await expect.poll(() => children.filter(isAlive), { timeout: 10_000 }).toEqual([]);
    expect(await readdir(spool)).toEqual([]);
  } finally {
    server.child.kill('SIGKILL');
  }
});
