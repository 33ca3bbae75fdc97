/** Models that are no Whisper, through the page on WASM. */
import { testKind } from './support/kinds.ts';

testKind({
  id: 'onnx-community/moonshine-tiny-ONNX',
  folder: 'tiny-random-moonshine',
  graph: 'onnx/decoder_model_merged.onnx',
  as: 'onnx/decoder_model_merged_quantized.onnx',
  runsOn: /CPU/,
});

testKind({
  id: 'Xenova/wav2vec2-base-960h',
  folder: 'tiny-random-wav2vec2',
  graph: 'onnx/model.onnx',
  as: 'onnx/model_quantized.onnx',
  runsOn: /CPU/,
});
