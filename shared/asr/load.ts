/**
 * The only file that knows transformers.js: it loads a model's tokenizer and ONNX sessions through the caller's
 * reader, for any runtime, and gives them to the engine. Nothing here reaches the network by itself.
 *
 * A browser worker may put another build of onnxruntime under `Symbol.for('onnxruntime')` before it imports this
 * file; transformers.js then takes that one, knows no devices, and only what is said here counts.
 */
import {
  env,
  LogLevel,
  Tensor,
  WhisperForConditionalGeneration,
  WhisperTokenizer,
} from '@huggingface/transformers';
import { SottoError } from '../errors.ts';
import { findModel } from './catalogue.ts';
import type { Device, Engine, EngineInfo, LoadProgress } from './engine.ts';
import { fileResponse, handover } from './file-response.ts';
import { askAlike, keptOnGpu } from './gpu-outputs.ts';
import type { DecodingGuards } from './guards.ts';
import { runSelfTest, SELF_TEST_OPTIONS, type SelfTest, selfTestOf } from './self-test.ts';
import {
  type Dtype,
  type MakeTensor,
  type SessionPort,
  type TokenizerPort,
  toEngineError,
} from './sessions.ts';
import { createWhisper, type WhisperModel } from './whisper.ts';
import { readWhisperConfig } from './whisper-config.ts';

export interface ModelSource {
  /** Reads a file by its path in the model's folder (`onnx/encoder_model_q4.onnx`); undefined when there is none. */
  readonly readFile: (path: string) => Promise<Uint8Array | undefined>;
  readonly device: Device;
  readonly dtype: { readonly encoder: Dtype; readonly decoder: Dtype };
  /** where the WebAssembly runtime's own two files are, and its threads; needed in browsers */
  readonly wasm?: { readonly mjs: string; readonly wasm: string; readonly numThreads: number };
  /** threads of one operator on `cpu` */
  readonly numThreads?: number;
}

export interface LoadOptions extends ModelSource {
  /** catalogue id */
  readonly model: string;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** for people: the adapter's or provider's name */
  readonly adapter?: string;
  /** windows read at once; 1 unless said */
  readonly lanes?: number;
  /** other thresholds of fallback and silence than the reference's */
  readonly guards?: Partial<DecodingGuards>;
  /** `none` for models with random weights; otherwise by the model's id, unless given */
  readonly selfTest?: SelfTest | 'none';
}

/**
 * A ready engine that has read a known clip correctly. Throws SottoError: what `readFile` threw, `model_not_found`,
 * `model_load_failed`, `self_test_failed`, `out_of_memory`, `device_lost`.
 */
export async function loadEngine(options: LoadOptions): Promise<Engine> {
  const { onProgress, selfTest = selfTestOf(options.model) } = options;
  onProgress?.({ phase: 'start' });
  const model = await loadWhisper(options);
  const info = infoOf(options, model.config.windowSeconds);
  const guards = { ...findModel(options.model)?.guards, ...options.guards };
  const engine = createWhisper(model, info, { guards });
  if (selfTest === 'none') return engine;
  onProgress?.({ phase: 'self-test' });
  try {
    await runSelfTest(createWhisper(model, info, SELF_TEST_OPTIONS), selfTest);
  } catch (thrown) {
    await engine.dispose();
    throw thrown;
  }
  return engine;
}

function infoOf(
  { model, device, dtype, adapter, lanes = 1 }: LoadOptions,
  windowSeconds: number,
): EngineInfo {
  const { encoder, decoder } = dtype;
  return {
    model,
    device,
    dtype: encoder === decoder ? encoder : `${encoder}/${decoder}`,
    ...(adapter === undefined ? {} : { adapter }),
    windowSeconds,
    lanes,
  };
}

/** Sessions, tokenizer and configuration of a Whisper folder. */
export async function loadWhisper(source: ModelSource): Promise<WhisperModel> {
  const reader = register(source);
  try {
    const [config, generation, preprocessor] = await Promise.all([
      reader.json('config.json'),
      reader.json('generation_config.json'),
      reader.json('preprocessor_config.json'),
    ]);
    const settings = readWhisperConfig({ config, generation, preprocessor });
    const tokenizer = await WhisperTokenizer.from_pretrained(reader.id);
    const { sessions } = await WhisperForConditionalGeneration.from_pretrained(reader.id, {
      device: deviceName(source.device),
      dtype: { encoder_model: source.dtype.encoder, decoder_model_merged: source.dtype.decoder },
      session_options: sessionOptions(source, settings.decoderLayers),
    });
    const decoder = toSession(sessions.decoder_model_merged);
    return {
      encoder: toSession(sessions.model),
      decoder: inNode && source.device === 'webgpu' ? askAlike(decoder) : decoder,
      tokenizer: toTokenizer(tokenizer),
      config: settings,
      makeTensor,
    };
  } catch (thrown) {
    throw reader.failure() ?? toEngineError(thrown, 'model_load_failed');
  } finally {
    reader.close();
  }
}

