import type { EngineInfo, LoadProgress } from '../asr/engine.ts';
import type { ErrorWire } from '../errors.ts';
import type { SupervisorState } from './events.ts';
import type { RungId } from './host.ts';

export type SupervisorEvent =
  | { readonly type: 'start'; readonly rung: RungId }
  | { readonly type: 'progress'; readonly progress: LoadProgress }
  | { readonly type: 'started'; readonly info: EngineInfo }
  /** the spare is the engine from now on */
  | { readonly type: 'took-over'; readonly rung: RungId; readonly info: EngineInfo }
  /** the engine is gone and will be back, after `ms` at the earliest */
  | { readonly type: 'back-off'; readonly rung: RungId; readonly ms: number }
  /** the engine is gone and nobody needs it now */
  | { readonly type: 'stop' }
  | { readonly type: 'fail'; readonly error: ErrorWire }
  | { readonly type: 'close' };

/** From where each event leads anywhere; elsewhere it changes nothing. `closed` is never left. */
const LEAVES: Readonly<Record<SupervisorEvent['type'], readonly SupervisorState['name'][]>> = {
  start: ['idle', 'starting', 'backing-off', 'failed'],
  progress: ['starting'],
  started: ['starting'],
  'took-over': ['idle', 'starting', 'ready', 'backing-off'],
  'back-off': ['idle', 'starting', 'ready', 'backing-off', 'failed'],
  stop: ['starting', 'ready', 'backing-off'],
  fail: ['idle', 'starting', 'ready', 'backing-off'],
  close: ['idle', 'starting', 'ready', 'backing-off', 'failed'],
};

/** The state after an event; the very same object where the event changes nothing. */
export function transition(state: SupervisorState, event: SupervisorEvent): SupervisorState {
  if (!LEAVES[event.type].includes(state.name)) return state;
  switch (event.type) {
    case 'start':
      return { name: 'starting', rung: event.rung, progress: undefined };
    case 'progress':
      return state.name === 'starting' ? { ...state, progress: event.progress } : state;
    case 'started':
      return state.name === 'starting' ? { name: 'ready', rung: state.rung, info: event.info } : state;
    case 'took-over':
      return { name: 'ready', rung: event.rung, info: event.info };
    case 'back-off':
      return { name: 'backing-off', rung: event.rung, ms: event.ms };
    case 'stop':
      return { name: 'idle' };
    case 'fail':
      return { name: 'failed', error: event.error };
    case 'close':
      return { name: 'closed' };
  }
}
