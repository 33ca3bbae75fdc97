import type { EngineInfo } from '../asr/engine.ts';
import { SottoError, toSottoError, toWire } from '../errors.ts';
import type { Clock } from '../queue/port.ts';
import type { RungChange } from './events.ts';
import { type GuardedHost, guardHost } from './guarded-host.ts';
import type { Rung, RungId } from './host.ts';
import { afterFailedStart, backoff, type SupervisorLimits } from './policy.ts';
import { sleep } from './sleep.ts';
import type { SupervisorEvent } from './transitions.ts';

/** A started engine, until it ends. */
export interface LivingEngine {
  readonly info: EngineInfo;
  readonly host: GuardedHost;
  /** index of its rung */
  readonly rung: number;
  /** a batch is in flight */
  busy: boolean;
  /** `died`: by itself, or not to be trusted any more; `retired`: we wanted it gone */
  end: 'died' | 'retired' | undefined;
}

/** Keeps at most one engine, on the best rung that works. */
export interface Ladder {
  hasLowerRung(): boolean;
  deathsInARow(): number;
  /** an engine lives or is being started */
  active(): boolean;
  /**
   * The engine, started when there is none. Rejects with the model's error, `engine_unavailable` when no rung
   * is left, `closed`, or `cancelled` by the signal; a start that nobody waits for any more is given up.
   */
  engine(signal?: AbortSignal): Promise<LivingEngine>;
  /** Ends an engine that failed; the next start may have to wait. */
  bury(engine: LivingEngine): void;
  /** Ends an engine without blame. */
  retire(engine: LivingEngine): void;
  /** Something was read: the deaths before it no longer count. */
  proved(): void;
  /** Leaves the broken rung for the one below, if it still stands there; below the last, everything has failed. */
  stepDown(why: SottoError, broken: number): void;
  /** The same without a death, by the rung's name: its engine, or the start of one, is given up without blame. */
  leave(id: RungId, why: SottoError): void;
  /** Forgets all failures and the engine: what comes next begins at the first rung. */
  reset(): void;
  close(): Promise<void>;
}

interface Start {
  readonly controller: AbortController;
  readonly engine: Promise<LivingEngine>;
  waiters: number;
}

export interface LadderOptions {
  /** best first; asked again at each reset */
  readonly rungs: () => readonly Rung[];
  readonly limits: SupervisorLimits;
  readonly clock: Clock;
  readonly emit: (event: SupervisorEvent) => void;
  readonly onChange: (change: RungChange) => void;
}

/** Why a start was given up for another one, which its waiters join. */
const RESET = new SottoError('cancelled', 'started anew');

