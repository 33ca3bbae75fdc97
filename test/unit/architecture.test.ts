import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAX_LINES, violations } from '../support/architecture.ts';

const FOLDERS = ['shared', 'web', 'server', 'test'];
const IGNORED = 'test/fixtures/';

describe('the house plan', () => {
  it.each(FOLDERS)('holds in %s/', (folder) => {
    const files = filesOf(folder);
    expect(files.length).toBeGreaterThan(3);
    expect(files.flatMap((path) => violations(path, readFileSync(path, 'utf8')))).toEqual([]);
  });
});

describe('the rules refuse and allow', () => {
  it.each<[path: string, source: string, broken: string]>([
    [
      'shared/asr/whisper.ts',
      `import { env } from '@huggingface/transformers';`,
      '@huggingface/transformers',
    ],
    ['shared/audio/wav.ts', `import type { Input } from 'mediabunny';`, 'mediabunny'],
    ['shared/audio/wav.ts', `import { readFile } from 'node:fs/promises';`, 'node:fs/promises'],
    ['shared/audio/wav.ts', `export * from '../../web/client/job.ts';`, '../../web/client/job.ts'],
    ['shared/asr/load.ts', `const t = await import('onnxruntime-web');`, 'onnxruntime-web'],
    ['shared/asr/load.ts', `const name = 'x'; await import(name);`, '(a name made at run time)'],
    ['web/engine/main.ts', `import { html } from 'lit';`, 'lit'],
    [
      'web/client/job.ts',
      `import { createEngineWorker } from '../engine/engine-worker.ts';`,
      'engine-worker.ts',
    ],
    ['web/client/job.ts', `type Api = import('../engine/engine-worker.ts').Api;`, 'engine-worker.ts'],
    ['web/client/job.ts', `new Worker(new URL('../app/main.ts', import.meta.url));`, 'start ../app/main.ts'],
    ['web/element/view.ts', `export { Shell } from '../app/shell.ts';`, '../app/shell.ts'],
    ['web/app/main.ts', `import { buildApp } from '../../server/app.ts';`, '../../server/app.ts'],
    ['web/app/main.ts', `import { expose } from 'comlink';`, 'comlink'],
    ['server/app.ts', `import { job } from '../web/client/job.ts';`, '../web/client/job.ts'],
    ['server/app.ts', `import { run } from '../test/support/stages.ts';`, '../test/support/stages.ts'],
    ['server/http/static.ts', `import * as ort from 'onnxruntime-node';`, 'onnxruntime-node'],
    ['server/engine/child.ts', `import Fastify from 'fastify';`, 'fastify'],
    ['server/http/static.ts', 'export const hub = process.env.SOTTO_HUB;', 'reads process.env'],
    ['shared/errors.ts', 'export const x = (y: any) => y;', 'uses any'],
    ['shared/errors.ts', 'export const x = ;', 'does not parse'],
    ['shared/errors.ts', '//\n'.repeat(MAX_LINES + 1), `has ${MAX_LINES + 1} lines`],
    ['lib/utils.ts', '', 'no folder of the plan'],
  ])('refused: %s, case %#', (path, source, broken) => {
    const found = violations(path, source);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(broken);
  });

  it.each<[path: string, source: string]>([
    ['shared/asr/load.ts', `import { env } from '@huggingface/transformers'; import './whisper.ts';`],
    ['shared/media/decode.ts', `const media = await import('mediabunny');`],
    ['web/client/job.ts', `new Worker(new URL('../engine/main.ts', import.meta.url), { type: 'module' });`],
    ['web/ear/microphone.ts', `import address from './worklet/capture.ts?worker&url';`],
    ['web/engine/ort.ts', `import('onnxruntime-web/webgpu');`],
    ['web/app/main.ts', `import { html } from 'lit'; import '../client/job.ts'; // any`],
    ['server/config.ts', 'export const port = process.env.PORT;'],
    ['shared/errors.ts', '//\n'.repeat(MAX_LINES)],
    ['test/unit/x.test.ts', `import '../../web/app/main.ts'; import '../../server/app.ts'; import 'vitest';`],
  ])('allowed: %s, case %#', (path, source) => {
    expect(violations(path, source)).toEqual([]);
  });
});

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts') && !path.startsWith(IGNORED));
}
