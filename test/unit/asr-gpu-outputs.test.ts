import { afterAll, beforeAll, expect, test } from 'vitest';
import { keptOnGpu } from '../../shared/asr/gpu-outputs.ts';
import type { WhisperModel } from '../../shared/asr/whisper.ts';
import { loadTestModel } from '../support/models.ts';

let model: WhisperModel;
beforeAll(async () => {
  model = await loadTestModel('sotto-demo-en');
}, 60_000);
afterAll(async () => {
  await model?.encoder.release();
  await model?.decoder.release();
});

test('what a step feeds to the next stays on the GPU: every key and value the decoder has, and the encoder output', () => {
  const kept = keptOnGpu(model.config.decoderLayers);
  const cached = model.decoder.outputNames.filter((name) => name.startsWith('present.'));
  expect(cached.length).toBe(4 * model.config.decoderLayers);
  for (const name of [...cached, 'last_hidden_state']) expect(kept[name], name).toBe('gpu-buffer');
  expect(Object.keys(kept).sort()).toEqual([...cached, 'last_hidden_state'].sort());
  // read by the rules in every step
  expect(kept.logits).toBeUndefined();
});
