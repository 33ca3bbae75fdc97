/**
 * Silero VAD as it is published reads one frame a run: hundreds of tiny operators and three nested conditions, 0.3 ms
 * of which most is not arithmetic. The same weights here read any number of consecutive frames at once. The
 * convolutions see one frame each and are matrix products over all of them; only the LSTM goes from frame to frame.
 * It is the same function: in order, with the same state, without looking ahead.
 *
 * `node --import tsx test/support/silero-sequence.ts` writes public/vad/silero_vad_v6_sequence.onnx from the published file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CONTEXT, FRAME, STATE } from '../../shared/speech/silero.ts';
import { floatTensors, type Graph, type GraphNode, type Initializer, onnxFile } from './onnx-file.ts';

const ROOT = join(import.meta.dirname, '../..');
/** As the package @ricky0123/vad-web has it; MIT. */
export const PUBLISHED = join(ROOT, 'test/fixtures/vad/silero_vad_v6.onnx');
export const SEQUENCE = join(ROOT, 'public/vad/silero_vad_v6_sequence.onnx');

/** of the short-time Fourier transform, samples; frequencies of it */
const HOP = 128;
const BINS = 129;
/** reflected samples after a frame */
const AFTER = 64;
/** positions of the transform in a frame */
const POSITIONS = 4;
/** a whole dimension, as Slice says it */
const REST = 2n ** 62n;

export function sileroSequence(published: Uint8Array): Uint8Array {
  const tensors = floatTensors(published);
  const weights = (name: string, length: number): Float32Array => {
    // both sampling rates have the same names; the branch of 16 kHz comes second and is the one kept
    const found = tensors.get(name);
    if (found?.length !== length) throw new Error(`no ${name} of ${length} values`);
    return found;
  };
  return onnxFile(build(weights));
}

type Weights = (name: string, length: number) => Float32Array;

/** A graph written down line by line. */
function createWriter() {
  const nodes: GraphNode[] = [];
  const initializers: Initializer[] = [];
  let names = 0;
  const constant = (data: Float32Array | BigInt64Array, dims: readonly number[]): string => {
    const name = `constant_${initializers.length}`;
    initializers.push({ name, dims, data });
    return name;
  };
  const run = (op: string, inputs: readonly string[], attributes?: GraphNode['attributes']): string => {
    const output = `${op.toLowerCase()}_${names++}`;
    nodes.push({ op, inputs, outputs: [output], ...(attributes === undefined ? {} : { attributes }) });
    return output;
  };
  const integers = (...values: readonly (number | bigint)[]) =>
    constant(BigInt64Array.from(values, BigInt), [values.length]);
  return {
    nodes,
    initializers,
    constant,
    integers,
    run,
    slice: (of: string, axis: number, from: number, to: number | bigint, stride = 1): string =>
      run('Slice', [of, integers(from), integers(to), integers(axis), integers(stride)]),
    reshape: (of: string, ...dims: readonly number[]): string => run('Reshape', [of, integers(...dims)]),
  };
}

