/**
 * One live session of an ingress: its windows are read at a worker, over a line that may break. When the worker dies
 * the session leases a place at another one, and what has no answer is sent again.
 */
import { toPcm16 } from '../../shared/audio/pcm16.ts';
import { type ErrorCode, fromWire, SottoError, toSottoError } from '../../shared/errors.ts';
import { sleep } from '../../shared/host/sleep.ts';
import { type WindowMessage, windowMessage } from '../../shared/protocol/window-wire.ts';
import { measure, rate, UNMEASURED } from '../../shared/queue/estimate.ts';
import type { Clock, QueuePlace } from '../../shared/queue/port.ts';
import type { ServiceSession, SessionOptions, SessionWindow } from '../service/port.ts';
import type { LiveLine, OpenLiveLine, WindowAnswered } from './live-line.ts';
import type { LiveLease, LivePlaces } from './live-places.ts';
import { createLiveWindows, MAX_SENDS } from './live-windows.ts';

export interface LiveSessionParts {
  readonly places: Pick<LivePlaces, 'lease'>;
  readonly openLine: OpenLiveLine;
  readonly clock: Clock;
  /** Gives a lease back; never rejects. */
  readonly free: (lease: LiveLease) => void;
  /** windows of everybody that are read at a worker before a newcomer's, as it said last */
  readonly pendingAt: (worker: string) => number;
  readonly onLeft: () => void;
  /** aborted when the service ends */
  readonly closed: AbortSignal;
}

export interface LiveSession extends ServiceSession {
  /** undefined: before it is ready, and between two workers */
  readonly lease: LiveLease | undefined;
  /** The worker that it is at is gone, whatever the line says. */
  moveOn(): void;
}

/** For a place that was promised, and for another one when a worker is gone. */
export const OPEN_MS = 5_000;
export const MOVE_MS = 30_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;
/** A worker that did not take it is not asked again for so long. */
const AVOID_MS = 3_000;

/** What another worker would not answer otherwise. */
const HOPELESS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['model_unknown', 'bad_request']);
/** Of one window: the worker is not able, the window is not to blame. */
const ELSEWHERE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'closed',
  'engine_exited',
  'engine_unavailable',
]);

export function createLiveSession(options: SessionOptions, parts: LiveSessionParts): LiveSession {
  const { places, openLine, clock, closed } = parts;
  const left = new AbortController();
  const signal = AbortSignal.any([options.signal, left.signal, closed]);
  const windows = createLiveWindows();
  const avoided = new Map<string, number>();
  let held: { readonly lease: LiveLease; readonly line: LiveLine } | undefined;
  let holding: Promise<LiveLine> | undefined;
  let next = 0;
  let pace = UNMEASURED;
  let told: QueuePlace | undefined;

  const reason = (): SottoError => new SottoError(closed.aborted ? 'closed' : 'cancelled');

  function end(): void {
    const before = held;
    held = undefined;
    before?.line.close();
    if (before !== undefined) parts.free(before.lease);
    windows.settleAll(reason());
    parts.onLeft();
  }
  signal.addEventListener('abort', end, { once: true });

  /** The line, opened where there is none. */
  function hold(patienceMs: number): Promise<LiveLine> {
    if (held !== undefined) return Promise.resolve(held.line);
    holding ??= acquire(patienceMs).finally(() => {
      holding = undefined;
    });
    return holding;
  }

  async function acquire(patienceMs: number): Promise<LiveLine> {
    const until = clock.now() + patienceMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const got = await attempt();
      if (signal.aborted) throw reason();
      if (!(got instanceof SottoError)) return got;
      if (HOPELESS.has(got.code) || clock.now() + pause > until) throw got;
      await sleep(clock, pause, signal).catch(() => {
        throw reason();
      });
    }
  }

  async function attempt(): Promise<LiveLine | SottoError> {
    for (const [worker, until] of avoided) if (until <= clock.now()) avoided.delete(worker);
    let lease: LiveLease | undefined;
    try {
      lease = await places.lease(options.model, [...avoided.keys()]);
      if (lease === undefined) return new SottoError('queue_full', 'live sessions');
      const at = lease;
      const line = await openLine({
        lease,
        model: options.model,
        priority: options.priority,
        tenant: options.tenant,
        signal,
        onPlace(place) {
          told = place;
        },
        onAnswer: hear,
        onEnd: () => lost(at),
      });
      if (signal.aborted) {
        line.close();
        throw reason();
      }
      held = { lease, line };
      told = undefined;
      return line;
    } catch (thrown) {
      if (lease !== undefined) {
        avoided.set(lease.worker.id, clock.now() + AVOID_MS);
        parts.free(lease);
      }
      return toSottoError(thrown, 'engine_unavailable');
    }
  }

  /** The line to the worker has ended by itself, or is given up. */
  function lost(lease: LiveLease): void {
    if (held?.lease !== lease) return;
    held = undefined;
    avoided.set(lease.worker.id, clock.now() + AVOID_MS);
    parts.free(lease);
    windows.putBack();
    pump();
  }

  function hear(answer: WindowAnswered): void {
    const sent = windows.sent(answer.id);
    if (sent === undefined) return;
    pace = measure(pace, clock.now() - sent.sentAt, 1);
    if (answer.type === 'reading') windows.settle(answer.id, { reading: answer.reading ?? undefined });
    else if (ELSEWHERE.has(answer.error.code) && sent.sends < MAX_SENDS) moveOn();
    else windows.settle(answer.id, fromWire(answer.error));
    pump();
  }

  function moveOn(): void {
    const before = held;
    before?.line.close();
    if (before !== undefined) lost(before.lease);
  }

  /** Sends what there is room for, in the order in which it came. */
  function pump(): void {
    if (signal.aborted) return;
    if (held === undefined) {
      // Also where nothing waits: the place is the session's.
      hold(MOVE_MS).then(pump, (thrown: unknown) => windows.settleAll(toSottoError(thrown)));
      return;
    }
    const { line } = held;
    for (const { message, samples } of windows.take(line.inFlight, clock.now())) line.send(message, samples);
  }

  return {
    get lease() {
      return held?.lease;
    },
    moveOn,
    async ready() {
      if (signal.aborted) throw reason();
      return (await hold(OPEN_MS)).info;
    },
    async read({ window, options: read, kind, signal: own }: SessionWindow) {
      if (signal.aborted) throw reason();
      if (own?.aborted) throw new SottoError('cancelled');
      const id = next++;
      const message: WindowMessage = {
        ...windowMessage(id, window, { ...read, model: options.model }),
        kind: kind.name,
        ...(kind.key === undefined ? {} : { key: kind.key }),
      };
      const onAbort = () => {
        if (windows.drop(id)) held?.line.cancel(id);
      };
      own?.addEventListener('abort', onAbort, { once: true });
      try {
        const reading = windows.add(message, toPcm16(window.samples, message.shift));
        pump();
        return await reading;
      } finally {
        own?.removeEventListener('abort', onAbort);
      }
    },
    get place() {
      if (held === undefined) return told ?? { position: windows.size, etaMs: undefined };
      const position = Math.max(windows.size, parts.pendingAt(held.lease.worker.id));
      return { position, etaMs: position === 0 ? 0 : rate(pace) };
    },
    leave() {
      if (!left.signal.aborted) left.abort();
    },
  };
}
