/** A loaded model whose sessions are watched, and can be made to fail, by a test. */
import type { MakeTensor, SessionPort, TensorMap, TensorPort } from '../../shared/asr/sessions.ts';

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

interface Parts {
  readonly encoder: SessionPort;
  readonly decoder: SessionPort;
  readonly makeTensor: MakeTensor;
}

export function watchModel<Model extends Parts>(
  model: Model,
): { readonly model: Model; readonly watch: Watch } {
  const watch = newWatch();
  return {
    watch,
    model: {
      ...model,
      makeTensor: watchTensors(model.makeTensor, watch),
      encoder: watchSession(model.encoder, watch, model.encoder.run),
      decoder: watchSteps(model.decoder, watch),
    },
  };
}

/** A model of one graph: each run is a step. */
export function watchOne<Model extends { readonly session: SessionPort; readonly makeTensor: MakeTensor }>(
  model: Model,
): { readonly model: Model; readonly watch: Watch } {
  const watch = newWatch();
  const makeTensor = watchTensors(model.makeTensor, watch);
  return { watch, model: { ...model, makeTensor, session: watchSteps(model.session, watch) } };
}

const newWatch = (): Watch => ({
  tensors: [],
  decoderSteps: [],
  beforeStep: () => {},
  afterStep: () => {},
});

const watchTensors =
  (make: MakeTensor, watch: Watch): MakeTensor =>
  (type, data, dims) => {
    const tensor = make(type, data, dims);
    watch.tensors.push(tensor);
    return tensor;
  };

function watchSteps(session: SessionPort, watch: Watch): SessionPort {
  return watchSession(session, watch, async (feeds, fetches) => {
    watch.beforeStep(watch.decoderSteps.length);
    watch.decoderSteps.push({ feeds, fetches });
    const outputs = await session.run(feeds, fetches);
    watch.afterStep(outputs);
    return outputs;
  });
}

function watchSession(session: SessionPort, watch: Watch, run: SessionPort['run']): SessionPort {
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    inputMetadata: session.inputMetadata,
    release: () => session.release(),
    async run(feeds, fetches) {
      const outputs = await run(feeds, fetches);
      watch.tensors.push(...Object.values(outputs));
      return outputs;
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
