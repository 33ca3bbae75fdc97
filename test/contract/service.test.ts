import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createTranscriptionService } from '../../server/service/service.ts';
import { fixturePath } from '../support/pcm.ts';
import { SERVICE_OPTIONS } from '../support/service.ts';
import { serviceContract } from './service-cases.ts';

const folder = await mkdtemp(join(tmpdir(), 'sotto-service-'));
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const maxWaitMs = 300;
serviceContract('real processes', async () => ({
  service: await createTranscriptionService({ ...SERVICE_OPTIONS, queueMax: 2, maxWaitMs }),
  model: SERVICE_OPTIONS.engine.model,
  maxWaitMs,
  maxSessions: 8,
  files: {
    speech: fixturePath('us-male-two-sentences.flac'),
    long: fixturePath('long-3min.flac'),
    empty: await file('empty', new Uint8Array(0)),
    garbage: await file(
      'garbage',
      Uint8Array.from({ length: 20_000 }, (_, i) => (i * 7919 + (i >> 3)) & 255),
    ),
  },
}));
