import { describe, expect, test } from 'vitest';
import { floats, toEngineError } from '../../shared/asr/sessions.ts';
import { SottoError } from '../../shared/errors.ts';

describe('what a runtime throws', () => {
  test.each([
    ['GPUDevice was lost: unknown', 'device_lost'],
    ['A valid external Instance reference no longer exists. Device is lost.', 'device_lost'],
    ['DXGI_ERROR_DEVICE_REMOVED', 'device_lost'],
    ['WebGL context lost', 'device_lost'],
    ['std::bad_alloc', 'out_of_memory'],
    [
      'failed to call OrtRun(). ERROR_CODE: 6, ERROR_MESSAGE: Failed to allocate memory for requested buffer of size 99',
      'out_of_memory',
    ],
    ['Array buffer allocation failed', 'out_of_memory'],
    ['memory access out of bounds', 'out_of_memory'],
    ['Non-zero status code returned while running MatMul node', 'engine_exited'],
  ] as const)('%s: %s', (message, code) => {
    expect(toEngineError(new Error(message), 'engine_exited')).toMatchObject({ code, detail: message });
  });

  test('is passed on when it is ours already', () => {
    const error = new SottoError('cancelled', 'device lost');
    expect(toEngineError(error, 'engine_exited')).toBe(error);
  });

  test('is a failed load while loading', () => {
    expect(toEngineError('broken', 'model_load_failed')).toMatchObject({ code: 'model_load_failed' });
  });
});

describe('floats', () => {
  const tensor = (type: string, data: unknown) => ({ type, data, dims: [1], location: 'cpu', dispose() {} });

  test('of half precision are widened', () => {
    const halves = new Uint16Array([0x3c00, 0xc000, 0x0001, 0x7c00, 0xfbff, 0x8000]);
    const wide = [1, -2, 2 ** -24, Number.POSITIVE_INFINITY, -65504, -0];
    expect([...floats(tensor('float16', halves))]).toEqual(wide);
    expect(floats(tensor('float16', new Uint16Array([0x7e00])))[0]).toBeNaN();
  });

  test('are given as they are, and nothing else is', () => {
    const values = new Float32Array([1]);
    expect(floats(tensor('float32', values))).toBe(values);
    expect(() => floats(tensor('int64', new BigInt64Array(1)))).toThrow(SottoError);
  });
});
