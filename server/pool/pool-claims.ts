/** Parts in a model's use: of a job from its coming to its end, of a live session while it is heard. */
import { fromWire, SottoError } from '../../shared/errors.ts';
import type { Clock } from '../../shared/queue/port.ts';
import { waitFor } from './load-estimate.ts';
import type { JobPart, SessionPart, Slot } from './model-slot.ts';
import type { Outlook } from './model-turns.ts';
import type { JobClaim, PoolEvent, SessionClaim } from './port.ts';

export interface ClaimsParts {
  readonly clock: Clock;
  /** whether nobody new begins with this model now */
  readonly closed: (slot: Slot) => boolean;
  readonly outlook: (slot: Slot) => Outlook;
  /** something to decide about */
  readonly changed: () => void;
  readonly emit: (event: PoolEvent) => void;
}

export interface Claims {
  job(slot: Slot, placeFree: () => boolean): JobClaim;
  session(slot: Slot): SessionClaim;
}

/** A session that has sent no window for so long does not keep others from the memory. */
const REST_MS = 60_000;
/** longest wait of a session for its model, beyond what loading it takes */
const SESSION_WAIT_MS = 60_000;
/** A load that nobody knows the time of. */
const UNKNOWN_LOAD_MS = 30_000;
/** A load may take so many times what was expected before its jobs are refused. */
const PATIENCE = 3;

export function createClaims({ clock, closed, outlook, changed, emit }: ClaimsParts): Claims {
  const isOpen = (slot: Slot) => slot.state.name === 'loaded' && !closed(slot);
  const refused = new Set<Slot>();

  /** Of one round of the line: whoever comes later in it only adds to what is due, so a no stands for all. */
  function isOpenInLine(slot: Slot): boolean {
    if (refused.has(slot)) return false;
    if (isOpen(slot)) return true;
    if (refused.size === 0) queueMicrotask(() => refused.clear());
    refused.add(slot);
    return false;
  }

  const etaMs = (slot: Slot, placeMs: number | undefined) => waitFor(slot, placeMs, outlook, clock.now());

  function graceMs(slot: Slot): number {
    return slot.state.name === 'loaded' ? 0 : PATIENCE * (slot.expectedMs ?? UNKNOWN_LOAD_MS);
  }

  /** Throws why it did not start. */
  function engineOf(slot: Slot) {
    if (slot.state.name === 'failed') throw fromWire(slot.state.error);
    if (slot.engine === undefined) throw new SottoError('internal', 'a model that is used and not there');
    return slot.engine;
  }

  function job(slot: Slot, placeFree: () => boolean): JobClaim {
    const part: JobPart = { kind: 'job', stage: 'waiting', dueSince: undefined, placeFree };
    let lackedSince: number | undefined;
    slot.parts.add(part);
    changed();
    return {
      tryBegin() {
        part.dueSince ??= clock.now();
        changed();
        // One that failed is told so.
        if (slot.state.name !== 'failed' && !isOpenInLine(slot)) {
          lackedSince ??= clock.now();
          return false;
        }
        part.stage = 'reading';
        slot.usedAt = clock.now();
        if (lackedSince !== undefined) {
          emit({ type: 'model-wait', model: slot.entry.id, ms: clock.now() - lackedSince });
        }
        return true;
      },
      ready: async (signal) => engineOf(slot).ready(signal),
      etaMs: (placeMs) => (part.stage === 'reading' ? 0 : etaMs(slot, placeMs)),
      graceMs: graceMs(slot),
      release() {
        if (!slot.parts.delete(part)) return;
        if (part.stage === 'reading') slot.usedAt = clock.now();
        changed();
      },
    };
  }

  function session(slot: Slot): SessionClaim {
    const part: SessionPart = { kind: 'session', stage: 'resting', dueSince: undefined };
    let windows = 0;
    let waits = 0;
    let stopResting: (() => void) | undefined;
    slot.parts.add(part);

    function enter(stage: SessionPart['stage']): void {
      part.stage = stage;
      part.dueSince = stage === 'waiting' ? (part.dueSince ?? clock.now()) : undefined;
      changed();
    }

    function restLater(): void {
      stopResting?.();
      if (!slot.parts.has(part)) return;
      stopResting = clock.after(REST_MS, () => {
        if (windows === 0 && part.stage === 'holding') enter(waits > 0 ? 'waiting' : 'resting');
      });
    }

    function hold(): void {
      slot.usedAt = clock.now();
      if (part.stage !== 'holding') enter('holding');
      restLater();
    }

    return {
      async ready(signal) {
        const late = new AbortController();
        const stopTimer = clock.after(SESSION_WAIT_MS + graceMs(slot), () => late.abort());
        const either = AbortSignal.any([signal, late.signal]);
        waits += 1;
        try {
          while (part.stage !== 'holding' && !isOpen(slot)) {
            if (slot.state.name === 'failed') throw fromWire(slot.state.error);
            if (part.stage === 'resting') enter('waiting');
            await slot.changed(either);
            if (signal.aborted || !slot.parts.has(part)) throw new SottoError('cancelled');
            if (late.signal.aborted)
              throw new SottoError('queue_timeout', 'its model could not be loaded yet');
          }
          hold();
          return await engineOf(slot).ready(signal);
        } finally {
          stopTimer();
          waits -= 1;
          if (waits === 0 && part.stage === 'waiting') enter('resting');
        }
      },
      begin() {
        if (part.stage !== 'holding' && !isOpen(slot)) return false;
        windows += 1;
        hold();
        return true;
      },
      end() {
        windows -= 1;
        slot.usedAt = clock.now();
        restLater();
      },
      etaMs: (placeMs) => etaMs(slot, placeMs),
      leave() {
        stopResting?.();
        if (!slot.parts.delete(part)) return;
        slot.tell();
        changed();
      },
    };
  }

  return { job, session };
}
