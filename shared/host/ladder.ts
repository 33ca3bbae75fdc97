import type { LoadProgress } from '../asr/engine.ts';
import { SottoError, toSottoError, toWire } from '../errors.ts';
import type { ReplacementReason } from './events.ts';
import type { Ladder, LadderOptions } from './ladder-port.ts';
import { endOf, enliven, type LivingEngine, wearOf } from './living-engine.ts';
import { afterFailedStart, backoff } from './policy.ts';
import { createSharedStart } from './shared-start.ts';
import { sleep } from './sleep.ts';
import { createSpare, type StartedHost } from './spare.ts';
import type { SupervisorEvent } from './transitions.ts';
import { createYard } from './yard.ts';

/** Why a start was given up for another one, which its waiters join. */
const RESET = new SottoError('cancelled', 'started anew');

export function createLadder(options: LadderOptions): Ladder {
  const { limits, spares, clock, emit, onChange, onReplaced } = options;
  let rungs = options.rungs();
  const yard = createYard((index) => rungs[index], clock);
  const spare = createSpare({ spares, yard, limits, clock, onReady: () => engine && rest(engine) });
  let rung = 0;
  let deathsInARow = 0;
  let notBefore = 0;
  /** in a row, on this rung */
  let failedStarts = 0;
  let engine: LivingEngine | undefined;
  /** why no rung is left, or why none ever will be */
  let over: SottoError | undefined;
  let closed = false;
  /** an engine ended, and none has come in its place */
  let vacancy: { readonly reason: ReplacementReason; readonly since: number } | undefined;

  const start = createSharedStart(climb, () => emit({ type: 'stop' }));

  async function climb(stop: AbortSignal): Promise<LivingEngine> {
    const ready = spare.take(rung) ?? (await joinSpare(stop));
    if (ready !== undefined) return takeOver(ready);
    for (;;) {
      await yard.room(1 + spares);
      stop.throwIfAborted();
      await backOff(stop);
      const here = rungs[rung];
      if (here === undefined) throw unavailable(new SottoError('internal', 'no rung to stand on'));
      emit({ type: 'start', rung: here.id });
      try {
        return await startOn(stop);
      } catch (thrown) {
        stop.throwIfAborted();
        const error = toSottoError(thrown, 'engine_exited');
        failedStarts += 1;
        const next = afterFailedStart(error.code, failedStarts, limits.startAttempts);
        if (next === 'stay') {
          emit(error.code === 'cancelled' ? { type: 'stop' } : { type: 'fail', error: toWire(error) });
          throw error;
        }
        if (next === 'again') notBefore = clock.now() + backoff(failedStarts + 1, limits.backoffMs);
        else stepDown(error, rung);
        if (over !== undefined) throw over;
      }
    }
  }

  /** One that is being started anyway is soonest ready. */
  async function joinSpare(stop: AbortSignal): Promise<StartedHost | undefined> {
    const here = rungs[rung];
    if (spare.state !== 'starting' || here === undefined) return undefined;
    emit({ type: 'start', rung: here.id });
    const joined = await spare.join(rung, progressUntil(stop), stop);
    stop.throwIfAborted();
    return joined;
  }

  const progressUntil = (stop: AbortSignal) => (progress: LoadProgress) => {
    if (!stop.aborted) emit({ type: 'progress', progress });
  };

  async function startOn(stop: AbortSignal): Promise<LivingEngine> {
    const on = rung;
    const host = yard.open(on);
    const info = await host.start(progressUntil(stop), limits.startDeadlineMs, stop);
    if (stop.aborted) host.kill();
    stop.throwIfAborted();
    emit({ type: 'started', info });
    return install({ host, info, rung: on }, 'cold');
  }

  function takeOver(ready: StartedHost): LivingEngine {
    const here = rungs[ready.rung];
    if (here !== undefined) emit({ type: 'took-over', rung: here.id, info: ready.info });
    return install(ready, 'takeover');
  }

  function install(started: StartedHost, how: 'cold' | 'takeover'): LivingEngine {
    const living = enliven(started);
    engine = living;
    failedStarts = 0;
    start.done();
    void living.host.exited.then(() => bury(living));
    if (vacancy !== undefined) {
      onReplaced({ reason: vacancy.reason, ms: clock.now() - vacancy.since });
      vacancy = undefined;
    }
    spare.keep(living.rung, { deathsInARow, how });
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

  function end(living: LivingEngine, how: 'died' | 'retired', reason?: ReplacementReason): boolean {
    if (living.end !== undefined) return false;
    living.end = how;
    if (engine === living) engine = undefined;
    if (reason !== undefined) vacancy ??= { reason, since: clock.now() };
    living.host.kill();
    return true;
  }

  /** The spare, if it is ready, is the engine now; otherwise there is none for the time being. */
  function succeed(living: LivingEngine, otherwise: SupervisorEvent): void {
    const ready = spare.take(living.rung);
    if (ready === undefined) emit(otherwise);
    else takeOver(ready);
  }

  function bury(living: LivingEngine): void {
    if (!end(living, 'died', endOf(living))) return;
    deathsInARow += 1;
    const ms = backoff(deathsInARow, limits.backoffMs);
    notBefore = clock.now() + ms;
    const here = rungs[living.rung];
    succeed(
      living,
      living.busy && here !== undefined ? { type: 'back-off', rung: here.id, ms } : { type: 'stop' },
    );
  }

  function retire(living: LivingEngine, reason: ReplacementReason = endOf(living)): void {
    if (end(living, 'retired', reason)) succeed(living, { type: 'stop' });
  }

  function rest(living: LivingEngine): void {
    const reason = wearOf(living, limits.wear);
    if (reason !== undefined && spare.state !== 'starting') retire(living, reason);
  }

  /** Ends the engine and the spare, and nothing comes in their place. */
  function clear(): void {
    spare.drop();
    if (engine !== undefined && end(engine, 'retired')) emit({ type: 'stop' });
  }

  function unavailable(why: SottoError): SottoError {
    const said = why.code === 'engine_unavailable' ? why.detail : undefined;
    const detail = said ?? (why.detail === undefined ? why.code : `${why.code}: ${why.detail}`);
    over = new SottoError('engine_unavailable', detail, { cause: why });
    emit({ type: 'fail', error: toWire(over) });
    return over;
  }

  function stepDown(why: SottoError, broken: number): void {
    const from = rungs[rung];
    if (closed || from === undefined || broken !== rung) return;
    // What took over meanwhile stands on the same broken rung.
    clear();
    const to = rungs[rung + 1];
    if (to === undefined) unavailable(why);
    else rung += 1;
    deathsInARow = 0;
    failedStarts = 0;
    notBefore = 0;
    onChange({ from: from.id, to: to?.id, error: toWire(why) });
  }

  return {
    get standing() {
      return { deathsInARow, hasLowerRung: rung + 1 < rungs.length };
    },
    get spare() {
      return spare.state;
    },
    get active() {
      return engine !== undefined || start.underway;
    },
    async engine(signal) {
      for (;;) {
        if (signal?.aborted) throw new SottoError('cancelled');
        if (over !== undefined) throw over;
        if (engine !== undefined) return engine;
        try {
          return await start.join(signal);
        } catch (thrown) {
          if (thrown !== RESET) throw thrown;
        }
      }
    },
    bury,
    retire,
    proved(living, windows) {
      living.windows += windows;
      deathsInARow = 0;
      spare.proved();
    },
    rest,
    stepDown,
    leave(id, why) {
      if (rungs[rung]?.id !== id || rung + 1 >= rungs.length) return;
      stepDown(why, rung);
      start.give(RESET);
    },
    reset() {
      if (closed) return;
      over = undefined;
      rungs = options.rungs();
      rung = 0;
      deathsInARow = 0;
      failedStarts = 0;
      notBefore = 0;
      clear();
      vacancy = undefined;
      start.give(RESET);
    },
    async close() {
      closed = true;
      over = new SottoError('closed');
      emit({ type: 'close' });
      start.give(over);
      clear();
      await yard.room(1);
    },
  };
}
