/** Keys and values the decoder keeps between steps: its own, longer by one each step, and the encoder's, made once. */
import type { SessionPort, TensorLedger, TensorMap, TensorPort, TensorType } from './sessions.ts';
import { output } from './sessions.ts';

export interface KvShape {
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
}

type Source = 'decoder' | 'encoder';

/** Inputs are `past_key_values.N.decoder.key`, outputs `present.N.decoder.key` and so on: [rows, heads, length, headSize]. */
export class KvCache {
  readonly #ledger: TensorLedger;
  readonly #decoder: SessionPort;
  readonly #shape: KvShape;
  #past = new Map<string, TensorPort>();
  #filled = false;

  /** Empty, for the first step of `rows` rows. */
  constructor(ledger: TensorLedger, decoder: SessionPort, shape: KvShape, rows: number) {
    this.#ledger = ledger;
    this.#decoder = decoder;
    this.#shape = shape;
    const { heads, headSize } = shape;
    for (const name of this.#names(['decoder', 'encoder'])) {
      const type = this.#inputType(`past_key_values.${name}`);
      const data = type === 'float16' ? new Uint16Array(0) : new Float32Array(0);
      this.#past.set(name, ledger.make(type, data, [rows, heads, 0, headSize]));
    }
  }

  /** False before the first step: the model then computes the encoder's part too. */
  get filled(): boolean {
    return this.#filled;
  }

  feeds(): Record<string, TensorPort> {
    return Object.fromEntries([...this.#past].map(([name, tensor]) => [`past_key_values.${name}`, tensor]));
  }

  fetches(): string[] {
    return [...this.#fresh()].map((name) => `present.${name}`);
  }

  /** Takes over what a step gave and frees what it replaces. */
  update(outputs: TensorMap): void {
    for (const name of this.#fresh()) {
      const old = this.#past.get(name);
      if (old !== undefined) this.#ledger.free(old);
      this.#past.set(name, output(outputs, `present.${name}`));
    }
    this.#filled = true;
  }

  /** Whether rows can be dropped by copying: not from a GPU. */
  get onCpu(): boolean {
    return [...this.#past.values()].every((tensor) => tensor.location === 'cpu');
  }

  /** Keeps only these rows, in this order. */
  keep(rows: readonly number[]): void {
    for (const [name, tensor] of this.#past) this.#past.set(name, takeRows(this.#ledger, tensor, rows));
  }

  /** Frees what it holds; not to be used afterwards. */
  free(): void {
    this.#ledger.free(...this.#past.values());
    this.#past.clear();
  }

  #fresh(): Iterable<string> {
    return this.#names(this.#filled ? ['decoder'] : ['decoder', 'encoder']);
  }

  *#names(sources: readonly Source[]): Iterable<string> {
    for (let layer = 0; layer < this.#shape.layers; layer++) {
      for (const source of sources) {
        yield `${layer}.${source}.key`;
        yield `${layer}.${source}.value`;
      }
    }
  }

  #inputType(name: string): TensorType {
    const meta = this.#decoder.inputMetadata.find((input) => input.name === name);
    return meta?.type === 'float16' ? 'float16' : 'float32';
  }
}

/** A new tensor of some rows (first dimension) of one on the CPU, which stays. */
export function copyRows(ledger: TensorLedger, tensor: TensorPort, rows: readonly number[]): TensorPort {
  const [count = 0, ...rest] = tensor.dims;
  const source = tensor.data as Float32Array | Uint16Array;
  const half = tensor.type === 'float16';
  const values = half ? new Uint16Array(source.buffer, source.byteOffset, source.length) : source;
  const width = values.length / count;
  const taken = half ? new Uint16Array(rows.length * width) : new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    taken.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return ledger.make(half ? 'float16' : 'float32', taken, [rows.length, ...rest]);
}

/** The same of a tensor that is freed. */
function takeRows(ledger: TensorLedger, tensor: TensorPort, rows: readonly number[]): TensorPort {
  const made = copyRows(ledger, tensor, rows);
  ledger.free(tensor);
  return made;
}
