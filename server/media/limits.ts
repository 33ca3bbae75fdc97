/** What a decoder may cost before it is ended: pure decisions, so that a table can test them. */
import type { ErrorWire } from '../../shared/errors.ts';

export interface DecoderLimits {
  /** milliseconds of the clock without a word although windows are wanted */
  readonly stallMs: number;
  /** processor milliseconds it may always use */
  readonly cpuFloorMs: number;
  /** and so many for each second of sound; decoding and VAD together use about 20 */
  readonly cpuMsPerSecond: number;
  /** MiB of resident memory */
  readonly memoryMb: number;
}

export const DEFAULT_LIMITS: DecoderLimits = {
  stallMs: 20_000,
  cpuFloorMs: 30_000,
  cpuMsPerSecond: 500,
  memoryMb: 1_024,
};

/** What is known of a decoder at one moment; undefined where the system does not say. */
export interface DecoderUse {
  /** windows are wanted and have not come */
  readonly wanted: boolean;
  /** milliseconds since it last said something, or since windows are wanted */
  readonly silentMs: number;
  readonly cpuMs: number | undefined;
  readonly residentMb: number | undefined;
  /** seconds of sound decoded */
  readonly seconds: number;
}

export type Breach =
  /** it may be the machine's fault: worth another try */
  | { readonly kind: 'stalled'; readonly error: ErrorWire }
  /** it is the file's fault */
  | { readonly kind: 'costly'; readonly error: ErrorWire };

/** The limit that is broken; undefined when all hold. */
export function breachOf(use: DecoderUse, limits: DecoderLimits): Breach | undefined {
  const failed = (detail: string): ErrorWire => ({ code: 'decoder_failed', detail });
  if (use.wanted && use.silentMs > limits.stallMs) {
    return { kind: 'stalled', error: failed(`nothing for ${Math.round(use.silentMs / 1000)} s`) };
  }
  const cpuMs = limits.cpuFloorMs + limits.cpuMsPerSecond * use.seconds;
  if (use.cpuMs !== undefined && use.cpuMs > cpuMs) {
    const detail = `${Math.round(use.cpuMs / 1000)} s of processor time for ${Math.round(use.seconds)} s of sound`;
    return { kind: 'costly', error: failed(detail) };
  }
  if (use.residentMb !== undefined && use.residentMb > limits.memoryMb) {
    return { kind: 'costly', error: failed(`over ${limits.memoryMb} MB of memory`) };
  }
  return undefined;
}

/** Below 1 kbit/s no codec carries speech: such a file does not hold what it says. */
const LEAST_BYTES_PER_SECOND = 125;

/**
 * Whether a file that says it is longer than `maxSeconds` can be believed, and so be refused before hours were read. One
 * that is too small for what it says is decoded, and what comes out is counted.
 */
export function certainlyTooLong(stated: number | undefined, bytes: number, maxSeconds: number): boolean {
  return stated !== undefined && stated > maxSeconds && bytes / stated >= LEAST_BYTES_PER_SECOND;
}
