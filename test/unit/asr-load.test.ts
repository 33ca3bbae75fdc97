import { afterEach, describe, expect, test, vi } from 'vitest';
import { loadEngine } from '../../shared/asr/load.ts';
import { SottoError } from '../../shared/errors.ts';
import { testOptions } from '../support/models.ts';

const TINY = 'tiny-random-en';
const options = testOptions(TINY);

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('loading', () => {
  test('asks the reader for what the dtype needs, and the network for nothing', async () => {
    const paths: string[] = [];
    const network = vi.fn(() => Promise.reject(new Error('the network was asked')));
    vi.stubGlobal('fetch', network);
    const engine = await loadEngine({
      ...options,
      readFile: (path) => {
        paths.push(path);
        return options.readFile(path);
      },
    });
    expect(network).not.toHaveBeenCalled();
    expect(new Set(paths)).toEqual(
      new Set([
        'config.json',
        'generation_config.json',
        'preprocessor_config.json',
        'tokenizer.json',
        'tokenizer_config.json',
        'onnx/encoder_model.onnx',
        'onnx/decoder_model_merged.onnx',
      ]),
    );
    for (const path of paths.filter((each) => each.startsWith('onnx/'))) {
      expect(paths.filter((each) => each === path)).toHaveLength(1);
    }
    expect(engine.info).toEqual({
      model: TINY,
      device: 'cpu',
      dtype: 'fp32',
      windowSeconds: 2,
      lanes: 1,
    });
    await engine.dispose();
  });

  test('engines do not read from one another', async () => {
    const [a, b] = await Promise.all([loadEngine(options), loadEngine(testOptions('sotto-demo-en', 'q8'))]);
    expect([a.info.windowSeconds, b.info.windowSeconds]).toEqual([2, 10]);
    await Promise.all([a.dispose(), b.dispose()]);
  });

  test.each(['config.json', 'tokenizer.json', 'onnx/encoder_model.onnx', 'onnx/decoder_model_merged.onnx'])(
    'says when %s is missing',
    async (missing) => {
      const readFile = async (path: string) => (path === missing ? undefined : options.readFile(path));
      await expect(loadEngine({ ...options, readFile })).rejects.toMatchObject({
        code: 'model_not_found',
        detail: missing,
      });
    },
  );

  test("passes the reader's own error on", async () => {
    const readFile = async (path: string) => {
      if (path.endsWith('.onnx')) throw new SottoError('model_offline');
      return options.readFile(path);
    };
    await expect(loadEngine({ ...options, readFile })).rejects.toMatchObject({ code: 'model_offline' });
  });

  test('says of which type a model is that no engine runs', async () => {
    const config = new TextEncoder().encode('{"model_type":"llama"}');
    const readFile = async (path: string) => (path === 'config.json' ? config : options.readFile(path));
    await expect(loadEngine({ ...options, readFile })).rejects.toMatchObject({
      code: 'model_load_failed',
      detail: expect.stringContaining('llama'),
    });
  });

  test.each(['config.json', 'tokenizer.json', 'onnx/decoder_model_merged.onnx'])(
    'says when %s is damaged',
    async (damaged) => {
      const readFile = async (path: string) => {
        const bytes = await options.readFile(path);
        return path === damaged ? bytes?.slice(0, bytes.length / 2) : bytes;
      };
      await expect(loadEngine({ ...options, readFile })).rejects.toMatchObject({ code: 'model_load_failed' });
    },
  );

  test('reads files that are part of a larger buffer', async () => {
    const readFile = async (path: string) => {
      const bytes = await options.readFile(path);
      if (bytes === undefined) return undefined;
      const larger = new Uint8Array(bytes.length + 20);
      larger.set(bytes, 7);
      return larger.subarray(7, 7 + bytes.length);
    };
    await (await loadEngine({ ...options, readFile })).dispose();
  });
});
