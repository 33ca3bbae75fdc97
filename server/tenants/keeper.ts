/** Says again and again, while this process lives, what is held and reserved: what it stops saying lapses. */
import type { Clock } from '../../shared/queue/port.ts';
import type { AudioReservation, Hold, LimitStore } from './port.ts';
import { createRounds } from './rounds.ts';

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
  const rounds = createRounds(
    {
      everyMs: limits.ttlMs / RENEWALS,
      wanted: () => holds.size + reservations.size > 0,
      work: () => limits.renew([...holds.values()], [...reservations.values()]),
      onFailed,
    },
    clock,
  );

  return {
    keep(id, hold) {
      holds.set(id, hold);
      rounds.wake();
    },
    reserved(id, reservation) {
      if (reservation === undefined) reservations.delete(id);
      else reservations.set(id, reservation);
      rounds.wake();
    },
    drop(id) {
      holds.delete(id);
      reservations.delete(id);
    },
    close() {
      rounds.close();
      holds.clear();
      reservations.clear();
    },
  };
}
