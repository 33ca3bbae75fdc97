/**
 * Silero VAD (v6, github.com/snakers4/silero-vad) over any ONNX runtime.
 *
 * A frame is 32 ms at 16 kHz: the 64 samples before it, then its 512. The file in public/vad has the published weights
 * in a graph that reads consecutive frames in one run, some ten times as fast a frame: test/support/silero-sequence.ts
 * makes it and says how.
 */

/** samples a probability speaks for */
export const FRAME = 512;
/** samples of the past that precede a frame in the model's input */
export const CONTEXT = 64;
/** values of recurrent state a layer; two of them: hidden and cell */
export const STATE = 128;

export interface VadStep {
  /** [frames], in [0, 1] */
  readonly probabilities: Float32Array;
  /** [2, 1, 128], after the last frame */
  readonly state: Float32Array;
}

/** The port: the ear worker brings onnxruntime-web, Node onnxruntime-node, a test anything. */
export interface VadSession {
  /** `frames` is [count, 576], consecutive frames of one stream; `state` [2, 1, 128], zeros to begin with. */
  run(frames: Float32Array, state: Float32Array, count: number): Promise<VadStep>;
}

interface OrtTensor {
  readonly data: unknown;
  dispose(): void;
}

/** The part of onnxruntime's module that is used; both builds have it. */
export interface OrtModule<T extends OrtTensor> {
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => T;
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
    async run(frames, state, count) {
      const feeds = {
        input: new ort.Tensor('float32', frames, [count, CONTEXT + FRAME]),
        state: new ort.Tensor('float32', state, [2, 1, STATE]),
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
