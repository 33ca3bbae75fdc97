/** Loads and unloads models: what is started, stopped and told for it. Which, and when, is decided elsewhere. */
import type { ModelEntry } from '../../shared/asr/catalogue.ts';
import { type SottoError, toSottoError, toWire } from '../../shared/errors.ts';
import type { Clock } from '../../shared/queue/port.ts';
import { type ModelWatch, watchModel } from '../engine/model-watch.ts';
import type { ServerEngine } from '../engine/server-engine.ts';
import type { ServiceStatus } from '../service/port.ts';
import type { ModelNeeds } from './model-needs.ts';
import type { Slot } from './model-slot.ts';
import type { PoolEvent } from './port.ts';

export interface ModelLoadsParts {
  readonly createEngine: (slot: Slot) => Promise<ServerEngine>;
  /** Rejects with what is wrong with a model's files: no process is started to find that out. */
  readonly checkFiles: (entry: ModelEntry) => Promise<void>;
  readonly fingerprint: (entry: ModelEntry) => Promise<string>;
  readonly needs: ModelNeeds;
  readonly clock: Clock;
  readonly emit: (event: PoolEvent) => void;
  /** a model stands where it did not */
  readonly changed: () => void;
}

export interface ModelLoads {
  /** From `available`. */
  load(slot: Slot): void;
  /** From `loaded` or `loading`. */
  unload(slot: Slot): void;
  /** From `failed`: it may be tried again. */
  forgive(slot: Slot): void;
  /** From `available`: its files are not as they must be. */
  fail(slot: Slot, error: SottoError): void;
  /** of engines that are no longer there */
  readonly restarts: ServiceStatus['restarts'];
  close(): Promise<void>;
}

interface Flight {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export function createModelLoads(parts: ModelLoadsParts): ModelLoads {
  const { needs, clock, emit, changed } = parts;
  const flights = new Map<Slot, Flight>();
  const watches = new Map<Slot, ModelWatch>();
  const engines = new Map<Slot, () => void>();
  const leaving = new Set<Promise<void>>();
  const past = { exit: 0, hang: 0, memory: 0, recycle: 0 };
  let closing: Promise<void> | undefined;

  async function bringUp(slot: Slot, signal: AbortSignal): Promise<void> {
    const { entry } = slot;
    const began = clock.now();
    try {
      await parts.checkFiles(entry);
      const engine = await parts.createEngine(slot);
      slot.engine = engine;
      const unobserve = engine.observe((event) => {
        slot.outage.started(event.ms);
        emit({ type: 'engine-replaced', ...event });
      });
      engines.set(slot, unobserve);
      await engine.ready(signal);
      const ms = clock.now() - began;
      // It may be unloaded before it is heard of.
      if (!slot.enter({ name: 'loaded' })) return;
      slot.loadMs = ms;
      needs.loaded(entry, ms);
      slot.outage.started(ms);
      emit({ type: 'model', model: entry.id, change: 'loaded', ms });
    } catch (thrown) {
      await putDown(slot);
      if (slot.state.name === 'loading' && closing === undefined) {
        refuse(slot, toSottoError(thrown, 'model_load_failed'), clock.now() - began);
      }
    }
  }

  function refuse(slot: Slot, error: SottoError, ms: number): void {
    slot.enter({ name: 'failed', error: toWire(error) });
    emit({ type: 'model', model: slot.entry.id, change: 'failed', ms });
    void watch(slot);
  }

  async function watch(slot: Slot): Promise<void> {
    const { since } = slot;
    const made = await watchModel({
      fingerprint: () => parts.fingerprint(slot.entry),
      clock,
      onChange: () => forgive(slot),
    });
    if (slot.state.name !== 'failed' || slot.since !== since || closing !== undefined) return;
    watches.set(slot, made);
    made.begin();
  }

  function forgive(slot: Slot): void {
    watches.get(slot)?.rest();
    watches.delete(slot);
    slot.enter({ name: 'available' });
    changed();
  }

  async function putDown(slot: Slot): Promise<void> {
    const { engine } = slot;
    if (engine === undefined) return;
    slot.engine = undefined;
    engines.get(slot)?.();
    engines.delete(slot);
    const { exit, hang, memory, recycle } = engine.status().restarts;
    past.exit += exit;
    past.hang += hang;
    past.memory += memory;
    past.recycle += recycle;
    await engine.close();
  }

  async function takeDown(slot: Slot, was: 'loaded' | 'loading'): Promise<void> {
    const flight = flights.get(slot);
    flight?.stop.abort();
    await flight?.ended;
    await putDown(slot);
    slot.enter({ name: 'available' });
    if (was === 'loaded') emit({ type: 'model', model: slot.entry.id, change: 'unloaded', ms: 0 });
    changed();
  }

  return {
    load(slot) {
      if (closing !== undefined || !slot.enter({ name: 'loading' })) return;
      const stop = new AbortController();
      const ended = bringUp(slot, stop.signal).finally(() => {
        flights.delete(slot);
        changed();
      });
      flights.set(slot, { stop, ended });
    },
    unload(slot) {
      const was = slot.state.name;
      if ((was !== 'loaded' && was !== 'loading') || !slot.enter({ name: 'unloading' })) return;
      const gone = takeDown(slot, was).finally(() => leaving.delete(gone));
      leaving.add(gone);
    },
    forgive,
    fail(slot, error) {
      refuse(slot, error, 0);
    },
    restarts: past,
    close() {
      closing ??= (async () => {
        for (const each of watches.values()) each.rest();
        for (const { stop } of flights.values()) stop.abort();
        await Promise.all([...flights.values()].map(({ ended }) => ended));
        await Promise.all([...[...engines.keys()].map(putDown), ...leaving]);
      })();
      return closing;
    },
  };
}
