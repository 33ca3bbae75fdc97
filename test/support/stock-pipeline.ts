/** The pipeline transformers.js ships, loaded from disk: what our engine is compared with. */
import { env, LogitsProcessor, LogitsProcessorList, pipeline, type Tensor } from '@huggingface/transformers';
import type { Dtype } from '../../shared/asr/sessions.ts';
import { MODEL_HOMES, type TestModel } from './models.ts';

export interface StockReading {
  readonly text: string;
  /** without the prompt and the end token */
  readonly tokens: readonly number[];
}

/** Sets to minus infinity what may not follow `tokens`; runs before the stock timestamp rules. */
export type Forbid = (tokens: readonly number[], logits: Float32Array) => void;

export interface StockPipeline {
  /** As it is. Undefined where it would never end: it may read the same rest of a window over and over. */
  read(samples: Float32Array): Promise<StockReading | undefined>;
  /** With more forbidden, and the window read once: it reads again what follows the last closed segment otherwise. */
  readRuled(samples: Float32Array, forbid: Forbid): Promise<StockReading>;
  /** its own log-mel [mels, frames] */
  features(samples: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

const PROMPT_LENGTH = 1;
/** Of one reading; a window that is read a few times over takes some hundreds. */
const MOST_STEPS = 1000;

/** as many as our engine allows a window */
const MAX_NEW_TOKENS = 223;

class Endless extends Error {}

class Forbidding extends LogitsProcessor {
  readonly #forbid: Forbid;

  constructor(forbid: Forbid) {
    super();
    this.#forbid = forbid;
  }

  override _call(sequences: bigint[][], logits: Tensor): Tensor {
    const [tokens = []] = sequences;
    this.#forbid(tokens.slice(PROMPT_LENGTH).map(Number), logits.data as Float32Array);
    return logits;
  }
}

/** Takes over transformers.js' global settings until the next load. */
function openStock(model: TestModel, dtype: Dtype) {
  env.allowLocalModels = true;
  env.allowRemoteModels = false;
  env.useFS = true;
  env.useFSCache = false;
  env.useCustomCache = false;
  env.localModelPath = MODEL_HOMES[model];
  return pipeline('automatic-speech-recognition', model, {
    dtype,
    device: 'cpu',
    session_options: { intraOpNumThreads: 1 },
  });
}

/** What `generate` gave last, prompt and end included; none for models without a decoder. */
function watchGenerate(stock: Awaited<ReturnType<typeof openStock>>): () => readonly number[] {
  const generate = stock.model.generate.bind(stock.model);
  let generated: number[] = [];
  stock.model.generate = async (options) => {
    const output = await generate(options);
    if (!('tolist' in output)) throw new Error('the stock pipeline gave no plain tensor');
    const [row = []]: bigint[][] = output.tolist();
    generated = row.map(Number);
    return output;
  };
  return () => generated;
}

export interface StockText {
  /** `maxTokens` in place of its own limit */
  read(samples: Float32Array, maxTokens?: number): Promise<StockReading>;
  dispose(): Promise<void>;
}

/** Models without times. `end` is never given as a token, whether or not the text came to it. */
export async function loadStockText(model: TestModel, end?: number): Promise<StockText> {
  const stock = await openStock(model, 'fp32');
  const generated = watchGenerate(stock);
  return {
    async read(samples, maxTokens) {
      const result = await stock(samples, maxTokens === undefined ? {} : { max_new_tokens: maxTokens });
      if (Array.isArray(result)) throw new Error('one window in, one text out');
      const tokens = generated().slice(PROMPT_LENGTH);
      return { text: result.text, tokens: tokens.filter((token) => token !== end) };
    },
    dispose: () => stock.dispose().then(() => undefined),
  };
}

/** One window is asked for up to three times in a row, and its log-mel takes as long as reading it. */
function keepLastFeatures(stock: Awaited<ReturnType<typeof openStock>>): void {
  let last: { readonly samples: unknown; readonly features: unknown } | undefined;
  stock.processor = new Proxy(stock.processor, {
    apply(processor, self, args: readonly unknown[]): unknown {
      const [samples] = args;
      if (last?.samples !== samples) last = { samples, features: Reflect.apply(processor, self, args) };
      return last?.features;
    },
  });
}

/** English-only models, with timestamps. */
export async function loadStock(model: TestModel, dtype: Dtype): Promise<StockPipeline> {
  const stock = await openStock(model, dtype);
  keepLastFeatures(stock);
  const generated = watchGenerate(stock);
  const run = async (samples: Float32Array, forbid: Forbid, options: object): Promise<StockReading> => {
    const rules = new LogitsProcessorList();
    rules.push(new Forbidding(forbid));
    const result = await stock(samples, { return_timestamps: true, logits_processor: rules, ...options });
    if (Array.isArray(result)) throw new Error('one window in, one text out');
    return { text: result.text, tokens: generated().slice(PROMPT_LENGTH, -1) };
  };
  return {
    async read(samples) {
      let steps = 0;
      const count = () => {
        if (++steps > MOST_STEPS) throw new Endless();
      };
      try {
        return await run(samples, count, {});
      } catch (thrown) {
        if (thrown instanceof Endless) return undefined;
        throw thrown;
      }
    },
    readRuled: (samples, forbid) => run(samples, forbid, { max_new_tokens: MAX_NEW_TOKENS }),
    async features(samples) {
      const { input_features } = await stock.processor(samples);
      return input_features.data;
    },
    async dispose() {
      await stock.dispose();
    },
  };
}
