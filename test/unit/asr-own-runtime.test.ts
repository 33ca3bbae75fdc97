/** A worker chooses its onnxruntime build before it imports load.ts; transformers.js then knows no devices. */
import { expect, test } from 'vitest';

test('an engine on a runtime the caller brought', async () => {
  const { default: runtime } = await import('onnxruntime-node');
  const created: unknown[] = [];
  const { InferenceSession } = runtime;
  const brought = {
    ...runtime,
    InferenceSession: {
      create: (model: Uint8Array, options: object) => {
        created.push(options);
        return InferenceSession.create(model, options);
      },
    },
  };
  Object.assign(globalThis, { [Symbol.for('onnxruntime')]: brought });
  const { loadTestEngine } = await import('../support/models.ts');
  const { selfTestOf } = await import('../../shared/asr/self-test.ts');

  const engine = await loadTestEngine('sotto-demo-en', 'q8', { selfTest: selfTestOf('sotto-demo-en') });
  expect(created).toHaveLength(2);
  expect(created).toEqual([
    expect.objectContaining({ executionProviders: ['cpu'], intraOpNumThreads: 1 }),
    expect.objectContaining({ executionProviders: ['cpu'], intraOpNumThreads: 1 }),
  ]);
  await engine.dispose();
});
