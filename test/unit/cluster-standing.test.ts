import { describe, expect, it } from 'vitest';
import type { Standing } from '../../server/cluster/cluster-store.ts';
import {
  ableOf,
  etaMs,
  slotsOf,
  statusOf,
  type WorkerSays,
  workerOf,
} from '../../server/cluster/standing.ts';
import type { ServiceStatus } from '../../server/service/port.ts';

const standing = (more: Partial<Standing> = {}): Standing => ({
  ...{ workers: [], running: [], queued: 0, reserved: 0, msPerJob: 1_000 },
  ...more,
});
const running = (ms: number, done = 0, total?: number) => ({ ms, done, total });

describe('how long someone waits', () => {
  it('not at all where a slot is free', () => {
    expect(etaMs(standing(), 2, 0)).toBe(0);
    expect(etaMs(standing({ running: [running(500)] }), 2, 0)).toBe(0);
  });

  it('until the first slot is free, by what is done or by how long jobs took', () => {
    const busy = standing({ running: [running(400), running(500, 10, 40)] });
    // 600 ms by the usual time; 1500 ms by what is read.
    expect(etaMs(busy, 2, 0)).toBe(600);
    expect(etaMs(busy, 2, 1)).toBe(1_500);
    expect(etaMs(busy, 2, 2)).toBe(1_600);
    expect(etaMs(standing({ running: [running(9_000)] }), 1, 0)).toBe(0);
  });

  it('nobody knows before anything was measured, nor without workers', () => {
    expect(etaMs(standing({ running: [running(1)], msPerJob: undefined }), 1, 0)).toBeUndefined();
    expect(etaMs(standing({ running: [running(1)] }), 0, 0)).toBeUndefined();
  });
});

const status = (engine: ServiceStatus['engine'], more: Partial<ServiceStatus> = {}): ServiceStatus => ({
  engine,
  info: engine.name === 'ready' ? engine.info : undefined,
  devices: [{ device: 'cpu', outcome: 'chosen' }],
  spare: 'ready',
  restarts: { exit: 1, hang: 0, memory: 0, recycle: 0 },
  decoderRestarts: 2,
  admission: { active: 0, waiting: 0, done: 0, failed: 0, cancelled: 0, refused: 0 },
  batcher: { running: 1, waiting: 0, windows: 5, batches: 5, replaced: 0, msPerSecond: 10 },
  etaMs: 0,
  models: [{ id: 'm', state: engine.name === 'ready' ? 'loaded' : 'available' }],
  ...more,
});
const READY = {
  name: 'ready',
  rung: 'cpu',
  info: { model: 'm', device: 'cpu', dtype: 'q8', windowSeconds: 10, lanes: 1 },
} as const;
const FAILED = { name: 'failed', error: { code: 'engine_blocked' } } as const;
const worker = (engine: ServiceStatus['engine'], more: Partial<WorkerSays> = {}): WorkerSays => ({
  ...{ id: 'w', slots: 2, leaving: false, status: status(engine) },
  ...more,
});

describe('what the workers are together', () => {
  const all = [worker(FAILED), worker(READY), worker(READY, { leaving: true })];

  it('slots are those of workers that read', () => {
    expect(slotsOf(ableOf(all))).toBe(2);
  });

  it('figures are added up, and a model is loaded where any worker has it', () => {
    const counts = { done: 3, failed: 0, cancelled: 0, refused: 1 };
    const sum = statusOf(all, standing({ running: [running(1)], queued: 2, reserved: 1 }), counts, READY);
    expect(sum).toMatchObject({
      restarts: { exit: 3 },
      decoderRestarts: 6,
      admission: { active: 1, waiting: 3, done: 3, refused: 1 },
      batcher: { windows: 15, msPerSecond: 10 },
      models: [{ id: 'm', state: 'loaded' }],
      info: { model: 'm' },
    });
    expect(statusOf([], undefined, counts, FAILED)).toMatchObject({ models: [], etaMs: undefined });
  });

  it('each model stands as it does where it stands best, the workers’ own first', () => {
    const models = (...states: ServiceStatus['models'][number]['state'][]) =>
      states.map((state, index) => ({ id: `m${index}`, state }));
    const workers = [
      worker(READY, { status: status(READY, { models: models('loaded', 'failed', 'available') }) }),
      worker(READY, {
        status: status(READY, { models: models('available', 'loading', 'failed', 'failed') }),
      }),
    ];
    const none = { done: 0, failed: 0, cancelled: 0, refused: 0 };
    expect(statusOf(workers, undefined, none, READY).models).toEqual(
      models('loaded', 'loading', 'available', 'failed'),
    );
  });

  it('one that speaks another language is not counted on', () => {
    expect(workerOf(JSON.stringify(worker(READY)))?.id).toBe('w');
    expect(workerOf('{"id":"w"}')).toBeUndefined();
  });
});
