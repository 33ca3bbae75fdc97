/** A server with one model: its engine is there from the start to the end, and nobody waits for a load. */
import type { ModelEntry } from '../../shared/asr/catalogue.ts';
import { SottoError } from '../../shared/errors.ts';
import type { Clock } from '../../shared/queue/port.ts';
import type { ServerEngine } from '../engine/server-engine.ts';
import { createOutage, etaOf, refusalOf } from './outage.ts';
import type { EnginePool, PoolEvent } from './port.ts';
import { servedModel } from './served-model.ts';

export function createSolePool(entry: ModelEntry, engine: ServerEngine, clock: Clock): EnginePool {
  const { id } = entry;
  const outage = createOutage(clock);
  const listeners = new Set<(event: PoolEvent) => void>();
  const stopping = new AbortController();
  const emit = (event: PoolEvent) => {
    for (const listener of listeners) listener(event);
  };
  const unobserve = engine.observe((event) => {
    outage.started(event.ms);
    emit({ type: 'engine-replaced', ...event });
  });
  const wantedAt = clock.now();
  const took = () => clock.now() - wantedAt;
  engine.ready(stopping.signal).then(
    () => {
      outage.started(took());
      emit({ type: 'model', model: id, change: 'loaded', ms: took() });
    },
    // Why it does not start is its state, which `check` tells.
    () => {
      if (!stopping.signal.aborted) emit({ type: 'model', model: id, change: 'failed', ms: took() });
    },
  );

  function known(model: string): void {
    if (model !== id) throw new SottoError('model_unknown', model);
  }

  return {
    entries: [entry],
    check(force) {
      const standing = outage.look(engine.status().state);
      // A job accepted before a restart waits for the engine, however it is.
      const refusal = force && standing.name === 'restarting' ? undefined : refusalOf(standing);
      if (refusal !== undefined) throw refusal;
    },
    claimJob(model) {
      known(model);
      return {
        tryBegin: undefined,
        ready: (signal) => engine.ready(signal),
        etaMs: (placeMs) => placeMs,
        graceMs: 0,
        release: () => undefined,
      };
    },
    claimSession(model) {
      known(model);
      return {
        ready: (signal) => engine.ready(signal),
        // The batcher waits for the engine as it does for its turn.
        begin: () => true,
        end: () => undefined,
        etaMs: (placeMs) => placeMs,
        leave: () => undefined,
      };
    },
    run: engine.run,
    lanes: () => engine.lanes(),
    borrow: () => ({ model: id, giveBack: () => undefined }),
    status() {
      const { state, devices, spare, restarts, memory } = engine.status();
      const startMs = etaOf(outage.look(state));
      const memoryBytes = memory === undefined || memory.processes === 0 ? undefined : memory.bytes;
      const info = state.name === 'ready' ? state.info : undefined;
      const models = [servedModel(id, state, startMs, memoryBytes)];
      return { engine: state, info, devices, spare, restarts, startMs, models };
    },
    observe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      stopping.abort(new SottoError('closed'));
      await engine.close();
      unobserve();
    },
  };
}
