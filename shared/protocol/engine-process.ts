/** What the server and an engine's child process say to each other over the process channel (structured clone). */
import type { EngineBatch, EngineInfo, LoadProgress, WindowReading } from '../asr/engine.ts';
import type { Outcome } from '../errors.ts';

export interface EngineProcessStart {
  /** catalogue id */
  readonly model: string;
  /** absolute folders that hold model folders, looked into in this order */
  readonly folders: readonly string[];
  readonly device: 'cpu' | 'webgpu' | 'cuda';
  /** of one operator on the CPU */
  readonly threads: number;
  /** windows read at once */
  readonly lanes: number;
  /** cores that it may use, as `taskset -c` takes them; undefined: any */
  readonly cpus?: string | undefined;
}

export type ToEngine =
  /** once, first */
  | { readonly type: 'start'; readonly start: EngineProcessStart }
  /** one at a time: only after the answer to the one before */
  | { readonly type: 'run'; readonly id: number; readonly batch: EngineBatch }
  /** the run's answer is wanted no more: it ends between decoder steps, with `cancelled` */
  | { readonly type: 'abort'; readonly id: number }
  /** is anybody there? */
  | { readonly type: 'ping' };

export type FromEngine =
  | { readonly type: 'progress'; readonly progress: LoadProgress }
  | { readonly type: 'started'; readonly outcome: Outcome<EngineInfo>; readonly residentBytes: number }
  /** at once, before anything of the run is touched: what happens before it is not the audio's doing */
  | { readonly type: 'begun'; readonly id: number }
  | { readonly type: 'pong' }
  | {
      readonly type: 'read';
      readonly id: number;
      readonly outcome: Outcome<WindowReading[]>;
      readonly residentBytes: number;
    };

/** A probe's child gets the device's name and sends one of these. */
export interface ProbeAnswer {
  /** as the runtime gave it; undefined: the device works */
  readonly error: string | undefined;
  /** name of the CPU renderer behind a WebGPU adapter that is no GPU */
  readonly software: string | undefined;
}
