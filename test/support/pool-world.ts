/** The real gate before a real pool whose engines are fakes, under a virtual clock: what the service joins, without files. */
import { expect } from 'vitest';
import type { ServerEngine } from '../../server/engine/server-engine.ts';
import { createEnginePool } from '../../server/pool/engine-pool.ts';
import { createModelNeeds } from '../../server/pool/model-needs.ts';
import type { JobClaim, PoolEvent } from '../../server/pool/port.ts';
import { findModel, type ModelEntry } from '../../shared/asr/catalogue.ts';
import type { EngineInfo } from '../../shared/asr/engine.ts';
import { fromWire, SottoError, toWire } from '../../shared/errors.ts';
import type { SupervisorState } from '../../shared/host/events.ts';
import { createAdmission } from '../../shared/queue/admission.ts';
import { createBatcher } from '../../shared/queue/batcher.ts';
import { NOBODY, type Share } from '../../shared/queue/port.ts';
import { SERVER_OPTIONS } from './server-engine.ts';
import { createVirtualClock } from './virtual-clock.ts';

/** Small ones of the catalogue, the server's own first. */
export const MODELS = [
  'sotto-demo-en',
  'onnx-community/whisper-tiny.en',
  'onnx-community/whisper-base.en',
  'onnx-community/moonshine-tiny-ONNX',
] as const;
export type ModelId = (typeof MODELS)[number];

export const WINDOW_MS = 500;
const KILL_MS = 50;

export interface ModelScript {
  readonly loadMs: number;
  /** what it holds once it is loaded, of what is expected before */
  readonly share?: number;
  readonly fails?: SottoError;
}

export interface PoolWorldOptions {
  readonly models: readonly ModelId[];
  readonly budget: number;
  readonly scripts?: Partial<Record<ModelId, ModelScript>>;
  readonly preload?: readonly ModelId[];
  readonly maxActive?: number;
  readonly maxTenants?: number;
}

