/** The shape of a sound, measured by a worker of its own while the page goes on. */
import { type Remote, wrap } from 'comlink';
import { SottoError, unwrap } from '../../shared/errors.ts';
import { watchWorker } from '../client/worker-life.ts';
import type { PeakWorkerApi } from './peaks-protocol.ts';
import workerUrl from './worker/main.ts?worker&url';

/** Milliseconds without a word after which the worker is given up: it tells five times a second. */
const STALLED_MS = 60_000;

export interface PeakPart {
  /** that follow those given before; see PeakMeter */
  readonly peaks: Uint8Array;
  /** the sound's length, as far as the file says it */
  readonly seconds: number | undefined;
}

/**
 * Peaks as they are measured, to the sound's end. The worker ends with the loop, or when `signal` aborts. Throws
 * SottoError: what decodeAudio throws, `cancelled`, `internal` when the worker ended or stalled.
 */
export async function* peaksOf(sound: Blob, signal: AbortSignal): AsyncGenerator<PeakPart, void> {
  if (signal.aborted) throw new SottoError('cancelled');
  let die: (reason: SottoError) => void = () => undefined;
  const death = new Promise<never>((_, reject) => {
    die = reject;
  });
  death.catch(() => undefined); // raced by each call
  const worker = new Worker(new URL(workerUrl, import.meta.url), { type: 'module', name: 'sotto-peaks' });
  const watch = watchWorker(worker, ({ detail }) => die(new SottoError('internal', detail)));
  const cancel = () => {
    watch.stop();
    die(new SottoError('cancelled'));
  };
  signal.addEventListener('abort', cancel, { once: true });
  const inTime = async <P extends Promise<unknown>>(call: P): Promise<Awaited<P>> => {
    const timer = setTimeout(() => die(new SottoError('internal', 'the peak worker stalled')), STALLED_MS);
    try {
      return await Promise.race([call, death]);
    } finally {
      clearTimeout(timer);
    }
  };
  try {
    const api: Remote<PeakWorkerApi> = wrap<PeakWorkerApi>(worker);
    const { seconds } = unwrap(await inTime(api.open(sound, watch.lock)));
    watch.loaded();
    for (let ended = false; !ended; ) {
      const step = unwrap(await inTime(api.next()));
      ended = step.ended;
      yield { peaks: step.peaks, seconds };
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    watch.stop();
  }
}
