/**
 * A wav2vec2 with a CTC head of random weights as Optimum exports one: `model.onnx`, the waveform in, logits of 31
 * characters and the blank every 320 samples out. Like the base models it normalises over the whole window after the
 * first convolution, and has no mask.
 */
import { json, type ModelFolder } from './folder.ts';
import { Layers, Weights } from './layers.ts';
import { Graph, onnxFile } from './onnx-graph.ts';

const SEED = 3;
const WIDTH = 16;
const HEADS = 2;
/** As wav2vec2-base-960h's, in its order. */
const VOCABULARY = ['<pad>', '<s>', '</s>', '<unk>', '|', ..."ETAONIHSRDLUMWCFGYPBVK'XJQZ"];

export function tinyCtc(): ModelFolder {
  return {
    'config.json': json({
      architectures: ['Wav2Vec2ForCTC'],
      model_type: 'wav2vec2',
      vocab_size: VOCABULARY.length,
      hidden_size: WIDTH,
      num_hidden_layers: 1,
      num_attention_heads: HEADS,
      conv_kernel: [40, 32],
      conv_stride: [20, 16],
      pad_token_id: 0,
      bos_token_id: 1,
      eos_token_id: 2,
    }),
    'preprocessor_config.json': json({
      feature_extractor_type: 'Wav2Vec2FeatureExtractor',
      processor_class: 'Wav2Vec2Processor',
      feature_size: 1,
      sampling_rate: 16_000,
      do_normalize: true,
      return_attention_mask: false,
    }),
    'tokenizer.json': json(tokenizer()),
    'tokenizer_config.json': json({
      tokenizer_class: 'Wav2Vec2CTCTokenizer',
      pad_token: '<pad>',
      bos_token: '<s>',
      eos_token: '</s>',
      unk_token: '<unk>',
      word_delimiter_token: '|',
    }),
    'onnx/model.onnx': graph(),
  };
}

function tokenizer() {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: ['<s>', '</s>', '<unk>'].map((content) => ({
      id: VOCABULARY.indexOf(content),
      content,
      single_word: false,
      lstrip: true,
      rstrip: true,
      normalized: false,
      special: true,
    })),
    normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '|' },
    pre_tokenizer: { type: 'Split', pattern: { Regex: '' }, behavior: 'Isolated', invert: false },
    post_processor: null,
    decoder: { type: 'CTC', pad_token: '<pad>', word_delimiter_token: '|', cleanup: true },
    model: {
      type: 'WordLevel',
      unk_token: '<unk>',
      vocab: Object.fromEntries(VOCABULARY.map((piece, id) => [piece, id])),
    },
  };
}

function graph(): Uint8Array {
  const whole = new Graph();
  const layers = new Layers(whole, new Weights(SEED), { width: WIDTH, heads: HEADS });
  const waveform = whole.op('Unsqueeze', ['input_values', whole.ints(1)]);
  const first = layers.gelu(layers.groupNorm(layers.conv(waveform, 'conv1', 1, WIDTH, 40, 20)));
  const second = layers.gelu(layers.conv(first, 'conv2', WIDTH, WIDTH, 32, 16));
  const frames = whole.op('Transpose', [second], { perm: [0, 2, 1] });
  const heard = layers.layerNorm(layers.encoderLayer(frames, 'encoder'), 'encoder.last');
  whole.op('Identity', [layers.linear(heard, 'head', WIDTH, VOCABULARY.length, 2, [0, 1.5])], {}, 'logits');
  whole.output({ name: 'logits', type: 'float32', dims: ['batch_size', 'frames', VOCABULARY.length] });
  return onnxFile(whole, 'wav2vec2', [
    { name: 'input_values', type: 'float32', dims: ['batch_size', 'num_samples'] },
  ]);
}
