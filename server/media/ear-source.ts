/**
 * One live source as its owner sees it, whatever becomes of the process that hears it. Samples are kept since the last
 * window that ended in a pause; a new process hears them again, and what it says that was said before is dropped: the
 * same sound is cut into the same windows.
 */
import { SottoError } from '../../shared/errors.ts';
import type { EarSetup, FromEar, ToEar } from '../../shared/protocol/ear-process.ts';
import type { LiveEvent, SpeechWindow } from '../../shared/speech/window.ts';
import type { EarListener, EarSource } from './ear-host.ts';

/** Seconds in one frame of the VAD: what is heard again begins at one, so that it falls into the same frames. */
const FRAME_SECONDS = 0.032;
/** frames that warm up the VAD, about a second */
const WARM_FRAMES = 31;

export interface TrackedSource extends EarSource {
  receive(message: FromEar): void;
  /** Everything that a new process must hear. */
  replay(): void;
  fail(error: SottoError): void;
}

export function trackSource(
  id: number,
  setup: EarSetup,
  listener: EarListener,
  send: (message: ToEar) => void,
  onClose: () => void,
): TrackedSource {
  const frame = Math.round(setup.rate * FRAME_SECONDS);
  const kept = createTape();
  /** samples since the source began: up to here it was pushed, heard, and flushed for the last time */
  let pushed = 0;
  let heard = 0;
  let flushedAt = 0;
  /** where what the process hears begins: the zero of its times, and the index of its first window */
  let origin = 0;
  let base = 0;
  /** windows given in all, and those of them that a new process will find again */
  let given = 0;
  let begun = -1;
  /** the place up to which nothing need be heard again, and how many windows were given by then */
  let safe = { at: 0, windows: 0 };
  const flushes: number[] = [];
  let closed = false;

  const moved = (window: SpeechWindow): SpeechWindow => {
    const by = origin / setup.rate;
    return {
      ...window,
      index: window.index + base,
      start: window.start + by,
      end: window.end + by,
      speechStart: window.speechStart + by,
      speechEnd: window.speechEnd + by,
      ...(window.overlap === undefined
        ? {}
        : { overlap: { end: window.overlap.end + by, seam: window.overlap.seam + by } }),
      ...(window.goesOnAt === undefined ? {} : { goesOnAt: window.goesOnAt + by }),
    };
  };

  function tell(event: LiveEvent): void {
    if (event.type === 'speech-start') {
      // The window after those that were closed.
      if (given <= begun || counting < given) return;
      begun = given;
      listener.onEvent({ type: 'speech-start', at: event.at + origin / setup.rate });
    } else if (event.type === 'partial' || event.type === 'final') {
      const window = moved(event.window);
      if (event.type === 'final') counting = window.index + 1;
      if (window.index < given) return;
      if (event.type === 'final') {
        given = window.index + 1;
        if (window.goesOnAt === undefined)
          settle(Math.floor((window.end * setup.rate - flushedAt) / frame) * frame + flushedAt);
      }
      listener.onEvent({ ...event, window });
    }
  }
  /** windows that this process has closed, those before it included */
  let counting = 0;

  function settle(at: number): void {
    safe = { at: Math.max(safe.at, Math.min(at, pushed)), windows: given };
    kept.dropBefore(Math.max(flushedAt, safe.at - WARM_FRAMES * frame));
  }

  return {
    get behindSeconds() {
      return (pushed - heard) / setup.rate;
    },
    push(samples) {
      if (closed || samples.length === 0) return;
      pushed += samples.length;
      kept.append(samples);
      send({ type: 'push', source: id, samples });
    },
    flush() {
      if (closed) return;
      flushes.push(pushed);
      send({ type: 'flush', source: id });
    },
    close() {
      if (closed) return;
      closed = true;
      send({ type: 'close', source: id });
      onClose();
    },
    fail(error) {
      if (closed) return;
      closed = true;
      onClose();
      listener.onFailed(error);
    },
    receive(message) {
      if (closed) return;
      if (message.type === 'failed')
        return this.fail(new SottoError(message.error.code, message.error.detail));
      const at = message.type === 'heard' ? heard + message.samples : (flushes.shift() ?? heard);
      for (const event of message.events) tell(event);
      heard = at;
      if (message.type === 'flushed') {
        flushedAt = at;
        origin = at;
        base = given;
        counting = given;
        settle(at);
        listener.onFlushed();
      } else listener.onHeard(heard / setup.rate);
    },
    replay() {
      if (closed) return;
      const warmFrom = Math.max(flushedAt, safe.at - WARM_FRAMES * frame);
      origin = safe.at;
      base = safe.windows;
      counting = safe.windows;
      // Only what is heard for the first time counts as progress.
      heard = warmFrom;
      send({ type: 'open', source: id, setup, warm: safe.at - warmFrom });
      let from = warmFrom;
      for (const to of [...flushes, pushed]) {
        const samples = kept.slice(from, to);
        if (samples.length > 0) send({ type: 'push', source: id, samples });
        if (flushes.includes(to) && to !== pushed) send({ type: 'flush', source: id });
        from = to;
      }
      for (const at of flushes) if (at === pushed) send({ type: 'flush', source: id });
    },
  };
}

/** Samples since a moving beginning. */
function createTape() {
  const chunks: Float32Array[] = [];
  let start = 0;
  return {
    append: (samples: Float32Array) => void chunks.push(samples),
    dropBefore(at: number): void {
      while (chunks[0] !== undefined && start + chunks[0].length <= at) {
        start += chunks[0].length;
        chunks.shift();
      }
    },
    slice(from: number, to: number): Float32Array {
      const out = new Float32Array(Math.max(0, to - from));
      let at = start;
      for (const chunk of chunks) {
        const begin = Math.max(from, at);
        const end = Math.min(to, at + chunk.length);
        if (end > begin) out.set(chunk.subarray(begin - at, end - at), begin - from);
        at += chunk.length;
      }
      return out;
    },
  };
}
