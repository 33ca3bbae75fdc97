/** What the settings decide, without a page. */
import { describe, expect, it } from 'vitest';
import { findModel, modelFiles } from '../../shared/asr/catalogue.ts';
import { gpuFacts } from '../../web/app/settings/gpu-facts.ts';
import { shownSteps } from '../../web/app/settings/ladder-view.ts';
import { presenceOf } from '../../web/app/settings/model-presence.ts';
import { standingOf } from '../../web/app/settings/model-standing.ts';
import { countTerms, withTerms } from '../../web/app/settings/vocabulary.ts';
import type { EngineStatus } from '../../web/client/transcriber.ts';
import type { HeldFile } from '../../web/engine/store-held.ts';

const tiny = findModel('onnx-community/whisper-tiny')!;
const CPU = { device: 'wasm', fp16: false } as const;
const GPU = { device: 'webgpu', fp16: false } as const;

const heldFor = (device: 'wasm' | 'webgpu', revision = tiny.revision): HeldFile[] =>
  modelFiles(tiny, tiny.dtypes[device]).map(({ path, bytes, optional }) => ({
    revision,
    path,
    bytes: optional ? undefined : bytes,
  }));
const presence = (files: readonly HeldFile[], kind: typeof CPU | typeof GPU = CPU) =>
  presenceOf(tiny, { revision: tiny.revision, files }, kind);
const sum = (files: readonly { readonly bytes: number | undefined }[]) =>
  files.reduce((all, { bytes = 0 }) => all + bytes, 0);

describe('what is here of a model', () => {
  it('nothing: all of it is to be downloaded', () => {
    expect(presence([])).toEqual({
      name: 'none',
      bytes: 0,
      missing: sum(modelFiles(tiny, tiny.dtypes.wasm)),
    });
  });

  it('all of it, files that the source does not have included', () => {
    const files = heldFor('wasm');
    expect(presence(files)).toEqual({ name: 'whole', bytes: sum(files), missing: 0 });
  });

  it('a part: the rest is to be downloaded', () => {
    const files = heldFor('wasm');
    const last = files.pop();
    expect(presence(files)).toEqual({ name: 'part', bytes: sum(files), missing: last?.bytes });
  });

  it('all of it for the CPU, where the browser has a GPU', () => {
    const files = heldFor('wasm');
    const { name, missing } = presence(files, GPU);
    expect(name).toBe('cpu');
    expect(missing).toBeGreaterThan(0);
    expect(presence([...files, ...heldFor('webgpu')], GPU).name).toBe('whole');
  });

  it('an earlier version takes room, and counts for nothing', () => {
    const files = heldFor('wasm', 'f'.repeat(40));
    const whole = sum(modelFiles(tiny, tiny.dtypes.wasm));
    expect(presence(files)).toEqual({ name: 'part', bytes: sum(files), missing: whole });
  });
});

describe('a model may not be deleted', () => {
  const status = (model: string, working: readonly string[], engine: EngineStatus) => ({
    model,
    working,
    engine,
  });
  const asleep: EngineStatus = { name: 'asleep' };
  it('while a job reads with it or it is being started; in use it may', () => {
    expect(standingOf('a', status('b', [], asleep))).toBe('none');
    expect(standingOf('a', status('b', ['a'], asleep))).toBe('working');
    expect(standingOf('a', status('a', [], asleep))).toBe('in-use');
    const loading: EngineStatus = { name: 'loading', rung: 'wasm', progress: undefined };
    expect(standingOf('a', status('a', [], loading))).toBe('working');
    expect(standingOf('b', status('a', [], loading))).toBe('none');
  });
});

describe('the ladder', () => {
  it('says of each step what became of it', () => {
    const status = {
      model: 'a',
      engine: { name: 'loading', rung: 'wasm', progress: undefined } as const,
      changes: [{ from: 'webgpu', to: 'server', error: { code: 'no_adapter' } } as const],
    };
    expect(shownSteps(['webgpu', 'server', 'wasm'], status)).toEqual([
      { step: 'webgpu', state: { name: 'left', error: { code: 'no_adapter' } } },
      { step: 'server', state: { name: 'waits' } },
      { step: 'wasm', state: { name: 'starting' } },
    ]);
    expect(shownSteps(['server'], status, ['b'])).toEqual([
      { step: 'server', state: { name: 'without-model' } },
    ]);
  });
});

describe('the GPU is asked', () => {
  it.each([
    ['no API', undefined, { name: 'none', lacks: 'api' }],
    ['no adapter', { requestAdapter: async () => null }, { name: 'none', lacks: 'adapter' }],
    [
      'an error',
      { requestAdapter: () => Promise.reject(new Error('lost')) },
      { name: 'none', lacks: 'adapter' },
    ],
  ])('%s', async (_, gpu, facts) => {
    expect(await gpuFacts(gpu)).toEqual(facts);
  });
});

describe('the vocabulary', () => {
  it('takes what is new in a file, one a line', () => {
    expect(withTerms('Sotto, Silero', '\uFEFFSilero\r\nonnxruntime\tWebGPU\n\n  two   words ;')).toBe(
      'Sotto\nSilero\nonnxruntime\nWebGPU\ntwo words',
    );
    expect(withTerms('', '')).toBe('');
  });

  it('counts what is used and what is not', () => {
    const many = Array.from({ length: 104 }, (_, i) => `term ${i}`).join('\n');
    expect(countTerms(many)).toEqual({ used: 100, unused: 4 });
    expect(countTerms(`short\n${'x'.repeat(61)}`)).toEqual({ used: 1, unused: 1 });
    expect(countTerms('')).toEqual({ used: 0, unused: 0 });
  });
});
