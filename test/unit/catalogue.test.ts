import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  CATALOGUE,
  chooseDtype,
  downloadBytes,
  findModel,
  modelFiles,
  OFFERED,
} from '../../shared/asr/catalogue.ts';
import type { Device } from '../../shared/asr/engine.ts';

const devices: readonly Device[] = ['webgpu', 'wasm', 'cpu', 'cuda'];
const folder = new URL('../../public/models/sotto-demo-en/', import.meta.url);

describe('catalogue', () => {
  it('finds each entry by its id, once', () => {
    expect(new Set(CATALOGUE.map((entry) => entry.id)).size).toBe(CATALOGUE.length);
    for (const entry of CATALOGUE) expect(findModel(entry.id)).toBe(entry);
    expect(findModel('onnx-community/whisper-huge')).toBeUndefined();
  });

  it('offers one embedded demo and recommends one real model', () => {
    expect(OFFERED.filter((entry) => entry.demo).map((entry) => entry.id)).toEqual(['sotto-demo-en']);
    expect(OFFERED.filter((entry) => entry.recommended).map((entry) => entry.demo)).toEqual([false]);
    expect(OFFERED.some((entry) => entry.architecture === 'moonshine')).toBe(false);
  });

  it.each(CATALOGUE)('$id knows the size of every file on every device', (entry) => {
    for (const device of devices) {
      for (const fp16 of [false, true]) {
        const files = modelFiles(entry, chooseDtype(entry, device, { fp16 }));
        expect(files.filter((file) => file.bytes === 0)).toEqual([]);
      }
    }
  });

  it.each(CATALOGUE)('$id is pinned to a commit, to main, or to a version of its own', (entry) => {
    expect(entry.revision).toMatch(entry.source === 'hub' ? /^([0-9a-f]{40}|main)$/ : /^\d+$/);
  });

  it.each(CATALOGUE)('$id cuts windows that its model can read', ({ plan, windowSeconds }) => {
    expect(plan.maxSeconds).toBeLessThanOrEqual(windowSeconds);
    expect(plan.targetSeconds).toBeLessThan(plan.maxSeconds);
  });

  it.each(CATALOGUE)('$id never asks for what is known not to work', (entry) => {
    const pairs = (['webgpu', 'wasm'] as const).flatMap((device) =>
      [false, true].map((fp16) => ({ device, fp16, dtype: chooseDtype(entry, device, { fp16 }) })),
    );
    for (const { device, fp16, dtype } of pairs) {
      if (device === 'webgpu') expect(dtype.decoder).not.toBe('q8');
      if (!fp16) expect([dtype.encoder, dtype.decoder]).not.toContain('fp16');
      if (device === 'wasm' && entry.id.endsWith('_timestamped')) {
        expect([dtype.encoder, dtype.decoder]).not.toContain('q8');
      }
    }
  });

  it('uses half floats only where the adapter has them', () => {
    const base = findModel('onnx-community/whisper-base')!;
    expect(chooseDtype(base, 'webgpu', { fp16: false })).toEqual({ encoder: 'fp32', decoder: 'q4' });
    expect(chooseDtype(base, 'webgpu', { fp16: true })).toEqual({ encoder: 'fp16', decoder: 'q4' });
    expect(chooseDtype(base, 'wasm', { fp16: true })).toEqual({ encoder: 'q8', decoder: 'q8' });
  });

  it('names the files of the embedded model as they lie in its folder, with their sizes', () => {
    const demo = findModel('sotto-demo-en')!;
    for (const device of devices) {
      const files = modelFiles(demo, chooseDtype(demo, device, { fp16: false }));
      const real = files.map((file) => statSync(new URL(file.path, folder)).size);
      expect(downloadBytes(demo, chooseDtype(demo, device, { fp16: false }))).toBeCloseTo(
        real.reduce((sum, bytes) => sum + bytes, 0),
        -5,
      );
    }
    const config = JSON.parse(readFileSync(new URL('preprocessor_config.json', folder), 'utf8')) as {
      chunk_length: number;
    };
    expect(demo.windowSeconds).toBe(config.chunk_length);
  });

  it('knows that turbo and the English models do not translate', () => {
    expect(findModel('onnx-community/whisper-small')!.tasks).toContain('translate');
    expect(findModel('onnx-community/whisper-large-v3-turbo')!.tasks).toEqual(['transcribe']);
    expect(findModel('onnx-community/whisper-base.en')!.languages).toEqual(['en']);
    expect(findModel('onnx-community/whisper-large-v3-turbo')!.languages).toContain('yue');
  });
});
