/** What a model is loaded with, and what is said of it once it is. */
import type { LaneMemory } from './calibrate.ts';
import type { Device, EngineInfo, LoadProgress } from './engine.ts';
import type { DecodingGuards } from './guards.ts';
import type { ReadFile } from './model-reader.ts';
import type { SelfTest } from './self-test.ts';
import type { Dtype } from './sessions.ts';

export interface ModelSource {
  readonly readFile: ReadFile;
  readonly device: Device;
  /** of a model with one graph `encoder` counts */
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
  /** windows read at once; where it is not said, what `laneMemory` knows or trials show, else 1 */
  readonly lanes?: number;
  readonly laneMemory?: LaneMemory;
  /** of the model's files, for `laneMemory` */
  readonly version?: string;
  /** other thresholds of fallback and silence than the reference's */
  readonly guards?: Partial<DecodingGuards>;
  /** `none` for models with random weights; otherwise by the model's id, unless given */
  readonly selfTest?: SelfTest | 'none';
}

export function infoOf(
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
