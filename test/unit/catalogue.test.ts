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
import { loadEngine } from '../../shared/asr/load.ts';
import { testOptions } from '../support/models.ts';

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
    expect(new Set(OFFERED.map((entry) => entry.architecture))).toEqual(
      new Set(['whisper', 'moonshine', 'ctc']),
    );
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
      if (device === 'webgpu' && entry.architecture === 'ctc') {
        expect(['q8', 'int8']).not.toContain(dtype.encoder);
      }
      // its first layer reads the waveform, for which 8 bits are too few
      if (entry.architecture === 'moonshine') expect(dtype.encoder).toBe('fp32');
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

  it('names the one graph of a CTC model, and the file beside it that has the weights', () => {
    const wav2vec2 = findModel('Xenova/wav2vec2-base-960h')!;
    const parakeet = findModel('onnx-community/parakeet-ctc-0.6b-ONNX')!;
    const graphs = (entry: typeof wav2vec2) =>
      modelFiles(entry, chooseDtype(entry, 'cpu', { fp16: false }))
        .map(({ path }) => path)
        .filter((path) => path.startsWith('onnx/'));
    expect(graphs(wav2vec2)).toEqual(['onnx/model_quantized.onnx']);
    expect(graphs(parakeet)).toEqual(['onnx/model_int8.onnx', 'onnx/model_int8.onnx_data']);
  });

  it.each([
    ['tiny-random-en', 'onnx-community/whisper-tiny.en'],
    ['tiny-random-moonshine', 'onnx-community/moonshine-tiny-ONNX'],
    ['tiny-random-wav2vec2', 'Xenova/wav2vec2-base-960h'],
    ['tiny-random-parakeet', 'onnx-community/parakeet-ctc-0.6b-ONNX'],
  ] as const)('names what the engine reads of a folder like %s', async (model, id) => {
    const options = testOptions(model);
    const read = new Set<string>();
    const engine = await loadEngine({
      ...options,
      readFile: (path) => {
        read.add(path);
        return options.readFile(path);
      },
    });
    await engine.dispose();
    const named = modelFiles(findModel(id)!, { encoder: 'fp32', decoder: 'fp32' }).map(({ path }) => path);
    expect([...read].filter((path) => !named.includes(path))).toEqual([]);
    expect(named.filter((path) => path !== 'preprocessor_config.json' && !read.has(path))).toEqual([]);
  });

  it('knows that turbo and the English models do not translate', () => {
    expect(findModel('onnx-community/whisper-small')!.tasks).toContain('translate');
    expect(findModel('onnx-community/whisper-large-v3-turbo')!.tasks).toEqual(['transcribe']);
    expect(findModel('onnx-community/whisper-base.en')!.languages).toEqual(['en']);
    expect(findModel('onnx-community/whisper-large-v3-turbo')!.languages).toContain('yue');
  });
});
