/**
 * The part of @huggingface/transformers that load.ts uses, for the projects without Node: the package's own
 * declarations pull in Node's globals, and shared/ would compile `Buffer` and `process` without a word. The tests
 * compile load.ts against the real ones, so that this cannot drift.
 */
import type { Dtype, SessionPort, TensorData, TensorPort, TensorType } from './sessions.ts';

interface CustomCache {
  match(key: string): Promise<Response | undefined>;
  put(key: string, response: Response): Promise<void>;
}

export const env: {
  logLevel: number;
  allowLocalModels: boolean;
  allowRemoteModels: boolean;
  remoteHost: string;
  remotePathTemplate: string;
  useBrowserCache: boolean;
  useFSCache: boolean;
  useFS: boolean;
  useWasmCache: boolean;
  useCustomCache: boolean;
  customCache: CustomCache | null;
  fetch: (input: unknown) => Promise<Response>;
  readonly backends: {
    readonly onnx: {
      readonly wasm?: { wasmPaths?: { mjs: string; wasm: string }; numThreads?: number };
    };
  };
};

export const LogLevel: { readonly ERROR: number };

export class Tensor {
  constructor(type: TensorType, data: TensorData, dims: number[]);
  readonly ort_tensor: TensorPort;
}

export interface SessionOptions {
  readonly executionProviders: readonly string[];
  readonly graphOptimizationLevel?: 'disabled' | 'basic' | 'extended' | 'layout' | 'all';
  readonly executionMode?: 'sequential' | 'parallel';
  readonly intraOpNumThreads?: number;
  readonly preferredOutputLocation?: Readonly<Record<string, 'gpu-buffer'>>;
}

interface LoadOptions {
  readonly device: 'auto' | 'webgpu';
  readonly dtype: Readonly<Record<string, Dtype>>;
  readonly session_options: SessionOptions;
}

interface Seq2Seq {
  from_pretrained(
    id: string,
    options: LoadOptions,
  ): Promise<{
    readonly sessions: { readonly model: SessionPort; readonly decoder_model_merged: SessionPort };
  }>;
}
export const WhisperForConditionalGeneration: Seq2Seq;
export const MoonshineForConditionalGeneration: Seq2Seq;

export const AutoModelForCTC: {
  from_pretrained(
    id: string,
    options: LoadOptions,
  ): Promise<{ readonly sessions: { readonly model: SessionPort } }>;
};

export interface WhisperTokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): number[];
  decode(tokens: number[], options: { skip_special_tokens: boolean }): string;
  convert_tokens_to_ids(token: string): number | undefined;
}
export const WhisperTokenizer: { from_pretrained(id: string): Promise<WhisperTokenizer> };
export const PreTrainedTokenizer: { from_pretrained(id: string): Promise<WhisperTokenizer> };