const HOST = 'https://model.invalid/';
/** Read before it is switched off below: only Node has files. */
const inNode = env.useFS;
const readers = new Map<string, ModelSource['readFile']>();
let loads = 0;

/** Makes transformers.js read one model through `readFile`, under a name of its own: it remembers names for good. */
function register(source: ModelSource) {
  configure(source);
  const id = `sotto/load-${++loads}`;
  let missing: string | undefined;
  let failed: SottoError | undefined;
  const read = async (path: string) => {
    try {
      const bytes = await source.readFile(path);
      if (bytes === undefined && path !== 'generation_config.json') missing ??= path;
      return bytes;
    } catch (thrown) {
      failed ??= toEngineError(thrown, 'model_load_failed');
      throw failed;
    }
  };
  readers.set(id, read);
  return {
    id,
    async json(path: string): Promise<unknown> {
      const bytes = await read(path);
      return bytes === undefined ? {} : JSON.parse(new TextDecoder().decode(bytes));
    },
    /** why the loading failed, if it was a file */
    failure: () => failed ?? (missing === undefined ? undefined : new SottoError('model_not_found', missing)),
    close: () => readers.delete(id),
  };
}

function configure({ wasm }: ModelSource): void {
  env.logLevel = LogLevel.ERROR;
  env.allowLocalModels = false;
  env.allowRemoteModels = true;
  env.remoteHost = HOST;
  env.remotePathTemplate = '{model}/';
  env.useBrowserCache = false;
  env.useFSCache = false;
  env.useFS = false;
  env.useWasmCache = false;
  env.fetch = (input) => answer(String(input));
  env.useCustomCache = inNode;
  env.customCache = inNode ? handover : null;
  const runtime = env.backends.onnx.wasm;
  if (wasm !== undefined && runtime !== undefined) {
    runtime.wasmPaths = { mjs: wasm.mjs, wasm: wasm.wasm };
    runtime.numThreads = wasm.numThreads;
  }
}

async function answer(url: string): Promise<Response> {
  for (const [id, read] of readers) {
    const base = `${HOST}${id}/`;
    if (!url.startsWith(base)) continue;
    const bytes = await read(url.slice(base.length));
    if (bytes !== undefined) return fileResponse(bytes);
  }
  return new Response(null, { status: 404 });
}

function sessionOptions({ device, numThreads }: ModelSource, decoderLayers: number) {
  return {
    executionProviders: [device],
    graphOptimizationLevel: 'all' as const,
    ...(device === 'cpu' ? { executionMode: 'sequential' as const } : {}),
    ...(numThreads === undefined ? {} : { intraOpNumThreads: numThreads }),
    ...(device === 'webgpu' && !inNode ? { preferredOutputLocation: keptOnGpu(decoderLayers) } : {}),
  };
}

/**
 * A name would be refused where the caller brought its own runtime, so there is none: the execution providers are what
 * counts. But Node's runtime refuses a table that names another session's outputs, and gets its own by the name.
 */
function deviceName(device: Device): 'auto' | 'webgpu' {
  return inNode && device === 'webgpu' ? 'webgpu' : 'auto';
}

const makeTensor: MakeTensor = (type, data, dims) => new Tensor(type, data, [...dims]).ort_tensor;

function toSession(session: SessionPort): SessionPort {
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    inputMetadata: session.inputMetadata,
    run: (feeds, fetches) => session.run(feeds, fetches),
    release: () => session.release(),
  };
}

interface StockTokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): number[];
  decode(tokens: number[], options: { skip_special_tokens: boolean }): string;
  convert_tokens_to_ids(token: string): number | undefined;
}

function toTokenizer(tokenizer: StockTokenizer): TokenizerPort {
  return {
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }),
    decode: (tokens) => tokenizer.decode([...tokens], { skip_special_tokens: true }),
    idOf: (token) => tokenizer.convert_tokens_to_ids(token),
  };
}
