/** One model that may be asked for: where it stands, who uses it, and what was measured of it. */
import type { ModelEntry } from '../../shared/asr/catalogue.ts';
import type { Clock } from '../../shared/queue/port.ts';
import { createPoisonMemory, type PoisonMemory } from '../engine/poison-memory.ts';
import type { ServerEngine } from '../engine/server-engine.ts';
import type { ModelNeeds } from './model-needs.ts';
import { type ModelState, modelStep } from './model-state.ts';
import type { ModelView } from './model-turns.ts';
import { createOutage, type Outage } from './outage.ts';

/** Somebody's part in a model's use. */
export type Part = JobPart | SessionPart;

export interface JobPart {
  readonly kind: 'job';
  /** in line, or admitted */
  stage: 'waiting' | 'reading';
  /** when it first lacked nothing but the model */
  dueSince: number | undefined;
  /** whether it could begin now: a place in line may have been given to another one */
  readonly placeFree: () => boolean;
}

export interface SessionPart {
  readonly kind: 'session';
  /** it wants nothing; it waits for the model; it holds it */
  stage: 'resting' | 'waiting' | 'holding';
  dueSince: number | undefined;
}

export interface SlotOptions {
  /** engines at once, the spare included */
  readonly engines: number;
  readonly preload: boolean;
  readonly needs: ModelNeeds;
  readonly clock: Clock;
}

export interface Slot {
  readonly entry: ModelEntry;
  readonly state: ModelState;
  readonly since: number;
  readonly engines: number;
  readonly preload: boolean;
  /** of this model: it outlives its engines */
  readonly poison: PoisonMemory;
  readonly outage: Outage;
  readonly parts: Set<Part>;
  engine: ServerEngine | undefined;
  /** batches of it that are being read, and loans */
  running: number;
  usedAt: number;
  /** the last load */
  loadMs: number | undefined;
  /** the next one, as far as it is known */
  readonly expectedMs: number | undefined;
  /** Gives false, and changes nothing, where there is no such step. */
  enter(state: ModelState): boolean;
  /** Resolves at the next change of anything that someone may wait for here, or when `signal` aborts. */
  changed(signal: AbortSignal): Promise<void>;
  /** Wakes those. */
  tell(): void;
  view(): ModelView;
}

export function createSlot(entry: ModelEntry, { engines, preload, needs, clock }: SlotOptions): Slot {
  let state: ModelState = { name: 'available' };
  let since = clock.now();
  /** of all its engines, as last measured */
  let measured: number | undefined;
  const waiters = new Set<() => void>();

  function bytes(): number {
    const memory = slot.engine?.status().memory;
    // A spare that still starts will be as large as the engine that is there.
    if (memory !== undefined && memory.processes > 0) {
      measured = Math.max(memory.bytes, (memory.bytes / memory.processes) * engines);
    }
    return measured ?? needs.bytes(entry) * engines;
  }

  function dueSince(): number | undefined {
    const times = [...slot.parts].flatMap((part) => {
      if (part.stage !== 'waiting' || part.dueSince === undefined) return [];
      return part.kind === 'session' || part.placeFree() ? part.dueSince : [];
    });
    return times.length === 0 ? undefined : Math.min(...times);
  }

  const count = (kind: Part['kind'], stage: Part['stage']) =>
    [...slot.parts].filter((part) => part.kind === kind && part.stage === stage).length;

  const slot: Slot = {
    entry,
    engines,
    preload,
    poison: createPoisonMemory(),
    outage: createOutage(clock),
    parts: new Set(),
    engine: undefined,
    running: 0,
    usedAt: Number.NEGATIVE_INFINITY,
    loadMs: undefined,
    get expectedMs() {
      return slot.loadMs ?? needs.loadMs(entry);
    },
    get state() {
      return state;
    },
    get since() {
      return since;
    },
    enter(to) {
      const next = modelStep(state, to);
      if (next === undefined) return false;
      state = next;
      since = clock.now();
      slot.tell();
      return true;
    },
    changed: (signal) =>
      new Promise((resolve) => {
        const wake = () => {
          waiters.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiters.add(wake);
        signal.addEventListener('abort', wake, { once: true });
        if (signal.aborted) wake();
      }),
    tell() {
      for (const wake of [...waiters]) wake();
    },
    view: () => ({
      id: entry.id,
      state: state.name,
      bytes: bytes(),
      jobs: count('job', 'reading'),
      sessions: count('session', 'holding'),
      waiting: count('job', 'waiting'),
      dueSince: dueSince(),
      running: slot.running > 0,
      since,
      usedAt: slot.usedAt,
      loadMs: slot.expectedMs,
      preload,
    }),
  };
  return slot;
}
