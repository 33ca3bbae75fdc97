import type { EngineInfo, LoadProgress } from '../asr/engine.ts';
import { toSottoError } from '../errors.ts';
import type { Clock } from '../queue/port.ts';
import type { SpareState } from './events.ts';
import type { GuardedHost } from './guarded-host.ts';
import { beforeSpare, type SpareFailures, type SupervisorLimits } from './policy.ts';
import { sleep } from './sleep.ts';
import type { Yard } from './yard.ts';

/** A host whose engine is ready. Whoever is given one has to end it. */
export interface StartedHost {
  readonly host: GuardedHost;
  readonly info: EngineInfo;
  /** index of its rung */
  readonly rung: number;
}

/** Keeps a second engine ready behind the first; without `spares` it never does anything. */
export interface Spare {
  readonly state: SpareState;
  /**
   * There is to be one on this rung, whenever it can be had: waits longer after each death in a row, and rests after a
   * few starts that failed, or for good where the reason lasts, until an engine was started `cold`.
   */
  keep(rung: number, after: { readonly deathsInARow: number; readonly how: 'cold' | 'takeover' }): void;
  /** The ready one of this rung. */
  take(rung: number): StartedHost | undefined;
  /**
   * The one of this rung that is being started, once it is ready; undefined when there is none or it fails. A start
   * that still waits for its turn is given up: the caller starts its own.
   */
  join(
    rung: number,
    onProgress: (progress: LoadProgress) => void,
    stop: AbortSignal,
  ): Promise<StartedHost | undefined>;
  /** Something was read: the deaths before it no longer count. */
  proved(): void;
  /** Ends it, and forgets its failures. */
  drop(): void;
}

export interface SpareOptions {
  readonly spares: 0 | 1;
  readonly yard: Yard;
  readonly limits: Pick<SupervisorLimits, 'startDeadlineMs' | 'backoffMs'>;
  readonly clock: Clock;
  /** it is ready, and nobody had waited for it */
  readonly onReady: () => void;
}

interface Starting {
  readonly name: 'starting';
  readonly rung: number;
  readonly stop: AbortController;
  /** resolves, whatever comes of it */
  readonly started: Promise<void>;
  joined: boolean;
  onProgress: (progress: LoadProgress) => void;
}

type Phase =
  | { readonly name: 'none' }
  | { readonly name: 'waiting' | 'resting'; readonly rung: number; readonly stop: AbortController }
  | Starting
  | { readonly name: 'ready'; readonly started: StartedHost };

const NONE: Phase = { name: 'none' };

/** As others see it: one that rests is not on its way. */
const STATES: Readonly<Record<Phase['name'], SpareState>> = {
  none: 'none',
  resting: 'none',
  waiting: 'starting',
  starting: 'starting',
  ready: 'ready',
};

export function createSpare({ spares, yard, limits, clock, onReady }: SpareOptions): Spare {
  let phase: Phase = NONE;
  let failures: SpareFailures | undefined;
  let deaths = 0;
  let engineDeaths = 0;

  function begin(rung: number): void {
    if (spares === 0) return;
    const before = beforeSpare(failures, Math.max(deaths, engineDeaths), limits.backoffMs);
    if (before.name === 'never') return;
    const stop = new AbortController();
    phase = { name: before.name === 'rest' ? 'resting' : 'waiting', rung, stop };
    // It rejects only where `drop`, `join` or `keep` no longer want it.
    void wait(before.ms, stop.signal).then(
      () => start(rung, stop),
      () => undefined,
    );
  }

  async function wait(ms: number, stop: AbortSignal): Promise<void> {
    if (ms > 0) await sleep(clock, ms, stop);
    await yard.room(1 + spares);
    stop.throwIfAborted();
  }

  function start(rung: number, stop: AbortController): void {
    if (stop.signal.aborted) return;
    const starting: Starting = {
      name: 'starting',
      rung,
      stop,
      joined: false,
      onProgress: () => undefined,
      started: startOn(rung, stop.signal, (progress) => starting.onProgress(progress)).then(
        (started) => settle(starting, started),
        (reason: unknown) => fail(starting, reason),
      ),
    };
    phase = starting;
  }

  async function startOn(
    rung: number,
    stop: AbortSignal,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<StartedHost> {
    const host = yard.open(rung);
    return { host, rung, info: await host.start(onProgress, limits.startDeadlineMs, stop) };
  }

  function settle(starting: Starting, started: StartedHost): void {
    if (phase !== starting) {
      started.host.kill();
      return;
    }
    failures = undefined;
    phase = { name: 'ready', started };
    void started.host.exited.then(() => bury(started));
    // After whoever joined has had the chance to take it.
    void starting.started.then(() => queueMicrotask(onReady));
  }

  function fail(starting: Starting, reason: unknown): void {
    if (phase !== starting) return;
    phase = NONE;
    failures = { count: (failures?.count ?? 0) + 1, code: toSottoError(reason).code };
    // Whoever joined starts an engine of their own now; it must not have to share the memory.
    if (!starting.joined) begin(starting.rung);
  }

  function bury(started: StartedHost): void {
    if (phase.name !== 'ready' || phase.started !== started) return;
    phase = NONE;
    deaths += 1;
    begin(started.rung);
  }

  function take(rung: number): StartedHost | undefined {
    if (phase.name !== 'ready' || phase.started.rung !== rung) return undefined;
    const { started } = phase;
    phase = NONE;
    return started;
  }

  function drop(): void {
    const dropped = phase;
    phase = NONE;
    failures = undefined;
    deaths = 0;
    if (dropped.name === 'ready') dropped.started.host.kill();
    else if (dropped.name !== 'none') dropped.stop.abort();
  }

  return {
    get state() {
      return STATES[phase.name];
    },
    keep(rung, { deathsInARow, how }) {
      engineDeaths = deathsInARow;
      if (how === 'cold') failures = undefined;
      if (how === 'cold' && phase.name === 'resting') {
        phase.stop.abort();
        phase = NONE;
      }
      if (phase.name !== 'none') return;
      begin(rung);
    },
    take,
    async join(rung, onProgress, stop) {
      if (phase.name === 'waiting') {
        phase.stop.abort();
        phase = NONE;
      }
      if (phase.name !== 'starting' || phase.rung !== rung) return take(rung);
      phase.joined = true;
      phase.onProgress = onProgress;
      await phase.started;
      return stop.aborted ? undefined : take(rung);
    },
    proved() {
      deaths = 0;
      engineDeaths = 0;
    },
    drop,
  };
}
