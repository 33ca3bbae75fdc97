import type { EngineInfo } from '../../shared/asr/engine.ts';
import { SottoError } from '../../shared/errors.ts';
import type { RungChange, SupervisorState } from '../../shared/host/events.ts';
import type { Rung } from '../../shared/host/host.ts';
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
  /** ends the engine when nobody holds it, so that its memory is free; it starts again when needed */
  sleep(): Promise<void>;
  close(): Promise<void>;
}

export interface EngineRoomOptions {
  readonly rungs: (model: string) => readonly Rung[];
  readonly onState: (state: SupervisorState) => void;
  readonly onChange: (change: RungChange) => void;
}

export function createEngineRoom(options: EngineRoomOptions): EngineRoom {
  let current: { readonly model: string; readonly supervisor: Supervisor } | undefined;
  let claims = 0;
  let claimed: string | undefined;
  const waiting = new Set<() => void>();
  let closing: Promise<void> = Promise.resolve();

  async function supervisorOf(model: string): Promise<Supervisor> {
    await closing;
    if (current !== undefined && current.model !== model) await end();
    current ??= {
      model,
      supervisor: createSupervisor({ ...options, rungs: options.rungs(model), limits: LIMITS.engine }),
    };
    return current.supervisor;
  }

  function end(): Promise<void> {
    const old = current;
    current = undefined;
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
      return supervisor.state.name === 'failed' ? supervisor.restart() : supervisor.ready(signal);
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
    async sleep() {
      if (claims === 0) await end();
    },
    close: end,
  };
}
