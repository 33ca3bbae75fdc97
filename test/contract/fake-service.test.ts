import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createFakeService, FAKE_MODEL, script } from '../support/fake-service.ts';
import { serviceContract } from './service-cases.ts';

const folder = await mkdtemp(join(tmpdir(), 'sotto-fake-service-'));
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

serviceContract('the fake', async () => ({
  service: createFakeService({ limits: { maxWaiting: 2, maxWaitMs: 100 } }),
  model: FAKE_MODEL,
  maxWaitMs: 100,
  maxSessions: 8,
  files: {
    speech: await file('speech', 'not a script'),
    long: await file('long', script('say First.', 'hold', 'say Second.')),
    empty: await file('empty', ''),
    garbage: await file('garbage', script('fail not_media')),
  },
}));
