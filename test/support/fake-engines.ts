/** Engines of several models without processes: each loads, holds memory, reads and ends as its script says. */
import { expect } from 'vitest';
import type { OperatedServerEngine } from '../../server/engine/server-engine.ts';
import { createModelNeeds } from '../../server/pool/model-needs.ts';
import { findModel, type ModelEntry } from '../../shared/asr/catalogue.ts';
import type { EngineInfo } from '../../shared/asr/engine.ts';
import { fromWire, SottoError, toWire } from '../../shared/errors.ts';
import type { SupervisorState } from '../../shared/host/events.ts';
import type { Clock } from '../../shared/queue/port.ts';

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

/** They check what must hold of all of them: in `budget`, one run at a time, none ended under `holders`. */
export function createFakeEngines(
  clock: Clock,
  budget: number,
  scripts: Partial<Record<ModelId, ModelScript>> = {},
) {
  /** engines that are there, loading or being ended included, and what each holds */
  const alive = new Map<OperatedServerEngine, { readonly model: string; readonly bytes: number }>();
  const loads: string[] = [];
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
    const engine: OperatedServerEngine = {
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
      restart: () => Promise.resolve(info),
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
    return engine;
  }

  return {
    loads,
    alive,
    /** for a pool */
    parts: {
      createEngine,
      probe: async () => [{ device: 'cpu', outcome: 'chosen' }] as const,
      checkFiles: async () => undefined,
    },
    hold: (model: string, more: 1 | -1) => void holders.set(model, (holders.get(model) ?? 0) + more),
  };
}
