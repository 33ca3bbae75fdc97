import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importantlyMissing } from '../../web/app/browser/features.ts';
import { ENGINE_BYTES, type FirstRunFacts, firstRun } from '../../web/app/first-run/first-run.ts';

describe('the first run', () => {
  const fresh: FirstRunFacts = { isKnown: false, isClosed: false, isDemo: true, jobs: [] };
  const reading = { hasWords: false, hasEnded: false };

  it.each<[what: string, facts: Partial<FirstRunFacts>, shown: string]>([
    ['nobody has spoken', {}, 'speak'],
    ['something is heard', { jobs: [reading] }, 'words'],
    ['what was tried failed', { jobs: [{ hasWords: false, hasEnded: true }] }, 'speak'],
    ['words, by the demo', { jobs: [{ hasWords: true, hasEnded: false }] }, 'better'],
    ['words, by another model', { isDemo: false, jobs: [{ hasWords: true, hasEnded: true }] }, 'over'],
    ['somebody who was here', { isKnown: true }, 'over'],
    ['closed', { isClosed: true, jobs: [reading] }, 'over'],
  ])('%s', (_what, facts, shown) => {
    expect(firstRun({ ...fresh, ...facts }).name).toBe(shown);
  });

  it('says of the engine’s download what it is', () => {
    const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
    const bytes = (build: string) => statSync(join(folder, `ort-wasm-simd-threaded${build}.wasm`)).size;
    const real = { wasm: bytes(''), webgpu: bytes('') + bytes('.jspi') };
    for (const device of ['wasm', 'webgpu'] as const) {
      expect(Math.abs(ENGINE_BYTES[device] / real[device] - 1), device).toBeLessThan(0.05);
    }
  });
});

describe('what a browser lacks', () => {
  const all = {
    microphone: 'yes',
    files: 'yes',
    store: 'yes',
    webgpu: 'yes',
    threads: 'yes',
    offline: 'yes',
    tabs: 'yes',
    tabSound: 'yes',
    window: 'yes',
    share: 'yes',
  } as const;

  it('is said at once only where it matters', () => {
    expect(importantlyMissing({ has: all })).toEqual([]);
    expect(importantlyMissing({ has: { ...all, webgpu: 'no', share: 'no', files: 'partly' } })).toEqual([]);
    expect(importantlyMissing({ has: { ...all, microphone: 'no', store: 'no' } })).toEqual([
      'microphone',
      'store',
    ]);
  });
});
