import type { EngineBatch, EngineInfo, LoadProgress, WindowReading } from '../../shared/asr/engine.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { type ErrorCode, SottoError } from '../../shared/errors.ts';
import type { EngineHost, Rung, RungId } from '../../shared/host/host.ts';
import type { Clock } from '../../shared/queue/port.ts';

/** How a start or a run goes. `exit` is the place dying, `reject` an engine that fails and lives on. */
export type FakeAct =
  | { readonly do: 'succeed'; readonly ms?: number }
  | { readonly do: 'reject' | 'exit'; readonly code: ErrorCode; readonly ms?: number }
  | { readonly do: 'hang' };

export interface FakeScript {
  readonly start?: FakeAct;
  readonly progress?: readonly { readonly ms: number; readonly progress: LoadProgress }[];
  readonly run?: (batch: EngineBatch) => FakeAct;
  readonly info?: Partial<EngineInfo>;
  /** whether its last run got to the engine */
  readonly reached?: (runs: number) => boolean;
  /** it stops early when a run is cancelled */
  readonly heeds?: boolean;
  /** what it holds after so many runs */
  readonly bytes?: (runs: number) => number;
  /** how long the place takes to be gone after kill(), as a process does; 0 at once */
  readonly killMs?: number;
}

export interface FakeHost extends EngineHost {
  /** The place dies by itself, as a crashed worker does. */
  crash(code: ErrorCode): void;
  readonly alive: boolean;
}

export const FAKE_INFO: EngineInfo = {
  model: 'fake',
  device: 'wasm',
  dtype: 'q8',
  windowSeconds: 10,
  lanes: 4,
};

/** What the fake reads: its one token is the window's first sample, so that tests know whose reading it is. */
function readingOf(samples: Float32Array): WindowReading {
  const id = samples[0] ?? 0;
  const segment = {
    start: 0,
    end: samples.length / SAMPLE_RATE,
    text: ` ${id}`,
    tokens: [id],
    avgLogprob: -0.1,
    noSpeechProb: 0,
    compressionRatio: 1,
  };
  return { segments: [segment], tokens: [id], noSpeechProb: 0 };
}

/** An engine host that keeps the port's contract and fails as its script says. */
export function createFakeHost(clock: Clock, script: FakeScript = {}): FakeHost {
  const timers = new Set<() => void>();
  const pending = new Set<(error: SottoError) => void>();
  let dead: SottoError | undefined;
  let started = false;
  let running = false;
  let runs = 0;
  let killed = false;
  let resolveExited: (why: SottoError | undefined) => void = () => {};
  const exited = new Promise<SottoError | undefined>((resolve) => {
    resolveExited = resolve;
  });

  function die(why: SottoError | undefined): void {
    if (dead !== undefined) return;
    dead = why ?? new SottoError('engine_exited', 'killed');
    for (const cancel of timers) cancel();
    for (const reject of pending) reject(dead);
    pending.clear();
    resolveExited(why);
  }

  function later(ms: number, action: () => void): void {
    const cancel = clock.after(ms, () => {
      timers.delete(cancel);
      action();
    });
    timers.add(cancel);
  }

  function perform<T>(act: FakeAct, value: () => T, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      if (dead !== undefined) return reject(dead);
      if (killed) return void pending.add(reject);
      pending.add(reject);
      const stop = () => {
        pending.delete(reject);
        reject(new SottoError('cancelled'));
      };
      if (script.heeds === true) signal?.addEventListener('abort', stop, { once: true });
      void exited.then(() => signal?.removeEventListener('abort', stop));
      if (act.do === 'hang') return;
      later(act.ms ?? 0, () => {
        pending.delete(reject);
        signal?.removeEventListener('abort', stop);
        if (act.do === 'succeed') resolve(value());
        else {
          reject(new SottoError(act.code));
          if (act.do === 'exit') die(new SottoError(act.code));
        }
      });
    });
  }

  return {
    exited,
    get alive() {
      return dead === undefined;
    },
    async start(onProgress) {
      for (const { ms, progress } of script.progress ?? []) later(ms, () => onProgress(progress));
      try {
        const info = await perform(script.start ?? { do: 'succeed' }, () => ({
          ...FAKE_INFO,
          ...script.info,
        }));
        started = true;
        return info;
      } catch (thrown) {
        // A place whose engine did not start is gone.
        die(thrown instanceof SottoError ? thrown : undefined);
        throw thrown;
      }
    },
    reached: () => script.reached?.(runs) ?? true,
    memoryBytes: () => script.bytes?.(runs),
    async run(batch, signal) {
      if (dead === undefined && (!started || running)) {
        throw new SottoError('internal', started ? 'two runs at once' : 'not started');
      }
      running = true;
      runs += 1;
      try {
        return await perform(
          script.run?.(batch) ?? { do: 'succeed' },
          () => batch.windows.map((window) => readingOf(window.samples)),
          signal,
        );
      } finally {
        running = false;
      }
    },
    kill() {
      if (killed) return;
      killed = true;
      for (const cancel of timers) cancel();
      if (script.killMs === undefined || script.killMs === 0) die(undefined);
      else clock.after(script.killMs, () => die(undefined));
    },
    crash: (code) => die(new SottoError(code)),
  };
}

/** A rung that makes a fake host by each script in turn, then by the last one again; keeps what it made. */
export function fakeRung(
  id: RungId,
  clock: Clock,
  scripts: readonly FakeScript[] | ((nth: number) => FakeScript) = [],
): Rung & { readonly hosts: readonly FakeHost[] } {
  const hosts: FakeHost[] = [];
  return {
    id,
    hosts,
    create() {
      const nth = hosts.length;
      const script = typeof scripts === 'function' ? scripts(nth) : (scripts[nth] ?? scripts.at(-1));
      const host = createFakeHost(clock, script);
      hosts.push(host);
      return host;
    },
  };
}
