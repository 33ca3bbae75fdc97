/** One decoder process at one file, seen from the parent: its windows on request, its limits, its end. */
import { type ErrorWire, fromWire } from '../../shared/errors.ts';
import type { DecodeOrder, DecoderPosition, FromDecoder } from '../../shared/protocol/decoder-process.ts';
import type { Clock } from '../../shared/queue/port.ts';
import type { SpeechWindow } from '../../shared/speech/window.ts';
import type { DecoderProcess } from './decoder-process.ts';
import { breachOf, type DecoderLimits } from './limits.ts';
import { processUse } from './process-use.ts';

export type Step =
  | { readonly kind: 'window'; readonly window: SpeechWindow }
  | { readonly kind: 'end' }
  /** the file's own fault */
  | { readonly kind: 'failed'; readonly error: ErrorWire }
  /** the process ended or hung: another one may do better */
  | { readonly kind: 'lost'; readonly error: ErrorWire };

export interface Attempt {
  /** The next window, or how it ended, which is then said again each time. One call at a time. */
  next(): Promise<Step>;
  readonly at: DecoderPosition;
  /** Ends the process, and with it a `next` that waits. Idempotent. */
  end(): void;
}

export interface AttemptParts {
  readonly process: DecoderProcess;
  readonly order: DecodeOrder;
  readonly limits: DecoderLimits;
  /** how many windows may be sent ahead */
  readonly ahead: () => number;
  readonly clock: Clock;
  readonly onInfo: (durationSeconds: number | undefined) => void;
  readonly onMoved: (at: DecoderPosition) => void;
}

/** How often the limits are looked at. */
const LOOK_MS = 500;
/** Samples; a window is as long as its plan says, and rounding. */
const SLACK = 16;

export function startAttempt(parts: AttemptParts): Attempt {
  const { process, order, limits, ahead, clock } = parts;
  const ready: SpeechWindow[] = [];
  let last: Exclude<Step, { kind: 'window' }> | undefined;
  let at: DecoderPosition = { seconds: 0, busyMs: 0 };
  /** windows asked for and not yet come */
  let owed = 0;
  let heardAt = clock.now();
  let stopLooking = () => {};
  let wake = () => {};

  function finish(step: Exclude<Step, { kind: 'window' }>): void {
    last ??= step;
    stopLooking();
    process.kill();
    wake();
  }

  function ask(): void {
    const windows = Math.max(1, Math.floor(ahead())) - ready.length - owed;
    if (windows <= 0 || last !== undefined) return;
    if (owed === 0) heardAt = clock.now();
    owed += windows;
    process.send({ type: 'credit', windows });
  }

  /** The process has met the file, and what it says is believed as far as it goes. */
  function isSound({ samples, start, end }: SpeechWindow): boolean {
    const most = order.plan.maxSeconds * 16_000 + SLACK;
    return samples.length <= most && start >= 0 && start < end && end <= order.maxSeconds + 1;
  }

  function receive(message: FromDecoder): void {
    if (last !== undefined) return;
    heardAt = clock.now();
    if (message.type === 'info') {
      parts.onInfo(message.durationSeconds);
      return;
    }
    at = message.at;
    parts.onMoved(at);
    const step = stepOf(message);
    if (step?.kind === 'window') {
      owed -= 1;
      ready.push(step.window);
      wake();
    } else if (step !== undefined) finish(step);
  }

  function stepOf(message: Exclude<FromDecoder, { type: 'info' }>): Step | undefined {
    if (message.type === 'end') return { kind: 'end' };
    if (message.type === 'failed') return { kind: 'failed', error: message.error };
    if (message.at.seconds > order.maxSeconds) {
      return { kind: 'failed', error: { code: 'too_long', detail: `over ${order.maxSeconds} s` } };
    }
    if (message.type === 'moved') return undefined;
    if (owed > 0 && isSound(message.window)) return { kind: 'window', window: message.window };
    return { kind: 'failed', error: { code: 'decoder_failed', detail: 'its windows make no sense' } };
  }

  async function look(): Promise<void> {
    const used = process.pid === undefined ? undefined : await processUse(process.pid);
    if (last !== undefined) return;
    const breach = breachOf(
      {
        wanted: owed > 0,
        silentMs: clock.now() - heardAt,
        cpuMs: used?.cpuMs,
        residentMb: used?.residentMb,
        seconds: at.seconds,
      },
      limits,
    );
    if (breach === undefined) stopLooking = clock.after(LOOK_MS, () => void look());
    else finish({ kind: breach.kind === 'stalled' ? 'lost' : 'failed', error: breach.error });
  }

  process.listen(receive);
  void process.exited.then((how) =>
    finish({ kind: 'lost', error: { code: 'decoder_failed', detail: `the decoder ended: ${how}` } }),
  );
  process.send({ type: 'decode', order });
  ask();
  stopLooking = clock.after(LOOK_MS, () => void look());

  return {
    async next() {
      for (;;) {
        const window = ready.shift();
        ask();
        if (window !== undefined) return { kind: 'window', window };
        if (last !== undefined) return last;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    get at() {
      return at;
    },
    end: () => finish({ kind: 'failed', error: { code: 'cancelled' } }),
  };
}

export const errorOf = (step: Extract<Step, { error: ErrorWire }>) => fromWire(step.error);
