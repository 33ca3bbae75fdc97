/** Files to speech windows, in processes that may die: a bad file costs its own process and nothing else. */
import { SottoError } from '../../shared/errors.ts';
import { type Clock, realClock } from '../../shared/queue/port.ts';
import type { SpeechWindow, WindowPlan } from '../../shared/speech/window.ts';
import { type Attempt, errorOf, startAttempt } from './attempt.ts';
import { createDecoderPool } from './decoder-pool.ts';
import { startDecoder } from './decoder-process.ts';
import { DEFAULT_LIMITS, type DecoderLimits } from './limits.ts';

export interface DecoderHostOptions {
  /** path of the Silero model */
  readonly vad: string;
  readonly limits?: Partial<DecoderLimits>;
  readonly clock?: Clock;
}

export interface DecodeRequest {
  readonly path: string;
  readonly plan: WindowPlan;
  readonly maxSeconds: number;
  /** windows whose speech ends by so many seconds are left out; 0 unless said */
  readonly from?: number;
  /** how many windows may be decoded ahead of the one taken */
  readonly ahead: () => number;
  readonly signal: AbortSignal;
  /** what the file says of its length, once */
  readonly onInfo?: (durationSeconds: number | undefined) => void;
  /** seconds decoded and heard so far, never less than before */
  readonly onPosition?: (seconds: number) => void;
}

export interface DecodingFile {
  /**
   * In order, each once. Throws SottoError: what `decodeAudio` throws, `too_long`, `decoder_failed`, `cancelled`,
   * `closed`, after every window before it was given. Leaving the loop ends the process.
   */
  readonly windows: AsyncIterable<SpeechWindow>;
  /** seconds decoded and heard */
  readonly seconds: number;
  /** milliseconds that decoders worked on it */
  readonly busyMs: number;
}

export interface DecoderHost {
  decode(request: DecodeRequest): DecodingFile;
  /** decoders that ended or hung in the middle of a file */
  readonly restarts: number;
  /** of all its processes, for whoever watches them */
  pids(): readonly number[];
  /** Kills every decoder; what runs fails with `closed`. Idempotent. */
  close(): Promise<void>;
}

/** A decoder that was lost is replaced once a file: windows that were given are not given again. */
const RETRIES = 1;

export function createDecoderHost({ vad, limits, clock = realClock }: DecoderHostOptions): DecoderHost {
  const bounds = { ...DEFAULT_LIMITS, ...limits };
  const pool = createDecoderPool(() => startDecoder(vad));
  let restarts = 0;
  let closed = false;

  function decode(request: DecodeRequest): DecodingFile {
    const { path, plan, maxSeconds, from = 0, ahead, signal } = request;
    let given = 0;
    let lost = 0;
    let seconds = 0;
    let busyMsBefore = 0;
    let attempt: Attempt | undefined;
    let told = false;

    const begin = (): Attempt =>
      startAttempt({
        process: pool.take(),
        order: { path, plan, from, skip: given, maxSeconds },
        limits: bounds,
        ahead,
        clock,
        onInfo(durationSeconds) {
          if (!told) request.onInfo?.(durationSeconds);
          told = true;
        },
        onMoved(at) {
          if (at.seconds <= seconds) return;
          seconds = at.seconds;
          request.onPosition?.(seconds);
        },
      });

    async function* windows(): AsyncGenerator<SpeechWindow, void> {
      const stop = () => attempt?.end();
      signal.addEventListener('abort', stop, { once: true });
      try {
        if (signal.aborted) throw new SottoError('cancelled');
        attempt = begin();
        for (;;) {
          const step = await attempt.next();
          if (signal.aborted) throw new SottoError('cancelled');
          if (step.kind === 'end') return;
          if (step.kind === 'window') {
            given += 1;
            yield step.window;
            continue;
          }
          if (closed) throw new SottoError('closed');
          if (step.kind === 'lost') restarts += 1;
          lost += 1;
          if (step.kind === 'failed' || lost > RETRIES) throw errorOf(step);
          busyMsBefore += attempt.at.busyMs;
          attempt = begin();
        }
      } finally {
        signal.removeEventListener('abort', stop);
        attempt?.end();
      }
    }

    return {
      windows: windows(),
      get seconds() {
        return seconds;
      },
      get busyMs() {
        return busyMsBefore + (attempt?.at.busyMs ?? 0);
      },
    };
  }

  return {
    decode,
    get restarts() {
      return restarts;
    },
    pids: () => pool.pids(),
    close() {
      closed = true;
      return pool.close();
    },
  };
}
