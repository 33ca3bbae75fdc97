/** What to do when an engine does not start or dies. Pure decisions; the supervisor carries them out. */
import type { EngineBatch, EngineInfo } from '../asr/engine.ts';
import { SAMPLE_RATE } from '../audio/pcm.ts';
import type { ErrorCode } from '../errors.ts';

export interface SupervisorLimits {
  /** longest silence while starting: each progress event begins it anew. Milliseconds. */
  readonly startDeadlineMs: number;
  /** longest run of this batch, in milliseconds; Infinity: as long as it takes */
  runDeadlineMs(batch: EngineBatch, info: EngineInfo): number;
  /** how long an engine may go on with a cancelled batch before it is killed. Milliseconds. */
  readonly abortGraceMs: number;
  /** waits before the second, third, ... restart in a row; the last is repeated. The first restart is immediate. */
  readonly backoffMs: readonly number[];
  /** so many deaths in a row on one rung, without one batch read, condemn the rung rather than the windows */
  readonly maxDeathsInARow: number;
}

/** Patient enough for software WebGPU, where the first window of a small model takes half a minute. */
export const DEFAULT_LIMITS: SupervisorLimits = {
  startDeadlineMs: 120_000,
  runDeadlineMs: (batch, info) => {
    const samples = batch.windows.reduce((sum, window) => sum + window.samples.length, 0);
    const secondsRead = Math.max(samples / SAMPLE_RATE, batch.windows.length * info.windowSeconds);
    return 60_000 + secondsRead * 10_000;
  },
  abortGraceMs: 5_000,
  backoffMs: [500, 2_000, 8_000, 30_000],
  maxDeathsInARow: 6,
};

/** Failures of getting the model's files: another rung would need the same files, and trying again can help. */
const KEEPS_RUNG: ReadonlySet<ErrorCode> = new Set([
  'cancelled',
  'model_unknown',
  'model_offline',
  'model_not_found',
  'model_incomplete',
  'model_source_failed',
]);

/** A host that does not start is never tried again by itself, so that nothing can loop. */
export function afterFailedStart(code: ErrorCode): 'stay' | 'next-rung' {
  return KEEPS_RUNG.has(code) ? 'stay' : 'next-rung';
}

/** The host has tried again by itself, for as long as that can help: the rung is at fault, not the windows. */
const CONDEMNS_RUNG: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['server_unreachable']);

export interface Death {
  readonly code: ErrorCode;
  /** engines that each window in flight has killed on this rung, this one included */
  readonly strikes: number;
  /** deaths on this rung since something was read, this one included */
  readonly deathsInARow: number;
  readonly hasLowerRung: boolean;
}

/** Killing one engine may be chance; killing two is the window's doing, or the rung's. */
const STRIKES = 2;

/** `retry` puts the windows back, one by one; `next-rung` too, there; `poison` leaves the window out. */
export function afterDeath(
  death: Death,
  limits: Pick<SupervisorLimits, 'maxDeathsInARow'>,
): 'retry' | 'next-rung' | 'poison' | 'give-up' {
  if (CONDEMNS_RUNG.has(death.code)) return death.hasLowerRung ? 'next-rung' : 'give-up';
  if (death.deathsInARow >= limits.maxDeathsInARow) return death.hasLowerRung ? 'next-rung' : 'give-up';
  if (death.strikes < STRIKES) return 'retry';
  return death.hasLowerRung ? 'next-rung' : 'poison';
}

/** The wait before the restart after this many deaths in a row, in milliseconds. */
export function backoff(deathsInARow: number, backoffMs: readonly number[]): number {
  return deathsInARow < 2 ? 0 : (backoffMs[deathsInARow - 2] ?? backoffMs.at(-1) ?? 0);
}

/** What stays true of a rung for as long as the page is open; everything else may be over by the next job. */
const LASTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'no_adapter',
  'self_test_failed',
  'engine_blocked',
  'model_load_failed',
  'model_too_big',
  'out_of_memory',
  'server_declined',
  'too_slow',
]);

/** Whether the rung left for this reason is worth trying again once no job is at work. */
export function mayComeBack(code: ErrorCode): boolean {
  return !LASTS.has(code);
}
