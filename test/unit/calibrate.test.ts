/** How many windows are read at once: the decision, its trials, and what is kept. */
import { describe, expect, test } from 'vitest';
import {
  bestLanes,
  type CalibrateRequest,
  chooseLanes,
  type LaneMemory,
  laneBytes,
  mayBatch,
  nextTrial,
  type Trial,
} from '../../shared/asr/calibrate.ts';
import type { Engine, EngineInfo } from '../../shared/asr/engine.ts';
import { loadEngine } from '../../shared/asr/load.ts';
import { createLaneMemory } from '../../web/engine/lane-memory.ts';
import { createMemoryCaches } from '../support/memory-cache.ts';
import { testOptions } from '../support/models.ts';

const INFO: EngineInfo = { model: 'm', device: 'webgpu', dtype: 'fp32/q4', windowSeconds: 30, lanes: 1 };
const SMALL = { positions: 500, layers: 2, heads: 3, headSize: 64 };

const trial = (lanes: number, ms: number): Trial => ({ lanes, ms, spentMs: ms });

function memoryOf(kept: Readonly<Record<string, number>> = {}): LaneMemory & { kept: Map<string, number> } {
  const map = new Map(Object.entries(kept));
  return {
    kept: map,
    get: async (key) => map.get(key),
    set: async (key, lanes) => {
      map.set(key, lanes);
    },
  };
}

/** A device with a clock of its own: `msOf(lanes)` a run. */
function world(msOf: (lanes: number) => number, more: Partial<CalibrateRequest> = {}) {
  let clock = 0;
  const ran: number[] = [];
  const request: CalibrateRequest = {
    info: INFO,
    size: SMALL,
    memory: memoryOf(),
    clip: Float32Array.of(1, 2, 3),
    now: () => clock,
    engineOf: (lanes): Engine => ({
      info: { ...INFO, lanes },
      async run({ windows }) {
        for (let first = 0; first < windows.length; first += lanes) {
          ran.push(lanes);
          clock += msOf(lanes);
        }
        return windows.map(({ samples }) => ({ segments: [], tokens: [samples[0]!], noSpeechProb: 0 }));
      },
      dispose: async () => undefined,
    }),
    ...more,
  };
  return { request, ran, clock: () => clock };
}

describe('the decision', () => {
  test('goes on unless it clearly loses, within time and memory', () => {
    const bounds = { budgetMs: 1000, most: 8 };
    expect(nextTrial([], bounds)).toBe(1);
    expect(nextTrial([trial(1, 100)], bounds)).toBe(2);
    expect(nextTrial([trial(1, 100), trial(2, 150)], bounds)).toBe(4);
    expect(nextTrial([trial(1, 100), trial(2, 190)], bounds)).toBe(4);
    expect(nextTrial([trial(1, 100), trial(2, 230)], bounds)).toBeUndefined();
    expect(nextTrial([trial(1, 100), trial(2, 120)], { ...bounds, most: 2 })).toBeUndefined();
    expect(nextTrial([trial(1, 400)], bounds)).toBeUndefined();
  });

  test('takes the fewest lanes from which on more brought no more', () => {
    expect(bestLanes([])).toBe(1);
    expect(bestLanes([trial(1, 100)])).toBe(1);
    expect(bestLanes([trial(1, 100), trial(2, 190)])).toBe(1);
    expect(bestLanes([trial(1, 100), trial(2, 120), trial(4, 235)])).toBe(2);
    expect(bestLanes([trial(1, 100), trial(2, 190), trial(4, 250)])).toBe(4);
    expect(bestLanes([trial(1, 100), trial(2, 120), trial(4, 150), trial(8, 200)])).toBe(8);
  });

  test('never batches what is quantised at run time, nor tries on a software adapter', () => {
    for (const dtype of ['q8', 'fp32/q8', 'int8', 'uint8'])
      expect(mayBatch({ ...INFO, device: 'cpu', dtype })).toBe(false);
    expect(mayBatch({ ...INFO, device: 'cpu', dtype: 'fp32' })).toBe(true);
    expect(mayBatch({ ...INFO, dtype: 'fp16/q4', adapter: 'NVIDIA H100' })).toBe(true);
    expect(mayBatch({ ...INFO, adapter: 'Google SwiftShader' })).toBe(false);
    expect(mayBatch({ ...INFO, adapter: 'llvmpipe (LLVM 15)' })).toBe(false);
  });

  test('a lane of a large model is hundreds of megabytes', () => {
    expect(laneBytes(SMALL)).toBeLessThan(20e6);
    expect(laneBytes({ positions: 1500, layers: 32, heads: 20, headSize: 64 })).toBeGreaterThan(400e6);
  });
});

