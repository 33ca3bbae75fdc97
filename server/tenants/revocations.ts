/** Long-lived things end when their key does: each key that has any is looked at again and again. */
import type { Clock } from '../../shared/queue/port.ts';
import { createRounds } from './rounds.ts';

export interface Revocations {
  watch(tenant: string): { readonly revoked: AbortSignal; stop(): void };
  close(): void;
}

/** A key that is revoked, or over, lets nothing live go on for longer than this and the look itself. */
export const LOOK_MS = 1_000;

export function createRevocations(
  isOver: (tenant: string) => Promise<boolean>,
  clock: Clock,
  onFailed: (error: unknown) => void,
): Revocations {
  const watched = new Map<string, Set<AbortController>>();

  async function look(): Promise<void> {
    for (const [tenant, controllers] of [...watched]) {
      if (!(await isOver(tenant))) continue;
      for (const controller of controllers) controller.abort();
    }
  }

  const rounds = createRounds(
    { everyMs: LOOK_MS, wanted: () => watched.size > 0, work: look, onFailed },
    clock,
  );

  return {
    watch(tenant) {
      const controller = new AbortController();
      const all = watched.get(tenant) ?? new Set();
      watched.set(tenant, all.add(controller));
      rounds.wake();
      return {
        revoked: controller.signal,
        stop() {
          all.delete(controller);
          if (all.size === 0 && watched.get(tenant) === all) watched.delete(tenant);
        },
      };
    },
    close() {
      rounds.close();
      watched.clear();
    },
  };
}
