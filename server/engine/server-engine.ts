/** The server's engine: probed devices, a supervised child process that runs the model, and a spare behind it. */
import type { EngineInfo } from '../../shared/asr/engine.ts';
import type { SupervisorState } from '../../shared/host/events.ts';
import type { RunBatch } from '../../shared/queue/port.ts';
import type { DeviceProbe, ServiceStatus } from '../service/port.ts';
import type { PoisonMemory } from './poison-memory.ts';

export interface ServerEngine {
  /**
   * One outcome a window, in order; never rejects. While no engine starts, every window gets the reason at once.
   * A window that killed two engines is `poison`, and so is the same audio later, without another try.
   */
  readonly run: RunBatch;
  /** windows read at once */
  lanes(): number;
  /** Rejects with why no engine starts, or `cancelled`. */
  ready(signal?: AbortSignal): Promise<EngineInfo>;
  status(): {
    readonly state: SupervisorState;
    readonly devices: readonly DeviceProbe[];
    readonly spare: 'none' | 'starting' | 'ready';
    readonly restarts: ServiceStatus['restarts'];
  };
  /** Called on every engine that was replaced; `ms` from its end until the next one was ready. */
  observe(
    listener: (event: { reason: 'exit' | 'hang' | 'memory' | 'recycle'; ms: number }) => void,
  ): () => void;
  close(): Promise<void>;
}

export interface ServerEngineOptions {
  /** catalogue id */
  readonly model: string;
  /** absolute folders that hold model folders, looked into in this order: the operator's, then the embedded ones */
  readonly folders: readonly string[];
  /** `auto`: the first that works of cuda, webgpu, cpu */
  readonly device: 'auto' | DeviceProbe['device'];
  /** threads of one operator on the CPU */
  readonly threads: number;
  /** a second engine, loaded and idle; it takes as much memory again */
  readonly spares: 0 | 1;
  /** windows read at once; 1 unless said */
  readonly lanes?: number;
  /** take a WebGPU adapter that computes on the CPU (SwiftShader, llvmpipe) */
  readonly softwareGpu?: 'refuse' | 'allow';
  readonly limits?: Partial<EngineLimits>;
  /** shared with whoever else remembers; one of its own otherwise */
  readonly poison?: PoisonMemory;
}

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

/** What the service starts; probes first, then the engine starts in the background. */
export type CreateServerEngine = (options: ServerEngineOptions) => Promise<ServerEngine>;
