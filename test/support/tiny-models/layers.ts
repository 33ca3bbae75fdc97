/** Layers of speech models over a graph, with weights drawn from one seed. */
import { mulberry32 } from '../../../shared/asr/sampling.ts';
import type { Graph } from './onnx-graph.ts';

export interface Shape {
  readonly width: number;
  readonly heads: number;
}

/** Draws each weight once, by its name: the same seed and name give the same values, in whatever order. */
export class Weights {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Evenly from [-scale, scale). */
  draw(name: string, length: number, scale: number): Float32Array {
    let seed = this.#seed;
    for (const letter of name) seed = (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0;
    const random = mulberry32(seed);
    return Float32Array.from({ length }, () => (2 * random() - 1) * scale);
  }
}

export class Layers {
  readonly graph: Graph;
  readonly #weights: Weights;
  readonly #shape: Shape;

  constructor(graph: Graph, weights: Weights, shape: Shape) {
    this.graph = graph;
    this.#weights = weights;
    this.#shape = shape;
  }

  weight(name: string, dims: readonly number[], scale: number): string {
    const length = dims.reduce((product, dim) => product * dim, 1);
    return this.graph.floats(name, this.#weights.draw(name, length, scale), dims);
  }

  /** [.., from] to [.., to]; `raised`: an output that is to be this much larger */
  linear(x: string, name: string, from: number, to: number, gain = 1, raised?: [number, number]): string {
    const product = this.graph.op('MatMul', [
      x,
      this.weight(`${name}.weight`, [from, to], gain * Math.sqrt(3 / from)),
    ]);
    const bias = this.#weights.draw(`${name}.bias`, to, 0.1);
    if (raised !== undefined) bias[raised[0]]! += raised[1];
    return this.graph.op('Add', [product, this.graph.floats(`${name}.bias`, bias, [to])]);
  }

  /** [rows, from, samples] to [rows, to, fewer], without padding */
  conv(x: string, name: string, from: number, to: number, kernel: number, stride: number): string {
    const weight = this.weight(`${name}.weight`, [to, from, kernel], Math.sqrt(3 / (from * kernel)));
    return this.graph.op('Conv', [x, weight], { kernel_shape: [kernel], strides: [stride] });
  }

  /** Over channels and time together, as one group: what is heard anywhere changes all of it. */
  groupNorm(x: string): string {
    const mean = this.graph.op('ReduceMean', [x], { axes: [1, 2], keepdims: 1 });
    const centred = this.graph.op('Sub', [x, mean]);
    const square = this.graph.op('Mul', [centred, centred]);
    const variance = this.graph.op('ReduceMean', [square], { axes: [1, 2], keepdims: 1 });
    const deviation = this.graph.op('Sqrt', [this.graph.op('Add', [variance, this.graph.scalar(1e-5)])]);
    return this.graph.op('Div', [centred, deviation]);
  }

  layerNorm(x: string, name: string): string {
    const { width } = this.#shape;
    const ones = this.graph.floats(`${name}.weight`, new Float32Array(width).fill(1), [width]);
    return this.graph.op('LayerNormalization', [x, ones, this.weight(`${name}.bias`, [width], 0.1)], {
      axis: -1,
    });
  }

  gelu(x: string): string {
    const erf = this.graph.op('Erf', [this.graph.op('Div', [x, this.graph.scalar(Math.SQRT2)])]);
    const half = this.graph.op('Mul', [x, this.graph.scalar(0.5)]);
    return this.graph.op('Mul', [half, this.graph.op('Add', [erf, this.graph.scalar(1)])]);
  }

  /** [rows, length, width] to [rows, heads, length, width / heads] */
  heads(x: string): string {
    const { width, heads } = this.#shape;
    const split = this.graph.op('Reshape', [x, this.graph.ints(0, 0, heads, width / heads)]);
    return this.graph.op('Transpose', [split], { perm: [0, 2, 1, 3] });
  }

  /** Heads of a projection of x. */
  project(x: string, name: string): string {
    return this.heads(this.linear(x, name, this.#shape.width, this.#shape.width));
  }

  attend(query: string, key: string, value: string, mask?: string): string {
    const { width, heads } = this.#shape;
    const turned = this.graph.op('Transpose', [key], { perm: [0, 1, 3, 2] });
    const scale = this.graph.scalar(Math.sqrt(heads / width));
    const scores = this.graph.op('Mul', [this.graph.op('MatMul', [query, turned]), scale]);
    const masked = mask === undefined ? scores : this.graph.op('Add', [scores, mask]);
    const attention = this.graph.op('Softmax', [masked], { axis: -1 });
    const mixed = this.graph.op('Transpose', [this.graph.op('MatMul', [attention, value])], {
      perm: [0, 2, 1, 3],
    });
    return this.graph.op('Reshape', [mixed, this.graph.ints(0, 0, width)]);
  }

  /** Attention to itself and a feed-forward layer, each added to what went in. */
  encoderLayer(x: string, name: string): string {
    const normed = this.layerNorm(x, `${name}.norm`);
    const heard = this.attend(
      this.project(normed, `${name}.query`),
      this.project(normed, `${name}.key`),
      this.project(normed, `${name}.value`),
    );
    return this.feedForward(this.added(x, heard, `${name}.out`), name);
  }

  added(x: string, more: string, name: string, gain = 1): string {
    return this.graph.op('Add', [x, this.linear(more, name, this.#shape.width, this.#shape.width, gain)]);
  }

  feedForward(x: string, name: string): string {
    const { width } = this.#shape;
    const inner = this.gelu(
      this.linear(this.layerNorm(x, `${name}.feedNorm`), `${name}.in`, width, 2 * width),
    );
    return this.graph.op('Add', [x, this.linear(inner, `${name}.back`, 2 * width, width)]);
  }
}
