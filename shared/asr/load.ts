/**
 * The only file that knows transformers.js: it loads a model's tokenizer and ONNX sessions through the caller's
 * reader, for any runtime, and gives them to the engine. Nothing here reaches the network by itself.
 *
 * A browser worker may put another build of onnxruntime under `Symbol.for('onnxruntime')` before it imports this
 * file; transformers.js then takes that one, knows no devices, and only what is said here counts.
 */
import {
  AutoModelForCTC,
  env,
  LogLevel,
  MoonshineForConditionalGeneration,
  PreTrainedTokenizer,
  Tensor,
  WhisperForConditionalGeneration,
  WhisperTokenizer,
} from '@huggingface/transformers';
import { SottoError } from '../errors.ts';
import { findModel } from './catalogue.ts';
import { createEngine, type LoadedModel } from './create-engine.ts';
import type { CtcModel } from './ctc.ts';
import { CTC_TYPES, readCtcConfig } from './ctc-config.ts';
import type { Device, Engine } from './engine.ts';
import { handover } from './file-response.ts';
import { askAlike, keptOnGpu } from './gpu-outputs.ts';
import { lanesOf } from './lanes-of.ts';
import { infoOf, type LoadOptions, type ModelSource } from './load-options.ts';
import { objectOf } from './model-json.ts';
import { answerModelRequest, MODEL_HOST, type ModelReader, openModelReader } from './model-reader.ts';
import type { MoonshineModel } from './moonshine.ts';
import { readMoonshineConfig } from './moonshine-config.ts';
import { runSelfTest, SELF_TEST_OPTIONS, selfTestOf } from './self-test.ts';
import { type MakeTensor, type SessionPort, type TokenizerPort, toEngineError } from './sessions.ts';
import type { WhisperModel } from './whisper.ts';
import { readWhisperConfig } from './whisper-config.ts';

export type { LoadOptions, ModelSource };

/**
 * A ready engine that has read a known clip correctly. Throws SottoError: what `readFile` threw, `model_not_found`,
 * `model_load_failed`, `self_test_failed`, `out_of_memory`, `device_lost`.
 */
export async function loadEngine(options: LoadOptions): Promise<Engine> {
  const { onProgress, selfTest = selfTestOf(options.model) } = options;
  onProgress?.({ phase: 'start' });
  const loaded = await loadModel(options);
  const info = infoOf(options, loaded.model.config.windowSeconds);
  const guards = { ...findModel(options.model)?.guards, ...options.guards };
  const engineOf = (lanes: number) => createEngine(loaded, { ...info, lanes }, { guards });
  const engine = engineOf(info.lanes);
  if (selfTest === 'none') return engine;
  onProgress?.({ phase: 'self-test' });
  try {
    await runSelfTest(createEngine(loaded, info, SELF_TEST_OPTIONS), selfTest);
  } catch (thrown) {
    await engine.dispose();
    throw thrown;
  }
  return options.lanes === undefined ? engineOf(await lanesOf(options, loaded, info)) : engine;
}

/** A folder of any kind that an engine can run, by its `model_type`. */
export function loadModel(source: ModelSource): Promise<LoadedModel> {
  return withReader(source, async (reader) => {
    const type = String(objectOf(await reader.json('config.json')).model_type);
    if (type === 'whisper') return { kind: 'whisper', model: await openWhisper(reader, source) };
    if (type === 'moonshine') return { kind: 'moonshine', model: await openMoonshine(reader, source) };
    if (CTC_TYPES.includes(type)) return { kind: 'ctc', model: await openCtc(reader, source) };
    throw new SottoError('model_load_failed', `no engine runs a model of the type ${type}`);
  });
}

/** A Whisper folder. Throws as loadEngine does. */
export function loadWhisper(source: ModelSource): Promise<WhisperModel> {
  return withReader(source, (reader) => openWhisper(reader, source));
}

