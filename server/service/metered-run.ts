/** The engine's time, by batch for those who count and by job for its timings. */
import type { EngineWindow } from '../../shared/asr/engine.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import type { Clock, RunBatch } from '../../shared/queue/port.ts';

export interface JobMeter {
  /** its share of each batch that it was in */
  inferenceMs: number;
}

export interface MeteredRun {
  readonly run: RunBatch;
  /** What this window costs counts for `meter`. */
  charge(window: EngineWindow, meter: JobMeter): void;
}

export interface BatchCount {
  readonly width: number;
  readonly ms: number;
  readonly audioSeconds: number;
}

export function meterRun(run: RunBatch, clock: Clock, onBatch: (count: BatchCount) => void): MeteredRun {
  const meters = new WeakMap<EngineWindow, JobMeter>();
  return {
    charge: (window, meter) => void meters.set(window, meter),
    async run(batch, signal) {
      const began = clock.now();
      try {
        return await run(batch, signal);
      } finally {
        const ms = clock.now() - began;
        const width = batch.windows.length;
        for (const window of batch.windows) {
          const meter = meters.get(window);
          if (meter !== undefined) meter.inferenceMs += ms / width;
        }
        const samples = batch.windows.reduce((sum, window) => sum + window.samples.length, 0);
        onBatch({ width, ms, audioSeconds: samples / SAMPLE_RATE });
      }
    },
  };
}
