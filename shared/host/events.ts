import type { EngineInfo, LoadProgress } from '../asr/engine.ts';
import type { ErrorWire } from '../errors.ts';
import type { RungId } from './host.ts';

/** Where the supervisor stands; transitions are in transitions.ts alone. */
export type SupervisorState =
  | { readonly name: 'idle' }
  | { readonly name: 'starting'; readonly rung: RungId; readonly progress: LoadProgress | undefined }
  | { readonly name: 'ready'; readonly rung: RungId; readonly info: EngineInfo }
  | { readonly name: 'backing-off'; readonly rung: RungId; readonly ms: number }
  | { readonly name: 'failed'; readonly error: ErrorWire }
  | { readonly name: 'closed' };

/** A step down the ladder and why, for the page to say. */
export interface RungChange {
  readonly from: RungId;
  readonly to: RungId | undefined;
  readonly error: ErrorWire;
}

/** A second engine of the same rung, loaded and idle. */
export type SpareState = 'none' | 'starting' | 'ready';

/** Why an engine was replaced: it ended, it did not answer in time, it held too much, or it had served its time. */
export type ReplacementReason = 'exit' | 'hang' | 'memory' | 'recycle';

export interface Replacement {
  readonly reason: ReplacementReason;
  /** from the end of the one until the next was ready; milliseconds */
  readonly ms: number;
}
