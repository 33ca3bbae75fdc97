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
  /** starts on one rung that may end by the host's death before the rung is left; 1 unless said */
  readonly startAttempts?: number;
  /**
   * What two deaths of one window speak against, where a rung lies below. `rung`, unless said: the way down keeps a
   * page working. `window`: everybody's engine must not become slower for one sender's sake.
   */
  readonly blames?: 'rung' | 'window';
  /** when an engine has served its time; undefined: it serves until it dies */
  readonly wear?: WearLimits;
}

/** Past any of these an engine is replaced between batches, without blame. */
export interface WearLimits {
  /** resident bytes */
  readonly bytes?: number;
  /** resident bytes more than when it was ready */
  readonly growthBytes?: number;
  /** windows read */
  readonly windows?: number;
}

/** Seconds that the encoder reads: a window is padded to the model's own length. */
export function secondsRead(batch: EngineBatch, { windowSeconds }: EngineInfo): number {
  const samples = batch.windows.reduce((sum, window) => sum + window.samples.length, 0);
  return Math.max(samples / SAMPLE_RATE, batch.windows.length * windowSeconds);
}

/** Patient enough for software WebGPU, where the first window of a small model takes half a minute. */
export const DEFAULT_LIMITS: SupervisorLimits = {
  startDeadlineMs: 120_000,
  runDeadlineMs: (batch, info) => 60_000 + secondsRead(batch, info) * 10_000,
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

/** Ends that somebody outside may have brought about; an engine that says itself why it cannot start is believed. */
const MAY_BE_CHANCE: ReadonlySet<ErrorCode> = new Set(['engine_exited', 'engine_timeout', 'out_of_memory']);

/**
 * A host that does not start is not tried again by itself without end, so that nothing can loop.
 * @param failedStarts in a row on this rung, this one included
 */
export function afterFailedStart(
  code: ErrorCode,
  failedStarts = 1,
  startAttempts = 1,
): 'stay' | 'again' | 'next-rung' {
  if (KEEPS_RUNG.has(code)) return 'stay';
  return MAY_BE_CHANCE.has(code) && failedStarts < startAttempts ? 'again' : 'next-rung';
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
  limits: Pick<SupervisorLimits, 'maxDeathsInARow' | 'blames'>,
): 'retry' | 'next-rung' | 'poison' | 'give-up' {
  if (CONDEMNS_RUNG.has(death.code)) return death.hasLowerRung ? 'next-rung' : 'give-up';
  if (death.deathsInARow >= limits.maxDeathsInARow) return death.hasLowerRung ? 'next-rung' : 'give-up';
  if (death.strikes < STRIKES) return 'retry';
  return death.hasLowerRung && limits.blames !== 'window' ? 'next-rung' : 'poison';
}

/** The wait before the restart after this many deaths in a row, in milliseconds. */
export function backoff(deathsInARow: number, backoffMs: readonly number[]): number {
  return deathsInARow < 2 ? 0 : (backoffMs[deathsInARow - 2] ?? backoffMs.at(-1) ?? 0);
}

/** What an engine has done, and what it holds. Bytes are undefined where its place cannot tell. */
export interface Wear {
  readonly windows: number;
  readonly bytes: number | undefined;
  readonly bytesWhenReady: number | undefined;
}

/** A fresh engine has this much room to work in, whatever the limit says: else each batch would cost an engine. */
const WORKING_ROOM = 1.25;

/** Why the engine is to be replaced, if it is. */
export function wornOut(wear: Wear, limits: WearLimits = {}): 'memory' | 'recycle' | undefined {
  const { windows, bytes = 0, bytesWhenReady = bytes } = wear;
  if (limits.bytes !== undefined && bytes > Math.max(limits.bytes, bytesWhenReady * WORKING_ROOM)) {
    return 'memory';
  }
  if (limits.windows !== undefined && windows >= limits.windows) return 'recycle';
  if (limits.growthBytes !== undefined && bytes - bytesWhenReady > limits.growthBytes) return 'recycle';
  return undefined;
}

/** A spare that fails to start so often is given a rest. */
const SPARE_STARTS = 3;
/** Whatever killed it may be over by then; and so few starts harm nobody. */
const SPARE_REST_MS = 30_000;

/** Failed starts of spares in a row, and why the last one failed. */
export interface SpareFailures {
  readonly count: number;
  readonly code: ErrorCode;
}

export type BeforeSpare =
  | { readonly name: 'wait' | 'rest'; readonly ms: number }
  /** not before an engine has been started in its stead */
  | { readonly name: 'never' };

/**
 * What comes before the next spare may start. Nobody waits for a spare, so it takes its time.
 * @param deaths of spares, and of engines, in a row without anything read
 */
export function beforeSpare(
  failures: SpareFailures | undefined,
  deaths: number,
  backoffMs: readonly number[],
): BeforeSpare {
  const { count, code } = failures ?? { count: 0, code: 'internal' };
  if (count < SPARE_STARTS) return { name: 'wait', ms: backoff(Math.max(count + 1, deaths), backoffMs) };
  return mayComeBack(code) ? { name: 'rest', ms: SPARE_REST_MS } : { name: 'never' };
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
