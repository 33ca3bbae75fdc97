/** The real gate before a real pool whose engines are fakes, under a virtual clock: what the service joins, without files. */
import { expect } from 'vitest';
import { createEnginePool } from '../../server/pool/engine-pool.ts';
import type { JobClaim, PoolEvent } from '../../server/pool/port.ts';
import { createAdmission } from '../../shared/queue/admission.ts';
import { createBatcher } from '../../shared/queue/batcher.ts';
import { NOBODY, type Share } from '../../shared/queue/port.ts';
import { createFakeEngines, entryOf, MODELS, type ModelId, type ModelScript } from './fake-engines.ts';
import { SERVER_OPTIONS } from './server-engine.ts';
import { createVirtualClock } from './virtual-clock.ts';

export interface PoolWorldOptions {
  readonly models: readonly ModelId[];
  readonly budget: number;
  readonly scripts?: Partial<Record<ModelId, ModelScript>>;
  readonly preload?: readonly ModelId[];
  readonly maxActive?: number;
  readonly maxTenants?: number;
}

export async function poolWorld({ models, budget, scripts = {}, preload = [], ...limits }: PoolWorldOptions) {
  const clock = createVirtualClock();
  const engines = createFakeEngines(clock, budget, scripts);
  const { hold, loads } = engines;
  const events: PoolEvent[] = [];
  const later = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
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
    { ...engines.parts, clock, onTurn: () => admission.wake() },
  );
  pool.observe((event) => events.push(event));
  const batcher = createBatcher({ run: pool.run, lanes: ({ model }) => pool.lanes(model ?? own), clock });

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
      await clock.advance(500);
      await closing;
      expect(engines.alive.size, 'no engine is left').toBe(0);
    },
  };
}