describe('trials', () => {
  test('find the width of the device, keep it, and are not made again', async () => {
    const first = world((lanes) => 20 + 2 * lanes);
    expect(await chooseLanes(first.request)).toBe(8);
    expect(first.clock()).toBeLessThan(1500);
    const again = world(() => 1, { memory: first.request.memory });
    expect(await chooseLanes(again.request)).toBe(8);
    expect(again.ran).toEqual([]);
  });

  test('another adapter, model, version or type of weights is another device', async () => {
    const { memory } = world(() => 1).request;
    await chooseLanes(world((lanes) => 20 + lanes, { memory }).request);
    for (const other of [
      { info: { ...INFO, adapter: 'another' } },
      { info: { ...INFO, model: 'n' } },
      { info: { ...INFO, dtype: 'fp32' } },
      { version: '2' },
      { threads: 4 },
    ]) {
      const { request, ran } = world((lanes) => 20 * lanes, { memory, ...other });
      expect(await chooseLanes(request)).toBe(1);
      expect(ran.length).toBeGreaterThan(0);
    }
  });

  test('a slow device has one trial', async () => {
    const slow = world(() => 2000);
    expect(await chooseLanes(slow.request)).toBe(1);
    expect(new Set(slow.ran)).toEqual(new Set([1]));
  });

  test('where rows are mixed, one lane stays', async () => {
    const { request } = world(() => 20);
    const { engineOf } = request;
    const mixing = {
      ...request,
      engineOf: (lanes: number): Engine => ({
        ...engineOf(lanes),
        run: async (batch) => {
          const readings = await engineOf(lanes).run(batch);
          return lanes === 1 ? readings : readings.map((reading) => ({ ...reading, tokens: [7] }));
        },
      }),
    };
    expect(await chooseLanes(mixing)).toBe(1);
  });

  test('a trial that fails is an answer; one that ends the engine is not begun again', async () => {
    const failing = world((lanes) => {
      if (lanes === 4) throw new Error('out of memory');
      return 20 + lanes;
    });
    expect(await chooseLanes(failing.request)).toBe(2);

    const memory = memoryOf();
    const dying = world((lanes) => 20 + lanes, { memory });
    const { engineOf } = dying.request;
    const hung = new Promise<never>(() => undefined);
    let reached = () => {};
    const died = new Promise<void>((resolve) => {
      reached = resolve;
    });
    void chooseLanes({
      ...dying.request,
      engineOf: (lanes) => {
        if (lanes < 4) return engineOf(lanes);
        reached();
        return { ...engineOf(lanes), run: () => hung };
      },
    });
    await died;
    const next = world(() => 1, { memory });
    expect(await chooseLanes(next.request)).toBe(2);
    expect(next.ran).toEqual([]);
  });

  test('memory bounds them', async () => {
    const huge = { positions: 1500, layers: 32, heads: 20, headSize: 64 };
    expect(await chooseLanes(world((lanes) => 20 + lanes, { size: huge }).request)).toBeLessThan(4);
  });
});

test('kept in the browser; a store that fails or is missing costs a trial, not the start', async () => {
  const memory = createLaneMemory(createMemoryCaches().caches);
  expect(await memory.get('a|b')).toBeUndefined();
  await memory.set('a|b', 4);
  expect(await memory.get('a|b')).toBe(4);
  const broken = createLaneMemory({ open: () => Promise.reject(new Error('no space')) });
  for (const each of [broken, createLaneMemory(undefined)]) {
    await each.set('a', 2);
    expect(await each.get('a')).toBeUndefined();
  }
});

test('on the real model: fp32 is tried once and kept, q8 never', { timeout: 60_000 }, async () => {
  const laneMemory = memoryOf();
  const first = await loadEngine({ ...testOptions('sotto-demo-en', 'fp32'), laneMemory });
  const [[, lanes] = []] = [...laneMemory.kept];
  expect(first.info.lanes).toBe(lanes);
  await first.dispose();
  const [[key] = ['']] = [...laneMemory.kept];
  laneMemory.kept.set(key, 3);
  const again = await loadEngine({ ...testOptions('sotto-demo-en', 'fp32'), laneMemory });
  expect(again.info.lanes).toBe(3);
  await again.dispose();
  const quantised = memoryOf();
  const q8 = await loadEngine({ ...testOptions('sotto-demo-en', 'q8'), laneMemory: quantised });
  expect(q8.info.lanes).toBe(1);
  expect(quantised.kept.size).toBe(0);
  await q8.dispose();
});
