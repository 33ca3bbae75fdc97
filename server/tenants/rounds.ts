/** Work that is done again and again while there is any: one round at a time, a pause before each. */
import type { Clock } from '../../shared/queue/port.ts';

export interface Rounds {
  /** There is work now; does nothing where a round is due already. */
  wake(): void;
  close(): void;
}

export interface RoundsOptions {
  readonly everyMs: number;
  /** another round is wanted */
  readonly wanted: () => boolean;
  readonly work: () => Promise<void>;
  /** A round that fails is told, and the next one comes. */
  readonly onFailed: (error: unknown) => void;
}

export function createRounds({ everyMs, wanted, work, onFailed }: RoundsOptions, clock: Clock): Rounds {
  let state: 'resting' | 'going' | 'closed' = 'resting';
  let cancel = () => {};

  function wake(): void {
    if (state !== 'resting' || !wanted()) return;
    state = 'going';
    cancel = clock.after(everyMs, () => {
      work()
        .catch(onFailed)
        .finally(() => {
          if (state === 'closed') return;
          state = 'resting';
          wake();
        });
    });
  }

  return {
    wake,
    close() {
      state = 'closed';
      cancel();
    },
  };
}
