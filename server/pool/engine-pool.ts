/** Several models by turns in bounded memory: what `model-turns.ts` decides, done. */
import type { ModelEntry } from '../../shared/asr/catalogue.ts';
import { type ErrorWire, fromWire, SottoError, toSottoError } from '../../shared/errors.ts';
import { type Clock, realClock } from '../../shared/queue/port.ts';
import { checkFiles, filesOfAllDevices } from '../engine/device-files.ts';
import { DEFAULT_ENGINE_LIMITS } from '../engine/limits.ts';
import { modelFingerprint } from '../engine/model-files.ts';
import { probeDevices } from '../engine/probe.ts';
import { createServerEngine, type ServerEngine, type ServerEngineOptions } from '../engine/server-engine.ts';
import { waitFor } from './load-estimate.ts';
import { createModelLoads } from './model-loads.ts';
import { createModelNeeds } from './model-needs.ts';
import { createSlot, type Slot } from './model-slot.ts';
import { nextMoves, outlookOf } from './model-turns.ts';
import { refusalOf } from './outage.ts';
import { createClaims } from './pool-claims.ts';
import { frontOf, poolStatus, supervisedState } from './pool-status.ts';
import type { EnginePool, PoolEvent } from './port.ts';

export interface EnginePoolOptions {
  /** of the server's own model; others have no spare */
  readonly engine: ServerEngineOptions;
  /** the server's own first */
  readonly entries: readonly [ModelEntry, ...ModelEntry[]];
  /** loaded whenever there is room, as the server's own is */
  readonly preload: readonly string[];
  /** for all of them together */
  readonly memoryBytes: number;
}

export interface EnginePoolParts {
  readonly clock?: Clock;
  readonly probe?: typeof probeDevices;
  readonly createEngine?: typeof createServerEngine;
  /** Rejects with what is wrong with the files. */
  readonly checkFiles?: (entry: ModelEntry) => Promise<void>;
  /** who could not begin may be able to now */
  readonly onTurn: () => void;
}

/** What failed is tried again by who asks for it so much later; at once where its files have changed. Milliseconds. */
const RETRY_MS = 30_000;

