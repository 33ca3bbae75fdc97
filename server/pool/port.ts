/** Engines behind the gate: one a model, as many at once as fit into memory. */
import type { ModelEntry } from '../../shared/asr/catalogue.ts';
import type { EngineInfo } from '../../shared/asr/engine.ts';
import type { RunBatch } from '../../shared/queue/port.ts';
import type { ServiceEvent, ServiceStatus } from '../service/port.ts';

export interface EnginePool {
  /** what may be asked for; the first is the server's own */
  readonly entries: readonly ModelEntry[];
  /** Throws why nobody is read now, whatever they ask for: `engine_unavailable`, `engine_exited`. `force`: as `ReserveOptions`. */
  check(force: boolean): void;
  /**
   * A job's part in its model's use, until it is released. `placeFree`: whether it could begin now, were it its turn. Throws
   * `model_unknown`, why it did not load, or as `check`.
   */
  claimJob(model: string, options: { readonly force: boolean; readonly placeFree: () => boolean }): JobClaim;
  /** Throws as `claimJob`. Nothing is loaded for it before it asks. */
  claimSession(model: string): SessionClaim;
  /** One outcome a window, in order; never rejects. */
  readonly run: RunBatch;
  /** windows that it reads at once */
  lanes(model: string): number;
  /** A model that is there, and stays until it is given back: the server's own if it can be. */
  borrow(): { readonly model: string; readonly giveBack: () => void };
  status(): PoolStatus;
  observe(listener: (event: PoolEvent) => void): () => void;
  close(): Promise<void>;
}

export interface JobClaim {
  /** for its place in line; undefined: it need not be asked */
  readonly tryBegin: (() => boolean) | undefined;
  /** Once it was admitted. Rejects with why its engine does not start. */
  ready(signal: AbortSignal): Promise<EngineInfo>;
  /** how long it waits that waits so long for a place; undefined: nobody knows */
  etaMs(placeMs: number | undefined): number | undefined;
  /** how much longer than for a place alone it may wait */
  readonly graceMs: number;
  /** Idempotent. */
  release(): void;
}

export interface SessionClaim {
  /** Resolves when the engine is there; the model then stays until nothing was read for a while. Rejects with a SottoError. */
  ready(signal: AbortSignal): Promise<EngineInfo>;
  /** A window is about to be read. Gives no where the model is not there, or not for newcomers: then `ready` first. */
  begin(): boolean;
  /** That window was read. */
  end(): void;
  etaMs(placeMs: number | undefined): number | undefined;
  /** Idempotent. */
  leave(): void;
}

export interface PoolStatus
  extends Pick<ServiceStatus, 'engine' | 'info' | 'devices' | 'spare' | 'restarts' | 'models'> {
  /** until the engine is there that is not, where that is known */
  readonly startMs: number | undefined;
}

export type PoolEvent = Extract<ServiceEvent, { readonly type: 'engine-replaced' | 'model' | 'model-wait' }>;
