/**
 * CTC models of random weights as Optimum exports them: one graph, `model.onnx`.
 *
 * A wav2vec2: the waveform in, logits of 31 characters and the blank every 320 samples out. Like the base models it
 * normalises over the whole window after the first convolution, and has no mask.
 *
 * A Parakeet: log-mel frames and their mask in, logits of syllables and the blank for every eighth frame out; its weights
 * lie in a file beside the graph, as the real one's do.
 */
import { json, type ModelFolder } from './folder.ts';
import { Layers, Weights } from './layers.ts';
import { Graph, onnxFile, onnxFiles } from './onnx-graph.ts';
import { syllables } from './syllables.ts';

const SEED = 3;
const WIDTH = 16;
const HEADS = 2;
/** A frame is 80 ms: eight of the spectrogram's. */
const SUBSAMPLING = 8;
const MELS = 80;
/** As wav2vec2-base-960h's, in its order. */
const VOCABULARY = ['<pad>', '<s>', '</s>', '<unk>', '|', ..."ETAONIHSRDLUMWCFGYPBVK'XJQZ"];

export function tinyWav2vec2(): ModelFolder {
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
    'tokenizer.json': json(tokenizerOf(VOCABULARY, characterDecoder)),
    'tokenizer_config.json': json({
      tokenizer_class: 'Wav2Vec2CTCTokenizer',
      pad_token: '<pad>',
      bos_token: '<s>',
      eos_token: '</s>',
      unk_token: '<unk>',
      word_delimiter_token: '|',
    }),
    'onnx/model.onnx': waveformGraph(),
  };
}

const PIECES = ['<unk>', ...syllables('▁'), '<pad>'];

export function tinyParakeet(): ModelFolder {
  const blank = PIECES.length - 1;
  const { graph, data } = spectrogramGraph();
  return {
    'config.json': json({
      architectures: ['ParakeetForCTC'],
      model_type: 'parakeet_ctc',
      vocab_size: PIECES.length,
      pad_token_id: blank,
      'transformers.js_config': { use_external_data_format: { 'model.onnx': 1 } },
      encoder_config: {
        model_type: 'parakeet_encoder',
        hidden_size: WIDTH,
        num_hidden_layers: 1,
        num_attention_heads: HEADS,
        num_mel_bins: MELS,
        subsampling_factor: SUBSAMPLING,
      },
    }),
    'preprocessor_config.json': json({
      feature_extractor_type: 'ParakeetFeatureExtractor',
      feature_size: MELS,
      hop_length: 160,
      n_fft: 512,
      preemphasis: 0.97,
      sampling_rate: 16_000,
      win_length: 400,
      return_attention_mask: true,
    }),
    'tokenizer.json': json(tokenizerOf(PIECES, pieceDecoder)),
    'tokenizer_config.json': json({
      tokenizer_class: 'PreTrainedTokenizerFast',
      pad_token: '<pad>',
      unk_token: '<unk>',
      clean_up_tokenization_spaces: false,
    }),
    'onnx/model.onnx': graph,
    'onnx/model.onnx_data': data,
  };
}

const characterDecoder = { type: 'CTC', pad_token: '<pad>', word_delimiter_token: '|', cleanup: true };
const pieceDecoder = {
  type: 'Sequence',
  decoders: [
    { type: 'CTC', pad_token: '<pad>', cleanup: false },
    { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
    { type: 'Strip', content: ' ', start: 1, stop: 0 },
  ],
};

function tokenizerOf(vocabulary: readonly string[], decoder: object) {
  const specials = ['<s>', '</s>', '<unk>'].filter((content) => vocabulary.includes(content));
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specials.map((content) => ({
      id: vocabulary.indexOf(content),
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
    decoder,
    model: {
      type: 'WordLevel',
      unk_token: '<unk>',
      vocab: Object.fromEntries(vocabulary.map((piece, id) => [piece, id])),
    },
  };
}

function waveformGraph(): Uint8Array {
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

function spectrogramGraph() {
  const whole = new Graph();
  const layers = new Layers(whole, new Weights(SEED), { width: WIDTH, heads: HEADS });
  const mask = whole.op('Unsqueeze', [whole.op('Cast', ['attention_mask'], { to: 1 }), whole.ints(2)]);
  const sounding = whole.op('Mul', ['input_features', mask]);
  const bands = whole.op('Transpose', [sounding], { perm: [0, 2, 1] });
  const first = layers.gelu(layers.conv(bands, 'sub', MELS, WIDTH, SUBSAMPLING, SUBSAMPLING));
  const frames = whole.op('Transpose', [first], { perm: [0, 2, 1] });
  const heard = layers.layerNorm(layers.encoderLayer(frames, 'encoder'), 'encoder.last');
  const blank = PIECES.length - 1;
  whole.op('Identity', [layers.linear(heard, 'head', WIDTH, PIECES.length, 2, [blank, 2])], {}, 'logits');
  whole.output({ name: 'logits', type: 'float32', dims: ['batch_size', 'frames', PIECES.length] });
  const inputs = [
    { name: 'input_features', type: 'float32', dims: ['batch_size', 'mel_frames', MELS] },
    { name: 'attention_mask', type: 'int64', dims: ['batch_size', 'mel_frames'] },
  ] as const;
  return onnxFiles(whole, 'parakeet', inputs, 'model.onnx_data');
}
