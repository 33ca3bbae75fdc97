/** Says again and again, while this process lives, what is held and reserved: what it stops saying lapses. */
import type { Clock } from '../../shared/queue/port.ts';
import type { AudioReservation, Hold, LimitStore } from './port.ts';

export interface Keeper {
  keep(id: string, hold: Hold): void;
  /** of the same id, as it stands now; undefined: none any more */
  reserved(id: string, reservation: (AudioReservation & { readonly seconds: number }) | undefined): void;
  drop(id: string): void;
  close(): void;
}

/** Each is renewed so often before it lapses that one failure does no harm. */
const RENEWALS = 3;

export function createKeeper(
  limits: Pick<LimitStore, 'renew' | 'ttlMs'>,
  clock: Clock,
  onFailed: (error: unknown) => void,
): Keeper {
  const holds = new Map<string, Hold>();
  const reservations = new Map<string, AudioReservation & { readonly seconds: number }>();
  let cancel = () => {};
  let state: 'resting' | 'renewing' | 'closed' = 'resting';

  function wake(): void {
    if (state !== 'resting' || holds.size + reservations.size === 0) return;
    state = 'renewing';
    cancel = clock.after(limits.ttlMs / RENEWALS, () => {
      limits
        .renew([...holds.values()], [...reservations.values()])
        .catch(onFailed)
        .finally(() => {
          if (state === 'closed') return;
          state = 'resting';
          wake();
        });
    });
  }

  return {
    keep(id, hold) {
      holds.set(id, hold);
      wake();
    },
    reserved(id, reservation) {
      if (reservation === undefined) reservations.delete(id);
      else reservations.set(id, reservation);
      wake();
    },
    drop(id) {
      holds.delete(id);
      reservations.delete(id);
    },
    close() {
      state = 'closed';
      cancel();
      holds.clear();
      reservations.clear();
    },
  };
}