export function entryOf(id: string): ModelEntry {
  const entry = findModel(id);
  if (entry === undefined) throw new Error(`${id} is not in the catalogue`);
  return entry;
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const onAbort = () => reject(new SottoError('cancelled'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });

/** What one engine of it is expected to hold. */
export const bytesOf = (id: string): number => createModelNeeds('cpu').bytes(entryOf(id));

export async function poolWorld({ models, budget, scripts = {}, preload = [], ...limits }: PoolWorldOptions) {
  const clock = createVirtualClock();
  /** engines that are there, loading or being ended included, and what each holds */
  const alive = new Map<ServerEngine, { readonly model: string; readonly bytes: number }>();
  const loads: string[] = [];
  const events: PoolEvent[] = [];
  const holders = new Map<string, number>();
  let running = 0;
  const scriptOf = (model: string): ModelScript => scripts[model as ModelId] ?? { loadMs: 1_000 };
  const later = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));

  function inBudget(): void {
    const held = [...alive.values()];
    const sum = held.reduce((all, { bytes }) => all + bytes, 0);
    if (held.length > 1) expect(sum, held.map(({ model }) => model).join()).toBeLessThanOrEqual(budget);
    expect(new Set(held.map(({ model }) => model)).size, 'each once').toBe(held.length);
  }

  async function createEngine({ model }: { readonly model: string }) {
    const { loadMs, share = 1, fails } = scriptOf(model);
    const bytes = Math.floor(bytesOf(model) * share);
    const info: EngineInfo = { model, device: 'cpu', dtype: 'q8', windowSeconds: 30, lanes: 1 };
    let state: SupervisorState = { name: 'starting', rung: 'cpu', progress: undefined };
    const started = later(loadMs).then(() => {
      if (fails === undefined) state = { name: 'ready', rung: 'cpu', info };
      else state = { name: 'failed', error: toWire(fails) };
    });
    const engine: ServerEngine = {
      async run(batch) {
        expect(alive.has(engine), `${model} is there`).toBe(true);
        expect(state.name).toBe('ready');
        running += 1;
        expect(running, 'one run at a time').toBe(1);
        await later(WINDOW_MS);
        running -= 1;
        expect(alive.has(engine), `${model} was not unloaded in the middle`).toBe(true);
        return batch.windows.map(
          () => ({ ok: true, value: { segments: [], tokens: [], noSpeechProb: 0 } }) as const,
        );
      },
      lanes: () => 1,
      async ready(signal) {
        await Promise.race([started, ...(signal === undefined ? [] : [aborted(signal)])]);
        if (state.name === 'failed') throw fromWire(state.error);
        return info;
      },
      status: () => ({
        state,
        devices: [],
        spare: 'none',
        restarts: { exit: 0, hang: 0, memory: 0, recycle: 0 },
        memory: state.name === 'ready' ? { processes: 1, bytes } : { processes: 0, bytes: 0 },
      }),
      observe: () => () => undefined,
      async close() {
        expect(holders.get(model) ?? 0, `${model} is not unloaded under its holders`).toBe(0);
        state = { name: 'closed' };
        await later(KILL_MS);
        alive.delete(engine);
      },
    };
    loads.push(model);
    alive.set(engine, { model, bytes: Math.min(bytes, bytesOf(model)) });
    inBudget();
    return { ...engine, restart: () => Promise.resolve(info), ...{ close: engine.close, run: engine.run } };
  }

  const admission = createAdmission(
    { maxActive: 1, maxLive: 8, maxWaiting: 1_000, maxWaitMs: undefined, ...limits },
    clock,
  );
  const [own = MODELS[0], ...others] = models;
  const pool = await createEnginePool(
    {
      engine: { ...SERVER_OPTIONS, model: own, spares: 0 },
      entries: [entryOf(own), ...others.map(entryOf)],
      preload,
      memoryBytes: budget,
    },
    {
      clock,
      createEngine,
      probe: async () => [{ device: 'cpu', outcome: 'chosen' }],
      checkFiles: async () => undefined,
      onTurn: () => admission.wake(),
    },
  );
  pool.observe((event) => events.push(event));
  const batcher = createBatcher({ run: pool.run, lanes: ({ model }) => pool.lanes(model ?? own), clock });

  const hold = (model: string, more: 1 | -1) => holders.set(model, (holders.get(model) ?? 0) + more);
  const window = (model: string, priority: 'file' | 'live', tenant: Share, signal: AbortSignal) =>
    batcher.submit({
      window: { samples: new Float32Array(1) },
      options: { task: 'transcribe', model },
      priority,
      tenant,
      kind: { name: 'final' },
      signal,
    });

  return {
    clock,
    pool,
    admission,
    loads,
    events,
    /** As `server/service/reservations.ts` does it; milliseconds until it began and until it ended. */
    async job(model: string, windows: number, signal = new AbortController().signal, tenant = NOBODY) {
      const came = clock.now();
      const ticket = admission.reserve({ priority: 'file', tenant });
      let claim: JobClaim | undefined;
      try {
        claim = pool.claimJob(model, { force: false, placeFree: () => ticket.placeFree });
        const eta = claim.etaMs(ticket.place.etaMs);
        const { tryBegin } = claim;
        const lease = await ticket.enter({ signal, ...(tryBegin === undefined ? {} : { tryBegin }) });
        const waited = clock.now() - came;
        hold(model, 1);
        try {
          await claim.ready(signal);
          for (let index = 0; index < windows; index += 1) await window(model, 'file', tenant, signal);
          return { eta, waited, took: clock.now() - came };
        } finally {
          hold(model, -1);
          lease.leave('done');
        }
      } finally {
        ticket.release();
        claim?.release();
      }
    },
    /** As `server/service/sessions.ts` does it: so many windows, one after another, `pauseMs` between them. */
    async session(model: string, windows: number, pauseMs: number, signal = new AbortController().signal) {
      const came = clock.now();
      const claim = pool.claimSession(model);
      const waits: number[] = [];
      try {
        await claim.ready(signal);
        const ready = clock.now() - came;
        for (let index = 0; index < windows; index += 1) {
          const wanted = clock.now();
          while (!claim.begin()) await claim.ready(signal);
          waits.push(clock.now() - wanted);
          hold(model, 1);
          await window(model, 'live', NOBODY, signal).finally(() => {
            hold(model, -1);
            claim.end();
          });
          await later(pauseMs);
        }
        return { ready, waits };
      } finally {
        claim.leave();
      }
    },
    async close() {
      const closing = pool.close();
      await clock.advance(10 * KILL_MS);
      await closing;
      expect(alive.size, 'no engine is left').toBe(0);
    },
  };
}
