/** The same on WebGPU, where keys and values stay on the GPU and rows are not dropped from a batch. */
import { testKind } from './support/kinds.ts';

testKind({
  id: 'onnx-community/moonshine-tiny-ONNX',
  folder: 'tiny-random-moonshine',
  graph: 'onnx/decoder_model_merged.onnx',
  as: 'onnx/decoder_model_merged_q4.onnx',
  runsOn: /WebGPU/,
});

testKind({
  id: 'Xenova/wav2vec2-base-960h',
  folder: 'tiny-random-wav2vec2',
  graph: 'onnx/model.onnx',
  as: 'onnx/model.onnx',
  runsOn: /WebGPU/,
});
