/** How often and how long a page asks a server again. Pure. */
import type { ErrorCode } from '../../shared/errors.ts';

export interface ServerPatience {
  /** connections tried in a row that came to nothing, before the server counts as unreachable */
  readonly maxTries: number;
  /** the wait after the first failed try; each further one waits twice as long, up to `longestWaitMs` */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** longest time spent asking a full server for a place */
  readonly maxFullMs: number;
  /** how long a server may say nothing: to a connection, in line, and with windows to read */
  readonly silentMs: number;
  readonly silentReadingMs: number;
  /** a connection that nobody needed for so long is closed: its place at the server is someone else's */
  readonly idleMs: number;
  /** how often one window is sent before the server counts as unable to read it */
  readonly maxSends: number;
}

export const DEFAULT_PATIENCE: ServerPatience = {
  maxTries: 5,
  firstWaitMs: 500,
  longestWaitMs: 8_000,
  maxFullMs: 300_000,
  silentMs: 20_000,
  silentReadingMs: 90_000,
  idleMs: 60_000,
  maxSends: 4,
};

/** Exponential, with the upper half of it drawn by lot, so that many pages do not come back at the same moment. */
export function waitAfter(tries: number, random: number, patience: ServerPatience): number {
  const whole = Math.min(patience.longestWaitMs, patience.firstWaitMs * 2 ** Math.max(0, tries - 1));
  return whole * (0.5 + random / 2);
}

/** What a full server asked for is the least; up to a quarter more by lot. Never longer than a minute at once. */
export function waitForPlace(retryAfterMs: number, random: number): number {
  return Math.min(60_000, Math.max(500, retryAfterMs)) * (1 + random / 4);
}

/** Seconds or a date, as RFC 9110 has it; undefined where it is neither. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

export type AfterError = 'again' | 'later' | 'give-up';

const AGAIN: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'engine_exited',
  'engine_timeout',
  'device_lost',
  'closed',
]);
const LATER: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['queue_full', 'queue_timeout', 'too_fast']);

/** What a server's error means for whoever asked: the same again, later, or nothing that waiting could mend. */
export function afterServerError(code: ErrorCode): AfterError {
  if (AGAIN.has(code)) return 'again';
  return LATER.has(code) ? 'later' : 'give-up';
}
