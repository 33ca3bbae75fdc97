import type { EngineBatch, EngineInfo, WindowReading } from '../asr/engine.ts';
import { type Outcome, SottoError, toSottoError, toWire } from '../errors.ts';
import { type Clock, type RunBatch, realClock } from '../queue/port.ts';
import type { Replacement, ReplacementReason, RungChange, SpareState, SupervisorState } from './events.ts';
import type { Rung, RungId } from './host.ts';
import { createLadder } from './ladder.ts';
import type { LivingEngine } from './living-engine.ts';
import { afterDeath, type SupervisorLimits } from './policy.ts';
import { type SupervisorEvent, transition } from './transitions.ts';

export interface SupervisorOptions {
  /** best first; a function is asked again each time that it begins at the first rung */
  readonly rungs: readonly Rung[] | (() => readonly Rung[]);
  readonly limits: SupervisorLimits;
  /** engines kept ready behind the first, where there is memory for two; 0 unless said */
  readonly spares?: 0 | 1;
  readonly clock?: Clock;
  /** Listeners are called from a microtask of their own, in order. */
  readonly onState?: (state: SupervisorState) => void;
  /** each step down the ladder; `to` is undefined when no rung is left */
  readonly onChange?: (change: RungChange) => void;
  /** each engine that ended and was replaced */
  readonly onReplaced?: (replacement: Replacement) => void;
}

export interface Supervisor {
  readonly state: SupervisorState;
  readonly spare: SpareState;
  /** engines replaced, by reason */
  readonly replacements: Readonly<Record<ReplacementReason, number>>;
  /**
   * Starts the engine when there is none. Rejects with a SottoError: of the model's files (call again to try
   * again), `engine_unavailable` (only `restart` tries again), `closed`, or `cancelled` by the signal, which
   * gives the start up when nobody else waits for it.
   */
  ready(signal?: AbortSignal): Promise<EngineInfo>;
  /** Never rejects: one outcome a window, in order. A second call waits for the first to leave the engine. */
  readonly run: RunBatch;
  /** Tries again from the first rung; windows in flight are put back without blame. */
  restart(): Promise<EngineInfo>;
  /** The same, but starts nothing before it is needed. */
  renew(): void;
  /** Leaves this rung, if it still stands there, for the one below; windows in flight are put back without blame. */
  leave(rung: RungId, why: SottoError): void;
  /** Kills the engine; what is in flight ends with `closed`. Resolves when the engine is gone. */
  close(): Promise<void>;
}

/** How one batch went on one engine. `recalled`: the windows are not to blame. */
type Attempt =
  | { readonly name: 'read'; readonly readings: readonly WindowReading[] }
  | { readonly name: 'died'; readonly error: SottoError }
  /** `poison` said by an engine that lives on and knows it for certain: a server's */
  | { readonly name: 'refused'; readonly error: SottoError }
  | { readonly name: 'recalled' };

/** One batch on its way: what each window came to, and which are still to be read together. */
interface Errand {
  readonly batch: EngineBatch;
  readonly signal: AbortSignal;
  readonly outcomes: (Outcome<WindowReading> | undefined)[];
  /** indices of windows; after a death one by one, so that what kills is known exactly */
  pieces: (readonly number[])[];
  /** engines that each window has killed on `rung` */
  readonly strikes: number[];
  /** engines that died before the batch got to them, since something of it was read */
  unreached: number;
  rung: number;
}

/** So many deaths may be chance; then the windows are blamed, so that nothing goes on without end. */
const MOST_UNREACHED = 3;

