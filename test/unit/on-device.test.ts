import { expect, test } from 'vitest';
import { findModel } from '../../shared/asr/catalogue.ts';
import { addressOf, keysOf } from '../../shared/asr/model-keys.ts';
import { isOnDevice } from '../../web/client/on-device.ts';
import { createMemoryCaches } from '../support/memory-cache.ts';

test('a model is on the device when all its graphs are, and nowhere without storage', async () => {
  const entry = findModel('sotto-demo-en');
  if (entry === undefined) throw new Error('the demo model is gone');
  const { caches } = createMemoryCaches();
  const cache = await caches.open('');
  const keep = (id: string, path: string) =>
    cache.put(addressOf(`${keysOf(id)}1/${path}`), new Response(path));
  const seen = [await isOnDevice(entry, caches)];
  for (const path of ['config.json', 'onnx/encoder_model.onnx']) await keep(entry.id, path);
  await keep(`${entry.id}-other`, 'onnx/decoder.onnx');
  seen.push(await isOnDevice(entry, caches));
  await keep(entry.id, 'onnx/decoder_model_merged_quantized.onnx');
  seen.push(await isOnDevice(entry, caches), await isOnDevice(entry, undefined));
  expect(seen).toEqual([false, false, true, false]);
});
