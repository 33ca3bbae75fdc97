/** The steps of the ladder as places that can be started. */
import type { EngineHost, Rung } from '../../shared/host/host.ts';
import { WINDOW_PROTOCOL } from '../../shared/protocol/window-address.ts';
import { type Priority, realClock } from '../../shared/queue/port.ts';
import type { TellSent } from './sent.ts';
import { browserServer, createServerHost } from './server-host.ts';
import { DEFAULT_PATIENCE } from './server-tries.ts';

export type LadderStep = 'webgpu' | 'wasm' | 'server';

const DEVICE: readonly LadderStep[] = ['webgpu', 'wasm'];
const STEPS: readonly LadderStep[] = [...DEVICE, 'server'];

/** What the ladder's words name, others passed over; this device where they name nothing. */
export function stepsOf(ladder: string): readonly LadderStep[] {
  const words = ladder.split(/[\s,]+/);
  const steps = words.flatMap((word) => STEPS.find((step) => step === word) ?? []);
  return steps.length === 0 ? DEVICE : [...new Set(steps)];
}

/** A server that reads windows of sound. */
export interface ServerPlace {
  /** http(s) address of its windows */
  readonly address: string;
  /** catalogue ids of what it reads with; undefined: it says so itself */
  readonly models: readonly string[] | undefined;
  /** Whether sound may go there: asked before anything is connected, and it may ask the person. */
  readonly allowed: (signal: AbortSignal) => Promise<boolean>;
}

export interface RungParts {
  readonly server: ServerPlace | undefined;
  readonly onSent?: TellSent | undefined;
  readonly priority: () => Priority;
  readonly worker: (device: 'webgpu' | 'wasm') => EngineHost;
}

export function createRungs(steps: readonly LadderStep[], model: string, parts: RungParts): Rung[] {
  return steps.flatMap((step): Rung[] => {
    if (step !== 'server') return [{ id: step, create: () => parts.worker(step) }];
    const { server } = parts;
    if (server === undefined || !(server.models?.includes(model) ?? true)) return [];
    return [{ id: 'server', create: () => hostAt(server, model, parts) }];
  });
}

function hostAt(
  { address, allowed }: ServerPlace,
  model: string,
  { priority, onSent }: Pick<RungParts, 'priority' | 'onSent'>,
): EngineHost {
  const { host } = new URL(address);
  const { connect, probe } = browserServer(address, WINDOW_PROTOCOL);
  return createServerHost({
    probe,
    connect() {
      onSent?.({ kind: 'sound', host, windows: 0, seconds: 0 });
      return connect();
    },
    onSent: (seconds) => onSent?.({ kind: 'sound', host, windows: 1, seconds }),
    allowed,
    clock: realClock,
    patience: DEFAULT_PATIENCE,
    random: Math.random,
    model,
    priority,
  });
}
