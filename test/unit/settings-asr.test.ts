import { totalmem } from 'node:os';
import { expect, test } from 'vitest';
import { readConfig, StartError } from '../../server/config.ts';
import { modelFolders, pooledOptions, serviceOptions } from '../../server/machine.ts';

const read = (env: Record<string, string>) => readConfig([], { XDG_CACHE_HOME: '/nowhere', ...env });

test('without a setting: one job at a time, three waiting, eight seconds, the demo model', () => {
  const options = serviceOptions(read({}));
  expect(options).toMatchObject({ maxConcurrent: 1, queueMax: 3, maxWaitMs: 8_000, maxAudioSeconds: 14_400 });
  expect(options.engine).toMatchObject({ model: 'sotto-demo-en', device: 'auto', lanes: 1, spares: 1 });
  expect(options.engine.limits).toMatchObject({ growthMb: 1_024, memoryMb: undefined });
  expect(read({}).asr.enabled).toBe(true);
  expect(modelFolders(read({})).some((folder) => folder.includes('nowhere'))).toBe(false);
});

test('each is read, none as none', () => {
  const env = {
    ASR_MAX_CONCURRENT: '4',
    ASR_QUEUE_MAX: '0',
    ASR_DEVICE: 'cpu',
    ASR_SPARES: '0',
    ASR_LANES: '8',
  };
  const options = serviceOptions(read({ ...env, ASR_ENGINE_MEMORY_MB: '900', ASR_ENGINE_GROWTH_MB: 'none' }));
  expect(options).toMatchObject({ maxConcurrent: 4, queueMax: 0 });
  expect(options.engine).toMatchObject({ device: 'cpu', spares: 0, lanes: 8 });
  expect(options.engine.limits).toMatchObject({ memoryMb: 900, growthMb: undefined });
});

const TINY = 'onnx-community/whisper-tiny.en';
const BASE = 'onnx-community/whisper-base.en';

test('which models may be asked for: its own alone unless said, those that are named, or all that are here', async () => {
  expect((await pooledOptions(read({}))).models).toMatchObject({ others: [], preload: [] });
  const named = { ASR_MODELS: `${TINY}, sotto-demo-en ${BASE}`, ASR_PRELOAD: `sotto-demo-en,${BASE}` };
  expect((await pooledOptions(read({ ...named, ASR_MODEL_MEMORY_MB: '700' }))).models).toEqual({
    others: [TINY, BASE],
    preload: ['sotto-demo-en', BASE],
    memoryBytes: 700 * 2 ** 20,
  });
  // Nothing but the demo model comes with it.
  const all = (await pooledOptions(read({ ASR_MODELS: 'all' }))).models;
  expect(all?.others).toEqual([]);
  expect(all?.memoryBytes).toBeGreaterThan(64 * 2 ** 20);
  expect(all?.memoryBytes).toBeLessThanOrEqual(totalmem() / 2);
  await expect(pooledOptions(read({ ASR_PRELOAD: TINY }))).rejects.toThrow('ASR_MODELS does not');
});

test.each([
  ['ASR_MODELS', `${TINY},gpt`, 'models of the catalogue'],
  ['ASR_MODEL_MEMORY_MB', 'much', 'a whole number from 64'],
  ['ASR_MAX_CONCURRENT', '0', 'a whole number from 1 to 1000'],
  ['ASR_QUEUE_MAX', '1.5', 'a whole number'],
  ['ASR_DEVICE', 'tpu', 'one of auto, cuda, webgpu, cpu'],
  ['ASR_MODEL', 'gpt', 'a model of the catalogue'],
  ['ASR_ENGINE_CPUS', '1;rm', 'none, or cores such as 2-5,7'],
  ['ASR_ENABLED', 'yes', 'one of on, off'],
  ['ASR_MAX_AUDIO_SECONDS', '-1', 'a number from 1'],
])('%s=%s is refused with what it may be', (variable, text, message) => {
  expect(() => read({ [variable]: text })).toThrow(StartError);
  expect(() => read({ [variable]: text })).toThrow(`${variable} must be ${message}`);
});

test('cores that this machine has not got are refused before an engine is started on them', () => {
  expect(serviceOptions(read({ ASR_ENGINE_CPUS: '0' })).engine.cpus).toBe('0');
  expect(() => serviceOptions(read({ ASR_ENGINE_CPUS: '9999' }))).toThrow(/ASR_ENGINE_CPUS=9999 .*affinity/);
});