async function openWhisper(reader: ModelReader, source: ModelSource): Promise<WhisperModel> {
  const [config, generation, preprocessor] = await Promise.all([
    reader.json('config.json'),
    reader.json('generation_config.json'),
    reader.json('preprocessor_config.json'),
  ]);
  const settings = readWhisperConfig({ config, generation, preprocessor });
  const tokenizer = await WhisperTokenizer.from_pretrained(reader.id);
  const { sessions } = await WhisperForConditionalGeneration.from_pretrained(
    reader.id,
    seq2seqOptions(source, settings.decoderLayers),
  );
  return {
    ...toPair(sessions.model, sessions.decoder_model_merged, source),
    tokenizer: toTokenizer(tokenizer),
    config: settings,
    makeTensor,
  };
}

async function openMoonshine(reader: ModelReader, source: ModelSource): Promise<MoonshineModel> {
  const [config, generation] = await Promise.all([
    reader.json('config.json'),
    reader.json('generation_config.json'),
  ]);
  const settings = readMoonshineConfig({ config, generation });
  const tokenizer = await PreTrainedTokenizer.from_pretrained(reader.id);
  const { sessions } = await MoonshineForConditionalGeneration.from_pretrained(
    reader.id,
    seq2seqOptions(source, settings.shape.layers),
  );
  return {
    ...toPair(sessions.model, sessions.decoder_model_merged, source),
    tokenizer: toTokenizer(tokenizer),
    config: settings,
    makeTensor,
  };
}

async function openCtc(reader: ModelReader, source: ModelSource): Promise<CtcModel> {
  const [config, preprocessor, tokenizer, tokenizerConfig] = await Promise.all([
    reader.json('config.json'),
    reader.json('preprocessor_config.json'),
    reader.json('tokenizer.json'),
    reader.json('tokenizer_config.json'),
  ]);
  const settings = readCtcConfig({ config, preprocessor, tokenizer, tokenizerConfig });
  const { sessions } = await AutoModelForCTC.from_pretrained(reader.id, {
    device: deviceName(source.device),
    dtype: { model: source.dtype.encoder },
    session_options: sessionOptions(source, {}),
  });
  return { session: toSession(sessions.model), config: settings, makeTensor };
}

async function withReader<Model>(
  source: ModelSource,
  open: (reader: ModelReader) => Promise<Model>,
): Promise<Model> {
  configure(source);
  const reader = openModelReader(source.readFile);
  try {
    return await open(reader);
  } catch (thrown) {
    throw reader.failure() ?? toEngineError(thrown, 'model_load_failed');
  } finally {
    reader.close();
  }
}

/** Read before it is switched off below: only Node has files. */
const inNode = env.useFS;

function configure({ wasm }: ModelSource): void {
  env.logLevel = LogLevel.ERROR;
  env.allowLocalModels = false;
  env.allowRemoteModels = true;
  env.remoteHost = MODEL_HOST;
  env.remotePathTemplate = '{model}/';
  env.useBrowserCache = false;
  env.useFSCache = false;
  env.useFS = false;
  env.useWasmCache = false;
  env.fetch = (input) => answerModelRequest(String(input));
  env.useCustomCache = inNode;
  env.customCache = inNode ? handover : null;
  const runtime = env.backends.onnx.wasm;
  if (wasm !== undefined && runtime !== undefined) {
    runtime.wasmPaths = { mjs: wasm.mjs, wasm: wasm.wasm };
    runtime.numThreads = wasm.numThreads;
  }
}

function seq2seqOptions(source: ModelSource, decoderLayers: number) {
  return {
    device: deviceName(source.device),
    dtype: { encoder_model: source.dtype.encoder, decoder_model_merged: source.dtype.decoder },
    session_options: sessionOptions(source, keptOnGpu(decoderLayers)),
  };
}

function sessionOptions({ device, numThreads }: ModelSource, kept: Record<string, 'gpu-buffer'>) {
  return {
    executionProviders: [device],
    graphOptimizationLevel: 'all' as const,
    ...(device === 'cpu' ? { executionMode: 'sequential' as const } : {}),
    ...(numThreads === undefined ? {} : { intraOpNumThreads: numThreads }),
    ...(device === 'webgpu' && !inNode ? { preferredOutputLocation: kept } : {}),
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

function toPair(encoder: SessionPort, merged: SessionPort, { device }: ModelSource) {
  const decoder = toSession(merged);
  return {
    encoder: toSession(encoder),
    decoder: inNode && device === 'webgpu' ? askAlike(decoder) : decoder,
  };
}

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
