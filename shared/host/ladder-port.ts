import type { SottoError } from '../errors.ts';
import type { Clock } from '../queue/port.ts';
import type { Replacement, ReplacementReason, RungChange, SpareState } from './events.ts';
import type { Rung, RungId } from './host.ts';
import type { LivingEngine } from './living-engine.ts';
import type { Death, SupervisorLimits } from './policy.ts';
import type { SupervisorEvent } from './transitions.ts';

/** Keeps at most one engine at work, on the best rung that works, and a spare behind it if there is to be one. */
export interface Ladder {
  readonly spare: SpareState;
  /** what a death is judged by */
  readonly standing: Pick<Death, 'deathsInARow' | 'hasLowerRung'>;
  /** an engine lives or is being started */
  readonly active: boolean;
  /**
   * The engine, started when there is none. Rejects with the model's error, `engine_unavailable` when no rung
   * is left, `closed`, or `cancelled` by the signal; a start that nobody waits for any more is given up.
   */
  engine(signal?: AbortSignal): Promise<LivingEngine>;
  /** Ends an engine that failed; the spare takes over, or the next start may have to wait. */
  bury(engine: LivingEngine): void;
  /** Ends an engine without blame; the spare takes over. */
  retire(engine: LivingEngine, reason?: ReplacementReason): void;
  /** It has read so many windows: the deaths before them no longer count. */
  proved(engine: LivingEngine, windows: number): void;
  /** No batch is in flight on it: it is replaced if it has served its time. */
  rest(engine: LivingEngine): void;
  /** Leaves the broken rung for the one below, if it still stands there; below the last, everything has failed. */
  stepDown(why: SottoError, broken: number): void;
  /** The same without a death, by the rung's name: its engine, or the start of one, is given up without blame. */
  leave(id: RungId, why: SottoError): void;
  /** Forgets all failures and the engine: what comes next begins at the first rung. */
  reset(): void;
  close(): Promise<void>;
}

export interface LadderOptions {
  /** best first; asked again at each reset */
  readonly rungs: () => readonly Rung[];
  readonly limits: SupervisorLimits;
  readonly spares: 0 | 1;
  readonly clock: Clock;
  readonly emit: (event: SupervisorEvent) => void;
  readonly onChange: (change: RungChange) => void;
  readonly onReplaced: (replacement: Replacement) => void;
}
