import { describe, expect, it } from 'vitest';
import { healthOf } from '../../server/http/health-routes.ts';
import { createReadiness } from '../../server/http/readiness.ts';
import { withoutPaths } from '../../server/http/trouble.ts';
import { createMetrics } from '../../server/metrics/metrics.ts';
import { createStats, percentile } from '../../server/metrics/stats.ts';
import type { ServiceEvent } from '../../server/service/port.ts';
import { createFakeService } from '../support/fake-service.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

type JobEnd = Extract<ServiceEvent, { type: 'job' }>;
const job = (waitMs: number, more: Partial<JobEnd> = {}): ServiceEvent => ({
  ...{ type: 'job', end: 'done', decodeMs: 500, inferenceMs: 2_000, audioSeconds: 10, waitMs },
  ...more,
});
const QUIET = { active: 1, waiting: 2, done: 0, failed: 0, cancelled: 0, refused: 0 };

describe('stats', () => {
  it('before anything: no rate and no waits', () => {
    expect(createStats().read(QUIET)).toEqual({
      active: 1,
      queued: 2,
      completed: 0,
      failed: 0,
      oom_errors: 0,
      success_rate: null,
      avg_wait_ms: null,
      p95_wait_ms: null,
    });
  });

  it('a case worked by hand: 20 waits of 100 to 2000 ms, four failures', () => {
    const stats = createStats();
    for (let count = 1; count <= 16; count += 1) stats.count(job(count * 100));
    for (const count of [17, 18, 19]) stats.count(job(count * 100, { end: 'failed', code: 'not_media' }));
    stats.count(job(2_000, { end: 'failed', code: 'out_of_memory' }));
    stats.count(job(9_999, { end: 'refused', code: 'queue_timeout' }));
    stats.count(job(9_999, { end: 'cancelled', code: 'cancelled' }));
    stats.count({ type: 'refused', reason: 'queue_full' });
    // The mean of 100 … 2000 is 1050; the 95th of 100 is the 19th of 20.
    expect(stats.read(QUIET)).toMatchObject({
      completed: 16,
      failed: 4,
      oom_errors: 1,
      success_rate: 0.8,
      avg_wait_ms: 1_050,
      p95_wait_ms: 1_900,
    });
  });

  it('keeps the last waits only', () => {
    const stats = createStats(3);
    for (const wait of [1_000, 1_000, 10, 20, 30]) stats.count(job(wait));
    expect(stats.read(QUIET)).toMatchObject({ completed: 5, avg_wait_ms: 20, p95_wait_ms: 30 });
  });

  it.each([
    [[], undefined],
    [[7], 7],
    [[2, 1], 2],
    [Array.from({ length: 100 }, (_, index) => index + 1), 95],
  ])('the 95th percentile of %j', (values, expected) => expect(percentile(values, 0.95)).toBe(expected));
});

describe('metrics', () => {
  it('count every event in base units', async () => {
    const metrics = createMetrics(createFakeService(), () => ({ queued: 3 }));
    metrics.count(job(1_500));
    metrics.count(job(0, { end: 'failed', code: 'not_media' }));
    metrics.count({ type: 'refused', reason: 'queue_full' });
    metrics.count({ type: 'engine-replaced', reason: 'hang', ms: 300 });
    metrics.count({ type: 'decode-failed', code: 'not_media' });
    metrics.count({ type: 'batch', width: 4, ms: 250, audioSeconds: 30 });
    metrics.count({ type: 'model', model: 'a', change: 'loaded', ms: 2_000 });
    metrics.count({ type: 'model', model: 'a', change: 'unloaded', ms: 0 });
    metrics.count({ type: 'model', model: 'b', change: 'failed', ms: 100 });
    metrics.count({ type: 'model-wait', model: 'a', ms: 4_000 });
    const lines = (await metrics.text()).split('\n');
    metrics.close();
    for (const line of [
      'sotto_wait_seconds_sum 1.5',
      'sotto_wait_seconds_bucket{le="1"} 0',
      'sotto_wait_seconds_bucket{le="2.5"} 1',
      'sotto_decode_seconds_sum 0.5',
      'sotto_inference_seconds_sum 2',
      'sotto_real_time_factor_sum 0.2',
      'sotto_audio_seconds_total 10',
      'sotto_jobs_total{end="done"} 1',
      'sotto_jobs_total{end="failed"} 1',
      'sotto_rejections_total{reason="queue_full"} 1',
      'sotto_worker_restarts_total{reason="hang"} 1',
      'sotto_worker_recovery_seconds_sum 0.3',
      'sotto_decode_failures_total{code="not_media"} 1',
      'sotto_batch_width_sum 4',
      'sotto_batch_seconds_sum 0.25',
      'sotto_model_loads_total{model="a",end="loaded"} 1',
      'sotto_model_loads_total{model="b",end="failed"} 1',
      'sotto_model_unloads_total{model="a"} 1',
      'sotto_model_load_seconds_sum 2',
      'sotto_model_wait_seconds_sum 4',
      'sotto_model_resident_bytes{model="sotto-demo-en"} 0',
      'sotto_queue_depth 0',
      'sotto_in_flight 0',
      'sotto_stored_jobs{status="queued"} 3',
    ]) {
      expect(lines).toContain(line);
    }
  });
});

