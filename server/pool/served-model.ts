/** How a model stands, from what its supervisor says. */
import type { SupervisorState } from '../../shared/host/events.ts';
import type { ServedModel } from '../service/port.ts';

/** `etaMs`: until an engine that starts is ready, where that is known. `memoryBytes`: what its processes hold. */
export function servedModel(
  id: string,
  state: SupervisorState,
  etaMs: number | undefined,
  memoryBytes?: number,
): ServedModel {
  const held = memoryBytes === undefined ? {} : { memoryBytes };
  switch (state.name) {
    case 'ready':
      return { id, state: 'loaded', etaMs: 0, ...held };
    case 'idle':
    case 'starting':
    case 'backing-off':
      return { id, state: 'loading', ...(etaMs === undefined ? {} : { etaMs }), ...held };
    case 'failed':
      return { id, state: 'failed', error: state.error };
    case 'closed':
      return { id, state: 'available' };
  }
}
