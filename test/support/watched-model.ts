/** A loaded model whose sessions are watched, and can be made to fail, by a test. */
import type { SessionPort, TensorMap, TensorPort } from '../../shared/asr/sessions.ts';
import type { WhisperModel } from '../../shared/asr/whisper.ts';

export interface Step {
  readonly feeds: TensorMap;
  readonly fetches: readonly string[];
}

export interface Watch {
  /** every tensor made for the sessions or given by them */
  readonly tensors: TensorPort[];
  readonly decoderSteps: Step[];
  /** runs before each decoder step (0 first); what it throws is what the session throws */
  beforeStep: (step: number) => void;
  /** may change what a decoder step gave */
  afterStep: (outputs: TensorMap) => void;
}

export function watchModel(model: WhisperModel): { readonly model: WhisperModel; readonly watch: Watch } {
  const watch: Watch = { tensors: [], decoderSteps: [], beforeStep: () => {}, afterStep: () => {} };
  const watched = (session: SessionPort, run: SessionPort['run']): SessionPort => ({
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    inputMetadata: session.inputMetadata,
    release: () => session.release(),
    async run(feeds, fetches) {
      const outputs = await run(feeds, fetches);
      watch.tensors.push(...Object.values(outputs));
      return outputs;
    },
  });
  return {
    watch,
    model: {
      ...model,
      makeTensor: (type, data, dims) => {
        const tensor = model.makeTensor(type, data, dims);
        watch.tensors.push(tensor);
        return tensor;
      },
      encoder: watched(model.encoder, (feeds, fetches) => model.encoder.run(feeds, fetches)),
      decoder: watched(model.decoder, async (feeds, fetches) => {
        watch.beforeStep(watch.decoderSteps.length);
        watch.decoderSteps.push({ feeds, fetches });
        const outputs = await model.decoder.run(feeds, fetches);
        watch.afterStep(outputs);
        return outputs;
      }),
    },
  };
}

/** onnxruntime marks a disposed tensor so. */
export const isDisposed = (tensor: TensorPort): boolean => tensor.location === 'none';

export function logitsOf(outputs: TensorMap): Float32Array {
  const data = outputs.logits?.data;
  if (!(data instanceof Float32Array)) throw new Error('the step gave no logits');
  return data;
}