describe('readiness', () => {
  function begin() {
    const clock = createVirtualClock();
    const service = createFakeService({ clock });
    let sung = 0;
    let how: 'at-once' | 'never' = 'at-once';
    const ready = createReadiness(
      {
        status: service.status,
        canary(signal) {
          sung += 1;
          return how === 'never' ? new Promise(() => undefined) : service.canary(signal);
        },
      },
      { cacheMs: 3_000, timeoutMs: 5_000, clock },
    );
    return { clock, service, ready, sung: () => sung, be: (next: typeof how) => (how = next) };
  }

  it('asks the engine once for all who ask, and not again for a while', async () => {
    const { clock, ready, sung } = begin();
    const [first, second] = await Promise.all([ready(), ready()]);
    expect([first?.name, second?.name, sung()]).toEqual(['ready', 'ready', 1]);
    await clock.advance(2_999);
    await ready();
    expect(sung()).toBe(1);
    await clock.advance(1);
    await ready();
    expect(sung()).toBe(2);
  });

  it('goes by the engine first: what was read before it went does not stand', async () => {
    const { service, ready, sung } = begin();
    expect(await ready()).toMatchObject({ name: 'ready' });
    service.breakEngine({ code: 'model_load_failed' });
    expect(await ready()).toMatchObject({ name: 'unready', error: { code: 'model_load_failed' } });
    service.breakEngine(undefined);
    expect(await ready()).toMatchObject({ name: 'ready' });
    await service.close();
    expect(await ready()).toMatchObject({ name: 'unready', error: { code: 'closed' } });
    expect(sung()).toBe(1);
  });

  it.each([
    [{ name: 'idle' }],
    [{ name: 'starting', rung: 'cpu', progress: undefined }],
    [{ name: 'backing-off', rung: 'cpu', ms: 5 }],
  ] as const)('does not wait while the engine is %o', async (engine) => {
    const { clock, service, sung } = begin();
    const status = () => ({ ...service.status(), engine });
    const ready = createReadiness({ status, canary: service.canary }, { cacheMs: 1, timeoutMs: 1, clock });
    expect(await ready()).toMatchObject({
      name: 'unready',
      error: { code: 'engine_unavailable', detail: `it is ${engine.name}` },
    });
    expect(sung()).toBe(0);
  });

  it('bad news stands for a second at most', async () => {
    const { clock, ready, be, sung } = begin();
    be('never');
    const late = ready();
    await clock.advance(5_000);
    expect(await late).toMatchObject({ name: 'unready' });
    be('at-once');
    await clock.advance(999);
    expect(await ready()).toMatchObject({ name: 'unready' });
    await clock.advance(1);
    expect(await ready()).toMatchObject({ name: 'ready' });
    expect(sung()).toBe(2);
  });

  it('says why not: a canary that does not answer in time, an engine that failed', async () => {
    const { clock, service, ready, be, sung } = begin();
    be('never');
    const late = ready();
    await clock.advance(5_000);
    expect(await late).toMatchObject({ name: 'unready', error: { code: 'engine_timeout' } });
    expect(clock.pending).toBe(0);
    service.breakEngine({ code: 'engine_blocked' });
    await clock.advance(3_000);
    expect(await ready()).toMatchObject({ name: 'unready', error: { code: 'engine_blocked' } });
    expect(sung()).toBe(1);
    service.breakEngine(undefined);
    be('at-once');
    await clock.advance(3_000);
    expect(await ready()).toMatchObject({ name: 'ready' });
  });
});

describe('health', () => {
  it.each([
    [
      'ENOENT: no such file, open "/srv/models/x/encoder.onnx"',
      'ENOENT: no such file, open "…/encoder.onnx"',
    ],
    ['libcuda.so.1: cannot open', 'libcuda.so.1: cannot open'],
    ['C:\\models\\x.onnx is broken', '…/x.onnx is broken'],
    ['it is 3/4 full; see https://example.com/a/b', 'it is 3/4 full; see https://example.com/a/b'],
  ])('tells no paths: %s', (text, expected) => {
    expect(withoutPaths(text)).toBe(expected);
  });

  it('says why other devices were not chosen, and why no engine starts', () => {
    const status = createFakeService().status();
    const devices = [
      { device: 'cuda', outcome: 'unavailable', detail: 'dlopen /opt/ort/libcuda.so: not found' },
      { device: 'cpu', outcome: 'chosen' },
    ] as const;
    const engine = {
      name: 'failed',
      error: { code: 'model_load_failed', detail: 'open /srv/m.onnx' },
    } as const;
    const health = healthOf({ ...status, devices, engine, info: undefined }, '1.2.3', 61);
    expect(health).toMatchObject({
      status: 'failed',
      version: '1.2.3',
      uptime_seconds: 61,
      engine: { device: null, error: { code: 'model_load_failed' } },
      devices: [{ detail: 'dlopen …/libcuda.so: not found' }, { device: 'cpu', detail: null }],
    });
    expect(health.engine.error?.message).toContain('open …/m.onnx');
  });
});

it('metrics tell how late the event loop was', async () => {
  const metrics = createMetrics(createFakeService());
  await new Promise((resolve) => setTimeout(resolve, 30));
  const blockedUntil = performance.now() + 200;
  while (performance.now() < blockedUntil);
  await new Promise((resolve) => setTimeout(resolve, 30));
  const worst = /^sotto_event_loop_lag_seconds\{quantile="1"\} (\S+)$/m.exec(await metrics.text())?.[1];
  expect(Number(worst)).toBeGreaterThan(0.15);
  metrics.close();
});