/** Resolves when devices were probed; models are loaded in the background. */
export async function createEnginePool(
  { engine: options, entries, preload, memoryBytes }: EnginePoolOptions,
  parts: EnginePoolParts,
): Promise<EnginePool> {
  const { clock = realClock, probe = probeDevices, createEngine = createServerEngine } = parts;
  const { folders, device, softwareGpu = 'refuse', spares } = options;
  const [ownEntry] = entries;
  const limitMs = options.limits?.probeMs ?? DEFAULT_ENGINE_LIMITS.probeMs;
  const devices = await probe({ device, softwareGpu, limitMs });
  const chosen = devices.find(({ outcome }) => outcome === 'chosen')?.device ?? 'cpu';
  const needs = createModelNeeds(chosen);
  const sparesOf = (entry: ModelEntry) => (entry === ownEntry ? spares : 0);
  const slotOf = (entry: ModelEntry): Slot =>
    createSlot(entry, {
      engines: 1 + sparesOf(entry),
      preload: entry === ownEntry || preload.includes(entry.id),
      needs,
      clock,
    });
  const own = slotOf(ownEntry);
  const slots: readonly [Slot, ...Slot[]] = [own, ...entries.slice(1).map(slotOf)];
  const listeners = new Set<(event: PoolEvent) => void>();
  let state: 'open' | 'closed' = 'open';
  let deciding: 'soon' | 'no' = 'no';
  let stopLooking: (() => void) | undefined;
  let told = '';

  const emit = (event: PoolEvent) => {
    for (const listener of listeners) listener(event);
  };
  const check = parts.checkFiles ?? ((entry: ModelEntry) => checkFiles(folders, entry));
  const loads = createModelLoads({
    createEngine: ({ entry, poison }): Promise<ServerEngine> =>
      createEngine(
        { ...options, model: entry.id, spares: sparesOf(entry), poison },
        // Once for all of them.
        { probe: async () => devices },
      ),
    checkFiles: check,
    fingerprint: (entry) => modelFingerprint(folders, entry.id, filesOfAllDevices(entry)),
    needs,
    clock,
    emit,
    changed,
  });
  const views = () => slots.map((slot) => slot.view());
  const decide = () => nextMoves(views(), memoryBytes, clock.now());
  const outlook = ({ entry }: Slot) => outlookOf(views(), entry.id, memoryBytes);
  const claims = createClaims({
    clock,
    closed: ({ entry }) => decide().closed.has(entry.id),
    outlook,
    changed,
    emit,
  });

  /** In a microtask: whoever tells of a change may be in the middle of one. */
  function changed(): void {
    if (deciding === 'soon' || state === 'closed') return;
    deciding = 'soon';
    queueMicrotask(() => {
      deciding = 'no';
      if (state === 'open') step();
    });
  }

  function step(): void {
    stopLooking?.();
    const moves = decide();
    for (const slot of slots) {
      if (moves.unload.includes(slot.entry.id)) loads.unload(slot);
      if (moves.load.includes(slot.entry.id)) loads.load(slot);
    }
    const { lookAt } = moves;
    // Whole milliseconds: what is left of one would never be over.
    stopLooking = lookAt === undefined ? undefined : clock.after(Math.ceil(lookAt - clock.now()), changed);
    const now = slots.map((slot) => `${slot.state.name} ${moves.closed.has(slot.entry.id)}`).join();
    if (now === told) return;
    told = now;
    for (const slot of slots) slot.tell();
    parts.onTurn();
  }

  /** Throws `model_unknown`, and what stands against it. */
  function asked(model: string, force: boolean): Slot {
    const slot = slots.find(({ entry }) => entry.id === model);
    if (slot === undefined) throw new SottoError('model_unknown', model);
    if (slot.state.name === 'failed' && clock.now() - slot.since >= RETRY_MS) loads.forgive(slot);
    if (slot.state.name === 'failed') throw fromWire(slot.state.error);
    const against = refusal(slot, force);
    if (against !== undefined) throw against;
    return slot;
  }

  function refusal(slot: Slot, force: boolean): SottoError | undefined {
    const { state: stands } = slot;
    if (stands.name === 'failed') return refusalOf(stands);
    if (stands.name !== 'loaded') return undefined;
    const standing = slot.outage.look(supervisedState(slot));
    return force && standing.name === 'restarting' ? undefined : refusalOf(standing);
  }

  /** In a free place it would wait for nothing else. */
  const newcomerMs = (slot: Slot) => waitFor(slot, 0, outlook, clock.now());

  const refuse = (windows: readonly unknown[], error: ErrorWire) =>
    windows.map(() => ({ ok: false, error }) as const);

  await Promise.all(
    slots.slice(1).map((slot) => check(slot.entry).catch((thrown) => loads.fail(slot, toSottoError(thrown)))),
  );
  step();
  return {
    entries,
    check(force) {
      const refusals = slots.map((slot) => refusal(slot, force));
      if (refusals.every((each) => each !== undefined)) throw refusals[0];
    },
    claimJob: (model, { force, placeFree }) => claims.job(asked(model, force), placeFree),
    claimSession: (model) => claims.session(asked(model, false)),
    async run(batch, signal) {
      const id = batch.options.model ?? ownEntry.id;
      const slot = slots.find(({ entry }) => entry.id === id);
      if (slot === undefined) return refuse(batch.windows, { code: 'model_unknown', detail: id });
      if (slot.state.name === 'failed') return refuse(batch.windows, slot.state.error);
      if (slot.engine === undefined) {
        return refuse(batch.windows, { code: 'engine_unavailable', detail: `${id} is not loaded` });
      }
      slot.running += 1;
      try {
        return await slot.engine.run(batch, signal);
      } finally {
        slot.running -= 1;
        changed();
      }
    },
    lanes: (model) => slots.find(({ entry }) => entry.id === model)?.engine?.lanes() ?? options.lanes ?? 1,
    borrow() {
      const front = frontOf(slots);
      front.running += 1;
      return {
        model: front.entry.id,
        giveBack() {
          front.running -= 1;
          changed();
        },
      };
    },
    status: () => poolStatus(slots, devices, loads.restarts, newcomerMs),
    observe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      state = 'closed';
      stopLooking?.();
      return loads.close();
    },
  };
}
