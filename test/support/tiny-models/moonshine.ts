/**
 * A Moonshine of random weights as Optimum exports one: the waveform into `encoder_model.onnx`, whose length follows the
 * sound's; `decoder_model_merged.onnx` with one `If` on use_cache_branch. The convolutions are the real ones' (127/64,
 * 7/3, 3/2) with the norm over the whole window between them; positions of the decoder are a table, not rotary.
 */
import { json, type ModelFolder } from './folder.ts';
import { Layers, Weights } from './layers.ts';
import { Graph, onnxFile, type Value } from './onnx-graph.ts';
import { syllables } from './syllables.ts';

const SEED = 7;
const WIDTH = 16;
const HEADS = 2;
const HEAD_SIZE = WIDTH / HEADS;
const POSITIONS = 194;
const START = 1;
const END = 2;
/** Without it no text would end before its limit. */
const MORE_ENDS = 2;
const SHAPE = { width: WIDTH, heads: HEADS };
const KEYS = ['decoder.key', 'decoder.value', 'encoder.key', 'encoder.value'] as const;

export function tinyMoonshine(): ModelFolder {
  const vocabulary = ['<unk>', '<s>', '</s>', ...syllables('▁')];
  return {
    'config.json': json({
      architectures: ['MoonshineForConditionalGeneration'],
      model_type: 'moonshine',
      is_encoder_decoder: true,
      vocab_size: vocabulary.length,
      hidden_size: WIDTH,
      encoder_num_hidden_layers: 1,
      encoder_num_attention_heads: HEADS,
      encoder_num_key_value_heads: HEADS,
      decoder_num_hidden_layers: 1,
      decoder_num_attention_heads: HEADS,
      decoder_num_key_value_heads: HEADS,
      max_position_embeddings: POSITIONS,
      bos_token_id: START,
      decoder_start_token_id: START,
      eos_token_id: END,
    }),
    'generation_config.json': json({
      bos_token_id: START,
      decoder_start_token_id: START,
      eos_token_id: END,
      max_length: POSITIONS,
    }),
    'preprocessor_config.json': json({
      feature_extractor_type: 'MoonshineFeatureExtractor',
      processor_class: 'MoonshineProcessor',
      feature_size: 1,
      sampling_rate: 16_000,
      do_normalize: false,
      return_attention_mask: true,
    }),
    'tokenizer.json': json(tokenizerOf(vocabulary)),
    'tokenizer_config.json': json({
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: '<s>',
      eos_token: '</s>',
      unk_token: '<unk>',
      clean_up_tokenization_spaces: false,
    }),
    'onnx/encoder_model.onnx': encoder(),
    'onnx/decoder_model_merged.onnx': decoder(vocabulary.length),
  };
}

/** Byte-pair encoding in SentencePiece's manner, without merges: nothing is ever encoded. */
function tokenizerOf(vocabulary: readonly string[]) {
  const added = vocabulary.slice(0, 3).map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  const space = { String: '▁' };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    pre_tokenizer: null,
    post_processor: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: space, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    model: {
      type: 'BPE',
      unk_token: '<unk>',
      fuse_unk: true,
      byte_fallback: false,
      vocab: Object.fromEntries(vocabulary.map((piece, id) => [piece, id])),
      merges: [],
    },
  };
}

function encoder(): Uint8Array {
  const graph = new Graph();
  const layers = new Layers(graph, new Weights(SEED), SHAPE);
  const waveform = graph.op('Unsqueeze', ['input_values', graph.ints(1)]);
  const first = graph.op('Tanh', [layers.conv(waveform, 'conv1', 1, WIDTH, 127, 64)]);
  const second = layers.gelu(layers.conv(layers.groupNorm(first), 'conv2', WIDTH, 2 * WIDTH, 7, 3));
  const third = layers.gelu(layers.conv(second, 'conv3', 2 * WIDTH, WIDTH, 3, 2));
  const heard = layers.encoderLayer(graph.op('Transpose', [third], { perm: [0, 2, 1] }), 'encoder');
  graph.op('Identity', [layers.layerNorm(heard, 'encoder.last')], {}, 'last_hidden_state');
  graph.output({ name: 'last_hidden_state', type: 'float32', dims: ['batch_size', 'positions', WIDTH] });
  return onnxFile(graph, 'encoder', [
    { name: 'input_values', type: 'float32', dims: ['batch_size', 'num_samples'] },
  ]);
}

