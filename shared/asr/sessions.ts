/** What the engine needs of an ONNX runtime and a tokenizer, and the account of the tensors it holds. */
import { SottoError, toSottoError } from '../errors.ts';

/** Weight formats as transformers.js names them; each has its own file suffix. */
export type Dtype = 'fp32' | 'fp16' | 'q8' | 'int8' | 'uint8' | 'q4' | 'q4f16' | 'bnb4';

export type TensorType = 'float32' | 'float16' | 'int64' | 'bool';
export type TensorData = Float32Array | Uint16Array | BigInt64Array | Uint8Array;

/** A tensor of the runtime. `data` may be read only where `location` is `cpu`. */
export interface TensorPort {
  readonly type: string;
  readonly dims: readonly number[];
  readonly location: string;
  readonly data: unknown;
  dispose(): void;
}

export type TensorMap = Readonly<Record<string, TensorPort>>;

export interface InputMetadata {
  readonly name: string;
  readonly type?: string;
}

export interface SessionPort {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputMetadata: readonly InputMetadata[];
  /** Computes the outputs named in `fetches` and no others. */
  run(feeds: TensorMap, fetches: readonly string[]): Promise<TensorMap>;
  release(): Promise<void>;
}

export interface TokenizerPort {
  /** Tokens of a text, without specials around it. */
  encode(text: string): number[];
  /** Text of the tokens without specials, neither trimmed nor cleaned up. */
  decode(tokens: readonly number[]): string;
  idOf(token: string): number | undefined;
}

export type MakeTensor = (type: TensorType, data: TensorData, dims: readonly number[]) => TensorPort;

/**
 * Every tensor the engine made or was given, until it is freed: on a GPU nothing else would free it. One ledger
 * serves one engine; `freeAll` at the end of a run leaves none behind, whatever the run ended with.
 */
export class TensorLedger {
  readonly #make: MakeTensor;
  readonly #held = new Set<TensorPort>();

  constructor(make: MakeTensor) {
    this.#make = make;
  }

  get live(): number {
    return this.#held.size;
  }

  make(type: TensorType, data: TensorData, dims: readonly number[]): TensorPort {
    const tensor = this.#make(type, data, dims);
    this.#held.add(tensor);
    return tensor;
  }

  /** Runs a session and holds what it answers. */
  async run(session: SessionPort, feeds: TensorMap, fetches: readonly string[]): Promise<TensorMap> {
    const outputs = await session.run(feeds, fetches);
    for (const tensor of Object.values(outputs)) this.#held.add(tensor);
    return outputs;
  }

  free(...tensors: readonly TensorPort[]): void {
    for (const tensor of tensors) {
      if (this.#held.delete(tensor)) tensor.dispose();
    }
  }

  freeAll(): void {
    this.free(...this.#held);
  }
}

/** The named output, or `engine_exited` when the model does not give it. */
export function output(outputs: TensorMap, name: string): TensorPort {
  const tensor = outputs[name];
  if (tensor === undefined) throw new SottoError('engine_exited', `the model gave no ${name}`);
  return tensor;
}

/** A float tensor's values on the CPU as 32-bit floats; half precision is widened into a copy. */
export function floats(tensor: TensorPort): Float32Array {
  const { data } = tensor;
  if (data instanceof Float32Array) return data;
  if (tensor.type === 'float16' && ArrayBuffer.isView(data)) {
    return widen(new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2));
  }
  throw new SottoError('engine_exited', `${tensor.type} tensor where floats were expected`);
}

/** IEEE 754 binary16 to binary32. */
function widen(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    let value: number;
    if (exponent === 0) value = fraction * 2 ** -24;
    else if (exponent === 31) value = fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
    else value = (1 + fraction / 1024) * 2 ** (exponent - 15);
    values[i] = half & 0x8000 ? -value : value;
  }
  return values;
}

const LOST =
  /device[^.]{0,40}\b(lost|hung|removed|reset)\b|\b(lost|hung|removed)\b[^.]{0,20}device|DXGI_ERROR_DEVICE|context lost/i;
const NO_MEMORY =
  /out of memory|bad_alloc|OOM\b|allocation failed|failed to allocate|memory access out of bounds|could not allocate|exceeds.{0,30}limit.{0,30}buffer/i;

/** What a runtime threw, by what its message says of the device; otherwise `fallback`. */
export function toEngineError(thrown: unknown, fallback: 'engine_exited' | 'model_load_failed'): SottoError {
  const error = toSottoError(thrown, fallback);
  if (thrown instanceof SottoError || error.code !== fallback || error.detail === undefined) return error;
  if (LOST.test(error.detail)) return new SottoError('device_lost', error.detail, { cause: thrown });
  if (NO_MEMORY.test(error.detail)) return new SottoError('out_of_memory', error.detail, { cause: thrown });
  return error;
}
