/** Workers behind one queue: the real admission, a real batcher each, and engines that only take time. */
import type { EngineWindow, WindowReading } from '../../shared/asr/engine.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { type Outcome, toSottoError } from '../../shared/errors.ts';
import { createAdmission } from '../../shared/queue/admission.ts';
import { createBatcher } from '../../shared/queue/batcher.ts';
import type { AdmissionStats, Batcher, Clock, Priority, RunBatch } from '../../shared/queue/port.ts';

export interface WorkerShape {
  /** engine seconds for a second of audio read alone */
  readonly rtf: number;
  readonly lanes: number;
  /** throughput with all lanes full, over one lane's; in between in proportion */
  readonly batchGain: number;
}

export interface SimulatedWorkersOptions extends WorkerShape {
  readonly workers: number;
  readonly clock: Clock;
  /** requests that may wait; Infinity: all */
  readonly maxWaiting: number;
}

export interface SimulatedRequest {
  readonly priority: Priority;
  /** seconds of audio of each window, in order */
  readonly windows: readonly number[];
  readonly signal?: AbortSignal;
}

export interface SimulatedWorkers {
  /** Resolves when all was read, with the ms from now to the first window's start. Rejects as the gate does. */
  read(request: SimulatedRequest): Promise<number>;
  /** ms that engines ran, over all workers */
  readonly busyMs: number;
  stats(): AdmissionStats;
}

const NOTHING: WindowReading = { segments: [], tokens: [], noSpeechProb: 0 };
/** One silence that all windows are views of: the gate only looks at their lengths. */
const SILENCE = new ArrayBuffer(SAMPLE_RATE * Float32Array.BYTES_PER_ELEMENT * 60);

/** How much more audio a second a batch of this width gets through than one window alone. */
export const gainOf = ({ lanes, batchGain }: Omit<WorkerShape, 'rtf'>, width: number): number =>
  lanes <= 1 ? 1 : 1 + ((batchGain - 1) * (Math.min(width, lanes) - 1)) / (lanes - 1);

interface Worker {
  readonly batcher: Batcher;
  /** requests that it holds */
  held: number;
}

export function createSimulatedWorkers(options: SimulatedWorkersOptions): SimulatedWorkers {
  const { workers: many, clock, lanes, rtf, maxWaiting } = options;
  const places = many * lanes;
  const admission = createAdmission(
    { maxActive: places, maxLive: places, maxWaiting, maxWaitMs: undefined },
    clock,
  );
  const lengths = new WeakMap<EngineWindow, { readonly seconds: number; readonly started: () => void }>();
  let busyMs = 0;

  const run: RunBatch = async ({ windows }, signal) => {
    const began = clock.now();
    let seconds = 0;
    for (const window of windows) {
      const length = lengths.get(window);
      seconds += length?.seconds ?? 0;
      length?.started();
    }
    const ms = (1000 * rtf * seconds) / gainOf(options, windows.length);
    const outcome = await lasting(ms, signal);
    busyMs += clock.now() - began;
    return windows.map(() => outcome);
  };

  function lasting(ms: number, signal: AbortSignal): Promise<Outcome<WindowReading>> {
    return new Promise((resolve) => {
      const stop = clock.after(ms, () => resolve({ ok: true, value: NOTHING }));
      signal.addEventListener('abort', () => {
        stop();
        resolve({ ok: false, error: { code: 'cancelled' } });
      });
    });
  }

  const workers: readonly Worker[] = Array.from({ length: many }, () => ({
    batcher: createBatcher({ run, lanes: () => lanes, clock }),
    held: 0,
  }));

  function freest(): Worker {
    let best = workers[0];
    for (const worker of workers) {
      if (worker.held === 0) return worker;
      if (best === undefined || worker.held < best.held) best = worker;
    }
    if (best === undefined) throw new RangeError('a plan needs a worker');
    return best;
  }

  async function read({ windows, priority, signal }: SimulatedRequest): Promise<number> {
    const asked = clock.now();
    const seconds = windows.reduce((sum, each) => sum + each, 0);
    const abortable = signal === undefined ? {} : { signal };
    const lease = await admission.enter({ priority, seconds, ...abortable });
    const worker = freest();
    worker.held += 1;
    let firstAt: number | undefined;
    const started = () => {
      firstAt ??= clock.now();
    };
    try {
      // As shared/pipeline/transcribe.ts: at most twice the lanes at the gate.
      const atGate: Promise<unknown>[] = [];
      for (const length of windows) {
        const window = viewOf(length);
        lengths.set(window, { seconds: length, started });
        const options = { task: 'transcribe' } as const;
        const reading = worker.batcher.submit({
          ...{ window, options, priority, kind: { name: 'final' } },
          ...abortable,
        });
        // Awaited below in order; one that fails before its turn is not unhandled.
        reading.catch(() => undefined);
        atGate.push(reading);
        if (atGate.length >= 2 * lanes) await atGate.shift();
      }
      for (const reading of atGate) await reading;
      lease.leave('done');
    } catch (thrown) {
      lease.leave(toSottoError(thrown).code === 'cancelled' ? 'cancelled' : 'failed');
      throw thrown;
    } finally {
      worker.held -= 1;
    }
    return (firstAt ?? clock.now()) - asked;
  }

  return {
    read,
    get busyMs() {
      return busyMs;
    },
    stats: () => admission.stats(),
  };
}

function viewOf(seconds: number): EngineWindow {
  const samples = Math.min(Math.round(seconds * SAMPLE_RATE), SILENCE.byteLength / 4);
  return { samples: new Float32Array(SILENCE, 0, Math.max(1, samples)) };
}
