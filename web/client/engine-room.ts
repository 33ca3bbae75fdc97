import type { EngineInfo } from '../../shared/asr/engine.ts';
import { SottoError } from '../../shared/errors.ts';
import type { RungChange, SupervisorState } from '../../shared/host/events.ts';
import type { Rung, RungId } from '../../shared/host/host.ts';
import { mayComeBack } from '../../shared/host/policy.ts';
import { createSupervisor, type Supervisor } from '../../shared/host/supervisor.ts';
import type { RunBatch } from '../../shared/queue/port.ts';
import { LIMITS } from './limits.ts';

export interface EngineRoom {
  /**
   * Waits until no job uses another model, then holds this one until the returned function is called: one engine
   * lives at a time, and a running job keeps its model to its end.
   */
  claim(model: string, signal: AbortSignal): Promise<() => void>;
  /** Starts the engine if need be. Aborting gives up the start, and a download with it, if nobody else waits for it. */
  ready(model: string, signal: AbortSignal): Promise<EngineInfo>;
  /** The same, and tries the whole ladder again when it had failed. */
  retry(model: string, signal: AbortSignal): Promise<EngineInfo>;
  readonly run: RunBatch;
  /** the engine's width, for the batcher and the look-ahead */
  lanes(): number;
  state(): SupervisorState;
  /** where the engine is or is being started, and the step below it */
  rung(): { readonly here: RungId | undefined; readonly below: RungId | undefined };
  /** Gives this rung up for the one below. */
  leave(rung: RungId, why: SottoError): void;
  /** What comes next begins at the first rung, those that were hopeless included. */
  renew(): void;
  /** ends the engine when nobody holds it, so that its memory is free; it starts again when needed */
  sleep(): Promise<void>;
  close(): Promise<void>;
}

export interface EngineRoomOptions {
  readonly rungs: (model: string) => readonly Rung[];
  readonly onState: (state: SupervisorState) => void;
  readonly onChange: (change: RungChange) => void;
  /** it will begin at the first rung again that may work: the reason for leaving it may be over */
  readonly onClimb: () => void;
}

export function createEngineRoom(options: EngineRoomOptions): EngineRoom {
  let current: { readonly model: string; readonly supervisor: Supervisor } | undefined;
  let claims = 0;
  let claimed: string | undefined;
  const waiting = new Set<() => void>();
  let closing: Promise<void> = Promise.resolve();
  /** rungs that cannot work as long as this page is open and this model is used */
  const hopeless = new Set<RungId>();
  /** a rung was left for a reason that may be over by the next job */
  let mayClimb = false;

  function onChange(change: RungChange): void {
    if (mayComeBack(change.error.code)) mayClimb = true;
    else hopeless.add(change.from);
    options.onChange(change);
  }

  /** Between jobs only: nobody's text should come from here and there for no reason. */
  function climb(): void {
    if (!mayClimb) return;
    mayClimb = false;
    current?.supervisor.renew();
    options.onClimb();
  }

  const rungsOf = (model: string) => {
    const rungs = options.rungs(model);
    const hopeful = rungs.filter(({ id }) => !hopeless.has(id));
    return hopeful.length > 0 ? hopeful : rungs;
  };

  async function supervisorOf(model: string): Promise<Supervisor> {
    await closing;
    if (current !== undefined && current.model !== model) await end();
    current ??= {
      model,
      supervisor: createSupervisor({
        onState: options.onState,
        onChange,
        rungs: () => rungsOf(model),
        limits: LIMITS.engine,
      }),
    };
    return current.supervisor;
  }

  function end(): Promise<void> {
    const old = current;
    current = undefined;
    hopeless.clear();
    mayClimb = false;
    closing = closing.then(() => old?.supervisor.close());
    return closing;
  }

  return {
    async claim(model, signal) {
      while (claims > 0 && claimed !== model) {
        await new Promise<void>((resolve, reject) => {
          const next = () => {
            signal.removeEventListener('abort', abort);
            resolve();
          };
          const abort = () => {
            waiting.delete(next);
            reject(new SottoError('cancelled'));
          };
          waiting.add(next);
          signal.addEventListener('abort', abort, { once: true });
        });
      }
      if (signal.aborted) throw new SottoError('cancelled');
      if (claims === 0) climb();
      claims += 1;
      claimed = model;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        claims -= 1;
        if (claims > 0) return;
        const woken = [...waiting];
        waiting.clear();
        for (const wake of woken) wake();
      };
    },
    async ready(model, signal) {
      return (await supervisorOf(model)).ready(signal);
    },
    async retry(model, signal) {
      const supervisor = await supervisorOf(model);
      if (supervisor.state.name !== 'failed') return supervisor.ready(signal);
      hopeless.clear();
      return supervisor.restart();
    },
    run: async (batch, signal) => {
      const model = batch.options.model ?? current?.model;
      if (model === undefined) throw new SottoError('internal', 'a batch without a model');
      return (await supervisorOf(model)).run(batch, signal);
    },
    lanes() {
      const state = current?.supervisor.state;
      return state?.name === 'ready' ? state.info.lanes : 1;
    },
    state: () => current?.supervisor.state ?? { name: 'idle' },
    rung() {
      if (current === undefined) return { here: undefined, below: undefined };
      const { state } = current.supervisor;
      const here = 'rung' in state ? state.rung : undefined;
      const rungs = rungsOf(current.model).map(({ id }) => id);
      return { here, below: here === undefined ? undefined : rungs[rungs.indexOf(here) + 1] };
    },
    leave: (rung, why) => current?.supervisor.leave(rung, why),
    renew() {
      hopeless.clear();
      mayClimb = false;
      current?.supervisor.renew();
    },
    async sleep() {
      if (claims === 0) await end();
    },
    close: end,
  };
}