function build(weights: Weights): Graph {
  const w = createWriter();
  const { run, slice, reshape, integers, constant } = w;
  const dense = (x: string, matrix: Float32Array, bias: Float32Array, outputs: number): string => {
    const dims = [matrix.length / outputs, outputs];
    return run('Relu', [run('Gemm', [x, constant(matrix, dims), constant(bias, [outputs])])]);
  };

  // [frames, 640] to [frames, 4, 256]: each position two hops
  const padded = run('Pad', ['input', integers(0, 0, 0, AFTER)], { mode: 'reflect' });
  const hops = reshape(padded, -1, (CONTEXT + FRAME + AFTER) / HOP, HOP);
  const seen = run('Concat', [slice(hops, 1, 0, POSITIONS), slice(hops, 1, 1, REST)], { axis: 2 });
  const basis = transposed(weights('stft.forward_basis_buffer', 2 * BINS * 2 * HOP), 2 * BINS);
  const spectrum = run('MatMul', [seen, constant(basis, [2 * HOP, 2 * BINS])]);
  const [re, im] = [slice(spectrum, 2, 0, BINS), slice(spectrum, 2, BINS, REST)];
  const magnitude = run('Sqrt', [run('Add', [run('Mul', [re, re]), run('Mul', [im, im])])]);

  // three taps at each of four positions
  const first = run('Pad', [magnitude, integers(0, 1, 0, 0, 1, 0)]);
  const taps = [0, 1, 2].map((tap) => slice(first, 1, tap, tap + POSITIONS));
  const rows = reshape(run('Concat', taps, { axis: 2 }), -1, 3 * BINS);
  const a = dense(rows, conv(weights, 0, 128, BINS, [0, 1, 2]), bias(weights, 0, 128), 128);

  // three taps at two positions, every other
  const second = run('Pad', [reshape(a, -1, POSITIONS, 128), integers(0, 1, 0, 0, 0, 0)]);
  const halves = [0, 2].map((from) => reshape(slice(second, 1, from, from + 3), -1, 1, 3 * 128));
  const pairs = reshape(run('Concat', halves, { axis: 1 }), -1, 3 * 128);
  const b = dense(pairs, conv(weights, 1, 64, 128, [0, 1, 2]), bias(weights, 1, 64), 64);

  // one position is left: of the taps only those that do not fall on padding
  const c = dense(reshape(b, -1, 2 * 64), conv(weights, 2, 64, 64, [1, 2]), bias(weights, 2, 64), 64);
  const d = dense(c, conv(weights, 3, 128, 64, [1]), bias(weights, 3, 128), 128);

  const [hidden, cell] = [slice('state', 0, 0, 1), slice('state', 0, 1, 2)];
  w.nodes.push({
    op: 'LSTM',
    inputs: [reshape(d, -1, 1, STATE), ...lstm(weights, constant), '', hidden, cell],
    outputs: ['heard', 'hidden_after', 'cell_after'],
    attributes: { hidden_size: STATE },
  });
  w.nodes.push({
    op: 'Concat',
    inputs: ['hidden_after', 'cell_after'],
    outputs: ['stateN'],
    attributes: { axis: 0 },
  });
  const last = constant(weights('decoder.decoder.2.weight', STATE), [STATE, 1]);
  const offset = constant(weights('decoder.decoder.2.bias', 1), [1]);
  const logit = run('Gemm', [run('Relu', [reshape('heard', -1, STATE)]), last, offset]);
  w.nodes.push({ op: 'Sigmoid', inputs: [logit], outputs: ['output'] });

  return {
    name: 'silero_vad_v6_sequence',
    about:
      'Silero VAD v6, 16 kHz (MIT, github.com/snakers4/silero-vad), rearranged to read consecutive frames in one run',
    nodes: w.nodes,
    initializers: w.initializers,
    inputs: [
      { name: 'input', dims: ['frames', CONTEXT + FRAME] },
      { name: 'state', dims: [2, 1, STATE] },
    ],
    outputs: [
      { name: 'output', dims: ['frames', 1] },
      { name: 'stateN', dims: [2, 1, STATE] },
    ],
  };
}

/** [rows, columns] to [columns, rows] */
function transposed(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  return Float32Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!);
}

/** A convolution's weights [outputs, inputs, 3] as a matrix [taps * inputs, outputs]. */
function conv(weights: Weights, layer: number, outputs: number, inputs: number, taps: readonly number[]) {
  const values = weights(`encoder.${layer}.reparam_conv.weight`, outputs * inputs * 3);
  const matrix = new Float32Array(taps.length * inputs * outputs);
  taps.forEach((tap, row) => {
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++) {
        matrix[(row * inputs + input) * outputs + output] = values[(output * inputs + input) * 3 + tap]!;
      }
    }
  });
  return matrix;
}

const bias = (weights: Weights, layer: number, outputs: number): Float32Array =>
  weights(`encoder.${layer}.reparam_conv.bias`, outputs);

/** PyTorch's gates are in the order input, forget, cell, output; ONNX wants input, output, forget, cell. */
function lstm(weights: Weights, constant: (data: Float32Array, dims: readonly number[]) => string): string[] {
  const gates = (name: string, width: number): Float32Array => {
    const values = weights(`decoder.rnn.${name}`, 4 * width);
    const ordered = new Float32Array(4 * width);
    [0, 3, 1, 2].forEach((gate, at) => {
      ordered.set(values.subarray(gate * width, (gate + 1) * width), at * width);
    });
    return ordered;
  };
  const biases = new Float32Array(8 * STATE);
  biases.set(gates('bias_ih', STATE));
  biases.set(gates('bias_hh', STATE), 4 * STATE);
  const square = [1, 4 * STATE, STATE];
  return [
    constant(gates('weight_ih', STATE * STATE), square),
    constant(gates('weight_hh', STATE * STATE), square),
    constant(biases, [1, 8 * STATE]),
  ];
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(SEQUENCE, sileroSequence(readFileSync(PUBLISHED)));
}
