/** Prometheus metrics out of the service's events and state. Base units, prefix `sotto_`. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RequestService, ServiceEvent } from '../service/port.ts';

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  count(event: ServiceEvent): void;
  close(): void;
}

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const RATIOS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const WIDTHS = [1, 2, 4, 8, 16, 32];
const NS = 1e9;
/** of the event loop; its delays hold this time too */
const SAMPLER_MS = 10;

/** `jobs`: durable ones by status, where there are any. */
export function createMetrics(
  service: Pick<RequestService, 'status'>,
  jobs?: () => Readonly<Record<string, number>>,
): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const loop = monitorEventLoopDelay({ resolution: SAMPLER_MS });
  loop.enable();

  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `sotto_${name}`, help, buckets, registers });
  const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name: `sotto_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `sotto_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });

  const wait = histogram('wait_seconds', 'Wait for admission of jobs that were read.', SECONDS);
  const decode = histogram('decode_seconds', 'Decoding of one job.', SECONDS);
  const inference = histogram('inference_seconds', "The engine's time for one job.", SECONDS);
  const rtf = histogram('real_time_factor', 'Inference time over audio time of one job.', RATIOS);
  const batch = histogram('batch_seconds', 'One run of the engine.', SECONDS);
  const width = histogram('batch_width', 'Windows in one run of the engine.', WIDTHS);
  const audio = counter('audio_seconds_total', 'Audio read in jobs that are done.');
  const ends = counter('jobs_total', 'Jobs that ended, by how.', ['end']);
  const refused = counter('rejections_total', 'Refused requests, by reason.', ['reason']);
  const decodeFailed = counter('decode_failures_total', 'Files that could not be decoded, by code.', [
    'code',
  ]);
  const restarts = counter('worker_restarts_total', 'Engines replaced, by reason.', ['reason']);
  const recovery = histogram('worker_recovery_seconds', 'From the end of an engine to the next.', SECONDS);

  const loads = counter('model_loads_total', 'Models loaded, and tries that failed.', ['model', 'end']);
  const unloads = counter('model_unloads_total', 'Models unloaded to make room.', ['model']);
  const loading = histogram('model_load_seconds', 'From the beginning of a load until it can read.', SECONDS);
  const loadWait = histogram(
    'model_wait_seconds',
    'Wait of jobs that lacked nothing but their model.',
    SECONDS,
  );

  new Gauge({
    name: 'sotto_model_resident_bytes',
    help: 'What the processes of a model hold; 0: it is not loaded.',
    labelNames: ['model'],
    registers,
    collect() {
      for (const { id, memoryBytes = 0 } of service.status().models) this.set({ model: id }, memoryBytes);
    },
  });
  gauge('queue_depth', 'Jobs that wait.', () => service.status().admission.waiting);
  gauge('in_flight', 'Jobs that are read now.', () => service.status().admission.active);
  gauge('windows_waiting', 'Windows that wait for a batch.', () => service.status().batcher.waiting);
  gauge('engine_ready', '1 when the engine is ready.', () =>
    Number(service.status().engine.name === 'ready'),
  );
  gauge('decoder_restarts', 'Decoders replaced since the start.', () => service.status().decoderRestarts);
  gauge('resident_memory_bytes', 'Of the HTTP process.', () => process.memoryUsage.rss());
  if (jobs !== undefined) {
    new Gauge({
      name: 'sotto_stored_jobs',
      help: 'Durable jobs in the store, by status.',
      labelNames: ['status'],
      registers,
      collect() {
        for (const [status, many] of Object.entries(jobs())) this.set({ status }, many);
      },
    });
  }
  loopLag(registry, loop);
  // A rate of what never happened is 0, not missing.
  for (const end of ['done', 'failed', 'cancelled', 'refused']) ends.inc({ end }, 0);
  for (const reason of ['queue_full', 'queue_timeout', 'engine_unavailable']) refused.inc({ reason }, 0);
  for (const reason of ['exit', 'hang', 'memory', 'recycle']) restarts.inc({ reason }, 0);

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    count(event) {
      switch (event.type) {
        case 'refused':
          refused.inc({ reason: event.reason });
          return;
        case 'decode-failed':
          decodeFailed.inc({ code: event.code });
          return;
        case 'engine-replaced':
          restarts.inc({ reason: event.reason });
          recovery.observe(event.ms / 1000);
          return;
        case 'model':
          if (event.change === 'unloaded') return unloads.inc({ model: event.model });
          loads.inc({ model: event.model, end: event.change });
          if (event.change === 'loaded') loading.observe(event.ms / 1000);
          return;
        case 'model-wait':
          loadWait.observe(event.ms / 1000);
          return;
        case 'batch':
          width.observe(event.width);
          batch.observe(event.ms / 1000);
          return;
        case 'job':
          ends.inc({ end: event.end });
          if (event.end !== 'done') return;
          wait.observe(event.waitMs / 1000);
          decode.observe(event.decodeMs / 1000);
          inference.observe(event.inferenceMs / 1000);
          audio.inc(event.audioSeconds);
          if (event.audioSeconds > 0) rtf.observe(event.inferenceMs / 1000 / event.audioSeconds);
      }
    },
    close: () => void loop.disable(),
  };
}

/** Since the last time it was asked. */
function loopLag(registry: Registry, loop: IntervalHistogram): void {
  new Gauge({
    name: 'sotto_event_loop_lag_seconds',
    help: 'Lateness of a timer of the HTTP process since the last scrape; 1 is the worst.',
    labelNames: ['quantile'],
    registers: [registry],
    collect() {
      for (const quantile of [0.5, 0.99, 1]) {
        const ns = loop.percentile(quantile * 100);
        const late = Math.max(0, ns / NS - SAMPLER_MS / 1000);
        this.set({ quantile: String(quantile) }, Number.isFinite(late) ? late : 0);
      }
      loop.reset();
    },
  });
}
