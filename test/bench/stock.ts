/** The pipeline that transformers.js ships, in Node with its own defaults. */
import { type AutomaticSpeechRecognitionPipeline, env, pipeline } from '@huggingface/transformers';
import { MODEL_HOMES, type TestModel } from '../support/models.ts';
import { CHUNKED } from './chunked.ts';
import type { Contender } from './duel.ts';

export interface StockNode {
  /** one window, with times */
  readonly window: Contender;
  /** of any length, in overlapping windows; without times, which send it round in circles on the demo model */
  readonly long: Contender;
  dispose(): Promise<unknown>;
}

export interface StockRequest {
  readonly model: TestModel;
  readonly dtype: 'q8' | 'fp32';
  readonly device: 'cpu' | 'webgpu';
  readonly threads: number;
}

/** Takes over the library's settings, which shared/asr/load.ts sets up for its own reader. */
export async function loadStock({ model, dtype, device, threads }: StockRequest): Promise<StockNode> {
  env.allowLocalModels = true;
  env.allowRemoteModels = false;
  env.useFS = true;
  env.useFSCache = false;
  env.useCustomCache = false;
  env.localModelPath = MODEL_HOMES[model];
  const asr: AutomaticSpeechRecognitionPipeline = await pipeline('automatic-speech-recognition', model, {
    device,
    dtype,
    session_options: { intraOpNumThreads: threads },
  });
  const read =
    (options: Parameters<typeof asr>[1]): Contender =>
    async (samples) => {
      const output = await asr(samples, options);
      return (Array.isArray(output) ? output : [output]).map(({ text }) => text.trim()).join(' ');
    };
  return {
    window: read({ return_timestamps: true }),
    long: read(CHUNKED),
    dispose: () => asr.dispose(),
  };
}
