/** The pool as it is shown: each model, and the one engine that stands for all in /health. */
import type { SupervisorState } from '../../shared/host/events.ts';
import type { DeviceProbe, ServedModel, ServiceStatus } from '../service/port.ts';
import type { Slot } from './model-slot.ts';
import { etaOf } from './outage.ts';
import type { PoolStatus } from './port.ts';
import { servedModel } from './served-model.ts';

/** What its supervisor says, and where it has none, what the pool does. */
export function supervisedState(slot: Slot): SupervisorState {
  const { state, engine } = slot;
  switch (state.name) {
    case 'failed':
      return state;
    case 'loading':
    case 'loaded':
      return engine?.status().state ?? { name: 'idle' };
    case 'available':
    case 'unloading':
      return { name: 'idle' };
  }
}

/**
 * The server's own model where it is there, is on its way or failed: nobody is to think that it is well. Where others have taken
 * its place, the one that was used last.
 */
export function frontOf(slots: readonly [Slot, ...Slot[]]): Slot {
  const [own] = slots;
  if (own.state.name === 'loaded' || own.state.name === 'failed') return own;
  const byUse = slots.toSorted((a, b) => b.usedAt - a.usedAt);
  return (
    byUse.find(({ state }) => state.name === 'loaded') ??
    byUse.find(({ state }) => state.name === 'loading') ??
    own
  );
}

/** `newcomerMs`: until it would be loaded for one who asked now. */
export function describeSlot(slot: Slot, newcomerMs: number | undefined): ServedModel {
  const { entry, state, engine } = slot;
  const { id } = entry;
  const eta = newcomerMs === undefined ? {} : { etaMs: newcomerMs };
  const memory = engine?.status().memory;
  const bytes = memory === undefined || memory.processes === 0 ? undefined : memory.bytes;
  switch (state.name) {
    case 'available':
    case 'unloading':
      return { id, state: 'available', ...eta };
    case 'failed':
      return { id, state: 'failed', error: state.error };
    case 'loading':
      return { id, state: 'loading', ...eta, ...(bytes === undefined ? {} : { memoryBytes: bytes }) };
    case 'loaded': {
      const supervised = supervisedState(slot);
      return servedModel(id, supervised, etaOf(slot.outage.look(supervised)), bytes);
    }
  }
}

export function poolStatus(
  slots: readonly [Slot, ...Slot[]],
  devices: readonly DeviceProbe[],
  past: ServiceStatus['restarts'],
  newcomerMs: (slot: Slot) => number | undefined,
): PoolStatus {
  const front = frontOf(slots);
  const engine = supervisedState(front);
  const all = [past, ...slots.flatMap((slot) => slot.engine?.status().restarts ?? [])];
  const sum = (reason: keyof ServiceStatus['restarts']) => all.reduce((many, each) => many + each[reason], 0);
  return {
    engine,
    info: engine.name === 'ready' ? engine.info : undefined,
    devices: front.engine?.status().devices ?? devices,
    spare: front.engine?.status().spare ?? 'none',
    restarts: { exit: sum('exit'), hang: sum('hang'), memory: sum('memory'), recycle: sum('recycle') },
    startMs: front.state.name === 'loaded' ? etaOf(front.outage.look(engine)) : newcomerMs(front),
    models: slots.map((slot) => describeSlot(slot, newcomerMs(slot))),
  };
}
