/** Whether a newcomer may wait for the engine, or is told when to come back. */
import { type ErrorWire, SottoError } from '../../shared/errors.ts';
import type { SupervisorState } from '../../shared/host/events.ts';
import type { Clock } from '../../shared/queue/port.ts';

/** What was seen of the engine until now; milliseconds. */
export interface EnginePast {
  /** it has been ready at least once */
  readonly served: boolean;
  /** how long the last start took, from the end of the one before; undefined before any was seen */
  readonly startMs: number | undefined;
  /** when it was first seen to be gone; undefined while it is there */
  readonly goneSince: number | undefined;
}

export type Standing =
  /** it is there, or starts for the first time: newcomers may queue */
  | { readonly name: 'open' }
  /** it was there and will be again; `etaMs` is undefined where no start was ever measured */
  | { readonly name: 'restarting'; readonly etaMs: number | undefined }
  | { readonly name: 'failed'; readonly error: ErrorWire };

const OPEN: Standing = { name: 'open' };

export function standingOf(state: SupervisorState, past: EnginePast, now: number): Standing {
  switch (state.name) {
    case 'failed':
      return state;
    case 'ready':
    case 'closed':
      return OPEN;
    case 'idle':
    case 'starting':
    case 'backing-off': {
      if (!past.served) return OPEN;
      if (past.startMs === undefined) return { name: 'restarting', etaMs: undefined };
      const pauseMs = state.name === 'backing-off' ? state.ms : 0;
      return {
        name: 'restarting',
        etaMs: Math.max(0, pauseMs + past.startMs - (now - (past.goneSince ?? now))),
      };
    }
  }
}

/** Undefined where a newcomer may come in. */
export function refusalOf(standing: Standing): SottoError | undefined {
  switch (standing.name) {
    case 'open':
      return undefined;
    case 'restarting':
      return new SottoError('engine_exited', 'it is being started again, and no spare is ready');
    case 'failed': {
      const { code, detail } = standing.error;
      return new SottoError('engine_unavailable', detail === undefined ? code : `${code}: ${detail}`);
    }
  }
}

export interface Outage {
  look(state: SupervisorState): Standing;
  /** An engine became ready, so long after it was wanted. */
  started(ms: number): void;
}

/** Remembers what `standingOf` needs. */
export function createOutage(clock: Clock): Outage {
  let past: EnginePast = { served: false, startMs: undefined, goneSince: undefined };
  return {
    look(state) {
      if (state.name === 'ready') past = { ...past, served: true, goneSince: undefined };
      else if (past.served && past.goneSince === undefined) past = { ...past, goneSince: clock.now() };
      return standingOf(state, past, clock.now());
    },
    started(ms) {
      past = { served: true, startMs: ms, goneSince: undefined };
    },
  };
}

/** While an engine starts for the first time nobody knows. */
export const etaOf = (standing: Standing): number | undefined =>
  standing.name === 'restarting' ? standing.etaMs : undefined;
