/** The server's engine: probed devices, a supervised child process that runs the model, and a spare behind it. */
import { findModel } from '../../shared/asr/catalogue.ts';
import type { EngineInfo } from '../../shared/asr/engine.ts';
import { type ErrorWire, fromWire, SottoError } from '../../shared/errors.ts';
import type { Replacement, RungChange, SupervisorState } from '../../shared/host/events.ts';
import type { EngineHost, Rung } from '../../shared/host/host.ts';
import { createSupervisor } from '../../shared/host/supervisor.ts';
import type { EngineProcessStart } from '../../shared/protocol/engine-process.ts';
import { type Clock, type RunBatch, realClock } from '../../shared/queue/port.ts';
import type { DeviceProbe, ServiceStatus } from '../service/port.ts';
import { filesOfAllDevices } from './device-files.ts';
import { createDeadlines, DEFAULT_ENGINE_LIMITS, type EngineLimits, supervisorLimits } from './limits.ts';
import { modelFingerprint } from './model-files.ts';
import { watchModel } from './model-watch.ts';
import { createPoisonMemory, type PoisonMemory, refusingPoison } from './poison-memory.ts';
import { probeDevices, type ServerDevice } from './probe.ts';
import { createProcessHost } from './process-host.ts';
import { createResidentMemory } from './resident-memory.ts';

export type { EngineLimits } from './limits.ts';

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
    /** what its processes hold (the spare's too), where they have said it; bytes */
    readonly memory?: { readonly processes: number; readonly bytes: number };
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
  /** cores that engines may use, as `taskset -c` takes them (Linux); any unless said */
  readonly cpus?: string | undefined;
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

/** What only whoever runs the server does. */
export interface OperatedServerEngine extends ServerEngine {
  /** Forgets failures and poison and starts the engine anew; what is in flight is put back without blame. */
  restart(): Promise<EngineInfo>;
}

/** What tests put fakes for. */
export interface ServerEngineParts {
  readonly createHost?: (start: EngineProcessStart) => EngineHost;
  readonly probe?: typeof probeDevices;
  /** of the model's files */
  readonly fingerprint?: () => Promise<string>;
  readonly clock?: Clock;
}

/**
 * Probes the devices, then starts the engine and its spare in the background, and keeps them going: an engine that
 * died is replaced before anyone asks for it. One that does not start is not tried again before `restart`, or before
 * the model's files have changed. Throws `model_unknown`.
 */
export async function createServerEngine(
  options: ServerEngineOptions,
  parts: ServerEngineParts = {},
): Promise<OperatedServerEngine> {
  const { createHost = createProcessHost, probe = probeDevices, clock = realClock } = parts;
  const { model, folders, threads, cpus, device: wanted, lanes = 1, softwareGpu = 'refuse' } = options;
  const entry = findModel(model);
  if (entry === undefined) throw new SottoError('model_unknown', model);
  const limits = { ...DEFAULT_ENGINE_LIMITS, ...options.limits };
  const poison = options.poison ?? createPoisonMemory();
  const deadlines = createDeadlines(limits, clock);
  const memory = createResidentMemory();
  const listeners = new Set<(event: Replacement) => void>();
  let devices = await probe({ device: wanted, softwareGpu, limitMs: limits.probeMs });

  const rungOf = (device: ServerDevice): Rung => ({
    id: device,
    create: () =>
      deadlines.measuring(memory.counting(createHost({ model, folders, device, threads, lanes, cpus }))),
  });
  const supervisor = createSupervisor({
    rungs: rungsOf(devices, wanted, rungOf),
    limits: supervisorLimits(limits, deadlines),
    spares: options.spares,
    clock,
    onState: keepGoing,
    onChange: (change) => {
      devices = afterChange(devices, change);
    },
    onReplaced(replacement) {
      for (const listener of listeners) listener(replacement);
    },
  });
  const watch = await watchModel({
    fingerprint: parts.fingerprint ?? (() => modelFingerprint(folders, model, filesOfAllDevices(entry))),
    clock,
    onChange: () => start(() => supervisor.restart()),
  });

  function keepGoing(state: SupervisorState): void {
    if (state.name === 'failed') watch.begin();
    else watch.rest();
    if (state.name === 'idle') start(() => supervisor.ready());
  }

  /** What comes of it is the supervisor's state, which everyone sees. */
  function start(how: () => Promise<EngineInfo>): void {
    how().catch(() => undefined);
  }

  const refuse = (windows: readonly unknown[], error: ErrorWire) =>
    windows.map(() => ({ ok: false, error }) as const);

  start(() => supervisor.ready());
  return {
    run: refusingPoison(async (batch, signal) => {
      const { state } = supervisor;
      const other = batch.options.model ?? model;
      if (other !== model) return refuse(batch.windows, { code: 'model_unknown', detail: other });
      // The supervisor would try again for each batch; here that is the operator's to say.
      if (state.name === 'failed') return refuse(batch.windows, state.error);
      return supervisor.run(batch, signal);
    }, poison),
    lanes() {
      const { state } = supervisor;
      return state.name === 'ready' ? state.info.lanes : lanes;
    },
    async ready(signal) {
      const { state } = supervisor;
      if (state.name === 'failed') throw fromWire(state.error);
      return supervisor.ready(signal);
    },
    status: () => ({
      state: supervisor.state,
      devices,
      spare: supervisor.spare,
      restarts: { ...supervisor.replacements },
      memory: memory.read(),
    }),
    observe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    restart() {
      poison.clear();
      return supervisor.restart();
    },
    close() {
      watch.rest();
      return supervisor.close();
    },
  };
}

/** The device that was chosen and, unless one was asked for, the CPU below it, which always works. */
function rungsOf(
  devices: readonly DeviceProbe[],
  wanted: ServerEngineOptions['device'],
  rungOf: (device: ServerDevice) => Rung,
): readonly Rung[] {
  const chosen = devices.find(({ outcome }) => outcome === 'chosen')?.device;
  if (chosen === undefined) return [{ id: 'server', create: () => refusingHost(whyNone(devices)) }];
  return (wanted === 'auto' && chosen !== 'cpu' ? [chosen, 'cpu' as const] : [chosen]).map(rungOf);
}

const whyNone = (devices: readonly DeviceProbe[]): string =>
  devices
    .filter(({ outcome }) => outcome === 'unavailable')
    .map(({ device, detail }) => `${device}: ${detail ?? 'unavailable'}`)
    .join('; ');

/** Stands where no device works, so that the supervisor says why. */
function refusingHost(detail: string): EngineHost {
  const error = new SottoError('engine_unavailable', detail);
  const refuse = () => Promise.reject(error);
  return { start: refuse, run: refuse, kill: () => undefined, exited: Promise.resolve(error) };
}

/** A device whose probe went well and whose engine did not start is no longer what was chosen. */
function afterChange(
  devices: readonly DeviceProbe[],
  { from, to, error }: RungChange,
): readonly DeviceProbe[] {
  return devices.map((probe): DeviceProbe => {
    const { device } = probe;
    if (device === from) return { device, outcome: 'unavailable', detail: error.detail ?? error.code };
    return device === to ? { device, outcome: 'chosen' } : probe;
  });
}