function decoder(vocabulary: number): Uint8Array {
  const root = new Graph();
  const past = (key: string) => `past_key_values.0.${key}`;
  const lengthOf = (key: string) => (key.startsWith('decoder') ? 'past_length' : 'encoder_length');
  const cacheDims = (key: string) => ['batch_size', HEADS, lengthOf(key), HEAD_SIZE];
  const outputs: Value[] = [
    { name: 'logits', type: 'float32', dims: ['batch_size', 'length', vocabulary] },
    ...KEYS.map((key): Value => ({ name: `present.0.${key}`, type: 'float32', dims: presentDims(key) })),
  ];
  root.node(
    'If',
    ['use_cache_branch'],
    outputs.map(({ name }) => name),
    { then_branch: branch(root, vocabulary, true), else_branch: branch(root, vocabulary, false) },
  );
  root.output(...outputs);
  return onnxFile(root, 'decoder_merged', [
    { name: 'input_ids', type: 'int64', dims: ['batch_size', 'length'] },
    { name: 'encoder_hidden_states', type: 'float32', dims: ['batch_size', 'positions', WIDTH] },
    ...KEYS.map((key): Value => ({ name: past(key), type: 'float32', dims: cacheDims(key) })),
    { name: 'use_cache_branch', type: 'bool', dims: [1] },
  ]);
}

const presentDims = (key: string) => ['batch_size', HEADS, `present_${key}`, HEAD_SIZE];

/** With a cache: one position more than it holds. Without: all of it, the encoder's keys and values too. */
function branch(root: Graph, vocabulary: number, cached: boolean): Graph {
  const graph = new Graph(cached ? 'cached_' : 'fresh_', root);
  const layers = new Layers(graph, new Weights(SEED), SHAPE);
  const sizeOf = (name: string, axis: number) =>
    graph.op('Slice', [graph.op('Shape', [name]), graph.ints(axis), graph.ints(axis + 1)]);
  const begin = cached ? sizeOf('past_key_values.0.decoder.key', 2) : graph.ints(0);
  const total = graph.op('Add', [begin, sizeOf('input_ids', 1)]);
  const table = layers.weight('decoder.positions', [POSITIONS, WIDTH], 0.5);
  const positions = graph.op('Slice', [table, begin, total, graph.ints(0)]);
  const embedded = graph.op('Gather', [layers.weight('decoder.tokens', [vocabulary, WIDTH], 1), 'input_ids']);
  const x = graph.op('Add', [embedded, positions]);

  const normed = layers.layerNorm(x, 'decoder.norm');
  const grown = (kind: 'key' | 'value') => {
    const fresh = layers.project(normed, `decoder.${kind}`);
    return cached ? graph.op('Concat', [`past_key_values.0.decoder.${kind}`, fresh], { axis: 2 }) : fresh;
  };
  const key = grown('key');
  const value = grown('value');
  const mask = causalMask(graph, begin, total);
  const said = layers.attend(layers.project(normed, 'decoder.query'), key, value, mask);
  const withSaid = layers.added(x, said, 'decoder.out');

  const heardOf = (kind: 'key' | 'value') =>
    cached ? `past_key_values.0.encoder.${kind}` : layers.project('encoder_hidden_states', `cross.${kind}`);
  const heardKey = heardOf('key');
  const heardValue = heardOf('value');
  const query = layers.project(layers.layerNorm(withSaid, 'cross.norm'), 'cross.query');
  const withHeard = layers.added(withSaid, layers.attend(query, heardKey, heardValue), 'cross.out', 2);
  const last = layers.layerNorm(layers.feedForward(withHeard, 'decoder'), 'decoder.last');
  const logits = layers.linear(last, 'logits', WIDTH, vocabulary, 2, [END, MORE_ENDS]);

  // like Optimum: with a cache the encoder's part does not change, and comes out empty
  const empty = () => graph.op('ConstantOfShape', [graph.ints(0, HEADS, 1, HEAD_SIZE)]);
  const results = [logits, key, value, ...(cached ? [empty(), empty()] : [heardKey, heardValue])];
  graph.output(...results.map((name): Value => ({ name: graph.op('Identity', [name]), type: 'float32' })));
  return graph;
}

/** [positions, positions so far]: far below zero where a key is later than the query. */
function causalMask(graph: Graph, begin: string, total: string): string {
  const range = (from: string, to: string) => graph.op('Range', [from, to, graph.scalar(1, 'int64')]);
  const single = (name: string) => graph.op('Squeeze', [name]);
  const keys = graph.op('Unsqueeze', [range(graph.scalar(0, 'int64'), single(total)), graph.ints(0)]);
  const queries = graph.op('Unsqueeze', [range(single(begin), single(total)), graph.ints(1)]);
  const late = graph.op('Greater', [keys, queries]);
  return graph.op('Where', [late, graph.scalar(-1e9), graph.scalar(0)]);
}