export function createLadder({ limits, clock, emit, onChange, ...options }: LadderOptions): Ladder {
  let rungs = options.rungs();
  let rung = 0;
  let deathsInARow = 0;
  let notBefore = 0;
  let engine: LivingEngine | undefined;
  let start: Start | undefined;
  /** why no rung is left, or why none ever will be */
  let over: SottoError | undefined;
  let closed = false;
  /** the last host is really gone: two engines would not fit the device */
  let gone: Promise<unknown> = Promise.resolve();

  const hasLowerRung = () => rung + 1 < rungs.length;

  function give(reason: SottoError): void {
    const given = start;
    start = undefined;
    given?.controller.abort(reason);
  }

  async function climb(stop: AbortSignal): Promise<LivingEngine> {
    await gone;
    stop.throwIfAborted();
    await backOff(stop);
    for (;;) {
      const here = rungs[rung];
      if (here === undefined) throw unavailable(new SottoError('internal', 'no rung to stand on'));
      emit({ type: 'start', rung: here.id });
      try {
        return await startOn(here, stop);
      } catch (thrown) {
        stop.throwIfAborted();
        const error = toSottoError(thrown, 'engine_exited');
        if (afterFailedStart(error.code) === 'stay') {
          emit(error.code === 'cancelled' ? { type: 'stop' } : { type: 'fail', error: toWire(error) });
          throw error;
        }
        stepDown(error, rung);
        if (over !== undefined) throw over;
      }
      await gone;
      stop.throwIfAborted();
    }
  }

  async function startOn(here: Rung, stop: AbortSignal): Promise<LivingEngine> {
    const host = guardHost(here.create(), clock);
    gone = host.exited;
    const info = await host.start(
      (progress) => {
        if (!stop.aborted) emit({ type: 'progress', progress });
      },
      limits.startDeadlineMs,
      stop,
    );
    if (stop.aborted) host.kill();
    stop.throwIfAborted();
    const living: LivingEngine = { info, host, rung, busy: false, end: undefined };
    engine = living;
    start = undefined;
    emit({ type: 'started', info });
    void host.exited.then(() => bury(living));
    return living;
  }

  /** Waits out what is left of the back-off; rejects with the reason of `stop`. */
  async function backOff(stop: AbortSignal): Promise<void> {
    const ms = notBefore - clock.now();
    const here = rungs[rung];
    if (ms <= 0 || here === undefined) return;
    emit({ type: 'back-off', rung: here.id, ms });
    await sleep(clock, ms, stop);
  }

  function begin(): Start {
    const controller = new AbortController();
    const begun: Start = { controller, engine: climb(controller.signal), waiters: 0 };
    const settled = () => {
      if (start === begun) start = undefined;
    };
    begun.engine.then(settled, settled);
    return begun;
  }

  function join(joined: Start, signal: AbortSignal | undefined): Promise<LivingEngine> {
    joined.waiters += 1;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        joined.waiters -= 1;
        const cancelled = new SottoError('cancelled');
        if (joined.waiters === 0 && start === joined) {
          give(cancelled);
          emit({ type: 'stop' });
        }
        reject(cancelled);
      };
      const left = () => signal?.removeEventListener('abort', onAbort);
      signal?.addEventListener('abort', onAbort, { once: true });
      joined.engine.then(resolve, reject).finally(left);
    });
  }

  function end(living: LivingEngine, how: 'died' | 'retired'): boolean {
    if (living.end !== undefined) return false;
    living.end = how;
    if (engine === living) engine = undefined;
    living.host.kill();
    return true;
  }

  function bury(living: LivingEngine): void {
    if (!end(living, 'died')) return;
    deathsInARow += 1;
    const ms = backoff(deathsInARow, limits.backoffMs);
    notBefore = clock.now() + ms;
    const here = rungs[living.rung];
    emit(living.busy && here !== undefined ? { type: 'back-off', rung: here.id, ms } : { type: 'stop' });
  }

  function retire(living: LivingEngine): void {
    if (end(living, 'retired')) emit({ type: 'stop' });
  }

  function unavailable(why: SottoError): SottoError {
    const detail = why.detail === undefined ? why.code : `${why.code}: ${why.detail}`;
    over = new SottoError('engine_unavailable', detail, { cause: why });
    emit({ type: 'fail', error: toWire(over) });
    return over;
  }

  function stepDown(why: SottoError, broken: number): void {
    const from = rungs[rung];
    if (closed || from === undefined || broken !== rung) return;
    const to = rungs[rung + 1];
    if (to === undefined) unavailable(why);
    else rung += 1;
    deathsInARow = 0;
    notBefore = 0;
    onChange({ from: from.id, to: to?.id, error: toWire(why) });
  }

  return {
    hasLowerRung,
    deathsInARow: () => deathsInARow,
    active: () => engine !== undefined || start !== undefined,
    async engine(signal) {
      for (;;) {
        if (signal?.aborted) throw new SottoError('cancelled');
        if (over !== undefined) throw over;
        if (engine !== undefined) return engine;
        start ??= begin();
        try {
          return await join(start, signal);
        } catch (thrown) {
          if (thrown !== RESET) throw thrown;
        }
      }
    },
    bury,
    retire,
    proved() {
      deathsInARow = 0;
    },
    stepDown,
    leave(id, why) {
      if (rungs[rung]?.id !== id || !hasLowerRung()) return;
      if (engine !== undefined) retire(engine);
      stepDown(why, rung);
      give(RESET);
    },
    reset() {
      if (closed) return;
      over = undefined;
      rungs = options.rungs();
      rung = 0;
      deathsInARow = 0;
      notBefore = 0;
      if (engine !== undefined) retire(engine);
      give(RESET);
    },
    async close() {
      closed = true;
      over = new SottoError('closed');
      emit({ type: 'close' });
      give(over);
      if (engine !== undefined) retire(engine);
      await gone;
    },
  };
}