/** Owns the one engine: starts it when needed, replaces it when it dies, walks down the ladder when a rung breaks. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { limits, clock = realClock } = options;
  let state: SupervisorState = { name: 'idle' };
  let tail: Promise<void> = Promise.resolve();
  let closing: Promise<void> | undefined;
  const replacements: Record<ReplacementReason, number> = { exit: 0, hang: 0, memory: 0, recycle: 0 };

  function emit(event: SupervisorEvent): void {
    const next = transition(state, event);
    if (next === state) return;
    state = next;
    queueMicrotask(() => options.onState?.(next));
  }

  const { rungs } = options;
  const ladder = createLadder({
    rungs: typeof rungs === 'function' ? rungs : () => rungs,
    limits,
    spares: options.spares ?? 0,
    clock,
    emit,
    onChange: (change) => queueMicrotask(() => options.onChange?.(change)),
    onReplaced(replacement) {
      replacements[replacement.reason] += 1;
      queueMicrotask(() => options.onReplaced?.(replacement));
    },
  });

  /** Takes the errand as far as it goes; what is left without an outcome gets the error returned. */
  async function read(errand: Errand): Promise<SottoError> {
    for (;;) {
      const piece = errand.pieces[0];
      if (piece === undefined || errand.signal.aborted) return new SottoError('cancelled');
      let engine: LivingEngine;
      try {
        engine = await ladder.engine(errand.signal);
      } catch (thrown) {
        return toSottoError(thrown);
      }
      if (engine.rung !== errand.rung) {
        errand.rung = engine.rung;
        errand.strikes.fill(0);
      }
      const attempt = await attemptOn(engine, piece, errand);
      if (attempt.name === 'read') {
        errand.pieces.shift();
        errand.unreached = 0;
        for (const [place, index] of piece.entries()) {
          const value = attempt.readings[place];
          if (value !== undefined) errand.outcomes[index] = { ok: true, value };
        }
      } else if (attempt.name === 'died') blame(errand, piece, attempt.error);
      else if (attempt.name === 'refused') refuse(errand, piece, attempt.error);
    }
  }

  async function attemptOn(engine: LivingEngine, piece: readonly number[], errand: Errand): Promise<Attempt> {
    const { batch, signal } = errand;
    const windows = piece.flatMap((index) => batch.windows[index] ?? []);
    const part: EngineBatch = { windows, options: batch.options };
    let stopGrace: (() => void) | undefined;
    const onAbort = () => {
      stopGrace = clock.after(limits.abortGraceMs, () => ladder.retire(engine, 'hang'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    engine.busy = true;
    try {
      const readings = await engine.host.run(part, limits.runDeadlineMs(part, engine.info), signal);
      ladder.proved(engine, windows.length);
      return { name: 'read', readings };
    } catch (thrown) {
      const error = toSottoError(thrown, 'engine_exited');
      if (engine.end === 'retired') return { name: 'recalled' };
      if (signal.aborted) {
        if (error.code !== 'cancelled') ladder.retire(engine);
        return { name: 'recalled' };
      }
      if (error.code === 'poison' && engine.end === undefined) return { name: 'refused', error };
      // Also when it still lives: one failed run poisons what comes after it in onnxruntime.
      ladder.bury(engine);
      if (!engine.host.reached() && errand.unreached < MOST_UNREACHED) {
        errand.unreached += 1;
        return { name: 'recalled' };
      }
      return { name: 'died', error };
    } finally {
      engine.busy = false;
      signal.removeEventListener('abort', onAbort);
      stopGrace?.();
      ladder.rest(engine);
    }
  }

  /** Which of several it was is not said: each is asked for alone. */
  function refuse(errand: Errand, piece: readonly number[], error: SottoError): void {
    const [only, ...more] = piece;
    const alone = more.length > 0 ? piece.map((index) => [index]) : [];
    errand.pieces = [...alone, ...errand.pieces.slice(1)];
    if (only !== undefined && more.length === 0) errand.outcomes[only] = { ok: false, error: toWire(error) };
  }

  function blame(errand: Errand, piece: readonly number[], error: SottoError): void {
    for (const index of piece) errand.strikes[index] = (errand.strikes[index] ?? 0) + 1;
    const decision = afterDeath(
      {
        code: error.code,
        strikes: Math.max(...piece.map((index) => errand.strikes[index] ?? 0)),
        ...ladder.standing,
      },
      limits,
    );
    const others = errand.pieces.slice(1);
    const oneByOne = piece.map((index) => [index]);
    if (decision === 'poison') {
      for (const index of piece) {
        errand.outcomes[index] = { ok: false, error: { code: 'poison', detail: error.code } };
      }
      errand.pieces = others;
      return;
    }
    errand.pieces = [...oneByOne, ...others];
    if (decision !== 'retry') ladder.stepDown(error, errand.rung);
  }

  function run(batch: EngineBatch, signal: AbortSignal): ReturnType<RunBatch> {
    const indices = [...batch.windows.keys()];
    const errand: Errand = {
      batch,
      signal,
      outcomes: indices.map(() => undefined),
      pieces: indices.length > 0 ? [indices] : [],
      strikes: indices.map(() => 0),
      unreached: 0,
      rung: 0,
    };
    return new Promise((resolve) => {
      const finish = (error: SottoError) => {
        signal.removeEventListener('abort', onAbort);
        resolve(errand.outcomes.map((outcome) => outcome ?? { ok: false, error: toWire(error) }));
      };
      // The caller need not wait for the engine to let go of a cancelled batch; the next batch does.
      const onAbort = () => finish(new SottoError('cancelled'));
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      tail = tail
        .then(() => read(errand))
        .catch((thrown: unknown) => toSottoError(thrown))
        .then((error) => {
          if (!ladder.active) emit({ type: 'stop' });
          finish(error);
        });
    });
  }

  const ready = async (signal?: AbortSignal): Promise<EngineInfo> => (await ladder.engine(signal)).info;

  return {
    get state() {
      return state;
    },
    get spare() {
      return ladder.spare;
    },
    replacements,
    ready,
    run,
    restart() {
      ladder.reset();
      return ready();
    },
    renew: () => ladder.reset(),
    leave: (rung, why) => ladder.leave(rung, why),
    close() {
      closing ??= ladder.close().then(() => tail);
      return closing;
    },
  };
}
