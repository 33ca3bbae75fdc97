import type { EngineBatch, EngineInfo } from '../../shared/asr/engine.ts';
import type { EngineHost } from '../../shared/host/host.ts';
import { DEFAULT_LIMITS, type SupervisorLimits, secondsRead } from '../../shared/host/policy.ts';
import { measure, type Pace, rate, UNMEASURED } from '../../shared/queue/estimate.ts';
import type { Clock } from '../../shared/queue/port.ts';

/** What ends an engine. Times in milliseconds, sizes in MiB. */
export interface EngineLimits {
  /** a run may always take as long as this */
  readonly deadlineFloorMs: number;
  /** and this many times what it was measured to take */
  readonly deadlineFactor: number;
  /** longest silence while an engine starts */
  readonly startDeadlineMs: number;
  /** an engine over it is replaced between batches; undefined: none */
  readonly memoryMb: number | undefined;
  /** an engine that grew by so much since it started is replaced between batches */
  readonly growthMb: number | undefined;
  /** so is one that has read so many windows */
  readonly recycleWindows: number | undefined;
  /** longest probe of one device */
  readonly probeMs: number;
}

export const DEFAULT_ENGINE_LIMITS: EngineLimits = {
  deadlineFloorMs: 10_000,
  // A doubted window is decoded six times, and a busy machine is slower than it was when it was measured.
  deadlineFactor: 20,
  startDeadlineMs: 120_000,
  memoryMb: undefined,
  growthMb: 1_024,
  recycleWindows: 10_000,
  probeMs: 20_000,
};

export interface Deadlines {
  /** Longest run of this batch; before anything was measured, what every device can keep. Milliseconds. */
  of(batch: EngineBatch, info: EngineInfo): number;
  /** The same host, whose runs are measured. */
  measuring(host: EngineHost): EngineHost;
}

/** Deadlines from the measured time of a second of audio: what hangs is noticed sooner on a fast machine. */
export function createDeadlines(
  limits: Pick<EngineLimits, 'deadlineFloorMs' | 'deadlineFactor'>,
  clock: Clock,
): Deadlines {
  let pace: Pace = UNMEASURED;
  return {
    of(batch, info) {
      const msPerSecond = rate(pace);
      if (msPerSecond === undefined) return DEFAULT_LIMITS.runDeadlineMs(batch, info);
      const expected = msPerSecond * secondsRead(batch, info);
      return Math.max(limits.deadlineFloorMs, limits.deadlineFactor * expected);
    },
    measuring(host) {
      let info: EngineInfo | undefined;
      return {
        exited: host.exited,
        kill: () => host.kill(),
        reached: () => host.reached?.() ?? true,
        memoryBytes: () => host.memoryBytes?.(),
        async start(onProgress) {
          info = await host.start(onProgress);
          return info;
        },
        async run(batch, signal) {
          const started = clock.now();
          const readings = await host.run(batch, signal);
          if (info !== undefined) pace = measure(pace, clock.now() - started, secondsRead(batch, info));
          return readings;
        },
      };
    },
  };
}

const MIB = 2 ** 20;
const bytes = (name: string, mib: number | undefined) => (mib === undefined ? {} : { [name]: mib * MIB });

export function supervisorLimits(limits: EngineLimits, deadlines: Pick<Deadlines, 'of'>): SupervisorLimits {
  const { startDeadlineMs, memoryMb, growthMb, recycleWindows } = limits;
  return {
    startDeadlineMs,
    runDeadlineMs: (batch, info) => deadlines.of(batch, info),
    // Longer than one step of a large model on a CPU: it is not worth an engine.
    abortGraceMs: 10_000,
    backoffMs: DEFAULT_LIMITS.backoffMs,
    // A process may be killed while it loads, by the kernel or by someone; that is not yet the model's fault.
    startAttempts: 5,
    // Every engine has read a known clip before it is ready: what it dies of then is what it was given.
    maxDeathsInARow: Number.POSITIVE_INFINITY,
    blames: 'window',
    wear: {
      ...bytes('bytes', memoryMb),
      ...bytes('growthBytes', growthMb),
      ...(recycleWindows === undefined ? {} : { windows: recycleWindows }),
    },
  };
}
