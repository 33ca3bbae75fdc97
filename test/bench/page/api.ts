/** What the bench asks of its page. */
import type { Duel, DuelOptions } from '../duel.ts';

export interface CompareRequest extends DuelOptions {
  /** in the catalogue, and served under /models/ */
  readonly model: string;
  readonly device: 'wasm' | 'webgpu';
  readonly threads: number;
  /** their samples are at windows/0, windows/1 and so on */
  readonly windows: number;
}

export interface Comparison extends Duel {
  /** the engine's, and so the pipeline's */
  readonly dtype: string;
  readonly adapter: string | undefined;
}

export interface MemoryRequest {
  readonly model: string;
  readonly threads: number;
  /** numbers of windows after which the GPU's memory is looked at, rising */
  readonly checkpoints: readonly number[];
  /** milliseconds after which no further checkpoint is gone for, once there are two */
  readonly budgetMs: number;
}

/** What a worker holds of the GPU: buffers made and not destroyed. */
export interface GpuHeld {
  readonly bytes: number;
  readonly buffers: number;
}

export interface LongRequest {
  /** in the catalogue; the same weights are served as `stockModel` */
  readonly model: string;
  readonly stockModel: string;
  readonly threads: number;
  readonly warmSamples: number;
  readonly rounds: number;
  /** milliseconds: no further round is begun that would end later, but one is always done */
  readonly budgetMs: number;
}

/** Milliseconds. */
export interface LongRound {
  readonly ours: number;
  readonly stock: number;
  /** from the drop to the first segment */
  readonly first: number;
  /** from one window's text to the next one's */
  readonly gaps: readonly number[];
}

export interface LongFile {
  readonly dtype: string;
  readonly rounds: readonly LongRound[];
}

export interface BenchPage {
  /** the sound is at /long.wav, and its samples at /long.f32 */
  longFile(request: LongRequest): Promise<LongFile>;
  compare(request: CompareRequest): Promise<Comparison>;
  /** one account a checkpoint, as far as the time went */
  gpuMemory(request: MemoryRequest): Promise<readonly GpuHeld[]>;
}

declare global {
  interface Window {
    bench: BenchPage;
  }
}
