import { type WearLimits, wornOut } from './policy.ts';
import type { StartedHost } from './spare.ts';

/** A started engine that serves, until it ends. */
export interface LivingEngine extends StartedHost {
  readonly bytesWhenReady: number | undefined;
  /** a batch is in flight */
  busy: boolean;
  /** windows read */
  windows: number;
  /** `died`: by itself, or not to be trusted any more; `retired`: we wanted it gone */
  end: 'died' | 'retired' | undefined;
}

export function enliven(started: StartedHost): LivingEngine {
  const bytesWhenReady = started.host.memoryBytes();
  return { ...started, bytesWhenReady, busy: false, windows: 0, end: undefined };
}

/** Why it is to be replaced now that no batch is in flight on it, if it is. */
export function wearOf(
  living: LivingEngine,
  limits: WearLimits | undefined,
): 'memory' | 'recycle' | undefined {
  const { busy, end, windows, bytesWhenReady, host } = living;
  if (busy || end !== undefined) return undefined;
  return wornOut({ windows, bytesWhenReady, bytes: host.memoryBytes() }, limits);
}

/** How it ended, where it ended by itself. */
export const endOf = ({ host }: LivingEngine): 'exit' | 'hang' => (host.hung ? 'hang' : 'exit');
