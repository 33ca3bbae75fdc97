/**
 * Silero VAD (v5/v6, github.com/snakers4/silero-vad) over any ONNX runtime.
 *
 * A frame is 32 ms at 16 kHz: the 64 samples before it, then its 512. `run` takes one frame of each of `lanes`
 * independent streams and their recurrent state, and gives one speech probability a lane and the next state.
 */

/** samples a probability speaks for */
export const FRAME = 512;
/** samples of the past that precede a frame in the model's input */
export const CONTEXT = 64;
/** values of recurrent state a lane and layer; two layers */
export const STATE = 128;

export interface VadStep {
  /** [lanes], in [0, 1] */
  readonly probabilities: Float32Array;
  /** [2, lanes, 128] */
  readonly state: Float32Array;
}

/** The port: the ear worker brings onnxruntime-web, Node onnxruntime-node, a test anything. */
export interface VadSession {
  /** `frames` is [lanes, 576], `state` [2, lanes, 128] (zeros to begin with). Frames of one lane go in order. */
  run(frames: Float32Array, state: Float32Array, lanes: number): Promise<VadStep>;
}

interface OrtTensor {
  readonly data: unknown;
  dispose(): void;
}

/** The part of onnxruntime's module that is used; both builds have it. */
export interface OrtModule<T extends OrtTensor> {
  readonly Tensor: {
    new (type: 'float32', data: Float32Array, dims: readonly number[]): T;
    new (type: 'int64', data: BigInt64Array, dims: readonly number[]): T;
  };
}

export interface OrtSession<T extends OrtTensor> {
  run(feeds: Record<string, T>): Promise<Record<string, OrtTensor>>;
}

/** Wraps a loaded session of the model. Every tensor is disposed; the results are copies. Throws what ORT throws. */
export function createSileroSession<T extends OrtTensor>(
  ort: OrtModule<T>,
  session: OrtSession<T>,
): VadSession {
  return {
    async run(frames, state, lanes) {
      const feeds = {
        input: new ort.Tensor('float32', frames, [lanes, CONTEXT + FRAME]),
        state: new ort.Tensor('float32', state, [2, lanes, STATE]),
        sr: new ort.Tensor('int64', BigInt64Array.of(16_000n), []),
      };
      let results: Record<string, OrtTensor> = {};
      try {
        results = await session.run(feeds);
        return { probabilities: copyOf(results, 'output'), state: copyOf(results, 'stateN') };
      } finally {
        for (const tensor of [...Object.values(feeds), ...Object.values(results)]) tensor.dispose();
      }
    },
  };
}

function copyOf(results: Record<string, OrtTensor>, name: string): Float32Array {
  const data = results[name]?.data;
  if (!(data instanceof Float32Array)) throw new TypeError(`the VAD model has no float output "${name}"`);
  return data.slice();
}
