/**
 * Which tabs of this site have something running. Each holds a shared lock meanwhile; who wants to know that none has,
 * asks for the whole lock. A tab that is closed or crashes lets go of its own.
 */
import type { Transcriber, TranscriberStatus } from '../../client/transcriber.ts';

const BUSY = 'sotto-busy';

/** Jobs, and a model on its way here. */
export const isBusy = ({ working, engine }: Pick<TranscriberStatus, 'working' | 'engine'>): boolean =>
  working.length > 0 || engine.name === 'loading';

export type BusyLocks = Pick<LockManager, 'request' | 'query'>;

export function holdWhileBusy(
  transcriber: Pick<Transcriber, 'status' | 'subscribe'>,
  locks: BusyLocks,
): void {
  let release: (() => void) | undefined;
  const look = (): void => {
    const busy = isBusy(transcriber.status);
    if (busy === (release !== undefined)) return;
    if (!busy) {
      release?.();
      release = undefined;
      return;
    }
    const over = new Promise<void>((resolve) => {
      release = resolve;
    });
    // Nobody takes it from a tab (`steal` is not used), so it cannot fail later.
    void locks.request(BUSY, { mode: 'shared' }, () => over);
  };
  transcriber.subscribe(look);
  look();
}

/**
 * Calls `then` once no tab has anything running, and lets none be seen as running before it has settled. Rejects when
 * `signal` aborts before.
 */
export async function whenFree(
  locks: BusyLocks,
  signal: AbortSignal,
  then: () => Promise<void>,
): Promise<void> {
  for (;;) {
    const free = await locks.request(BUSY, { signal }, async () => {
      // Something began while this request waited: it is behind it in the queue.
      const { pending = [] } = await locks.query();
      if (pending.some(({ name, mode }) => name === BUSY && mode === 'shared')) return false;
      await then();
      return true;
    });
    if (free) return;
  }
}
