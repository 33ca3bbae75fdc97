/** Long-lived things end when their key does: each key that has any is looked at again and again. */
import type { Clock } from '../../shared/queue/port.ts';

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
  let state: 'resting' | 'looking' | 'closed' = 'resting';
  let cancel = () => {};

  async function look(): Promise<void> {
    for (const [tenant, controllers] of [...watched]) {
      if (!(await isOver(tenant))) continue;
      for (const controller of controllers) controller.abort();
    }
  }

  function wake(): void {
    if (state !== 'resting' || watched.size === 0) return;
    state = 'looking';
    cancel = clock.after(LOOK_MS, () => {
      look()
        .catch(onFailed)
        .finally(() => {
          if (state === 'closed') return;
          state = 'resting';
          wake();
        });
    });
  }

  return {
    watch(tenant) {
      const controller = new AbortController();
      const all = watched.get(tenant) ?? new Set();
      watched.set(tenant, all.add(controller));
      wake();
      return {
        revoked: controller.signal,
        stop() {
          all.delete(controller);
          if (all.size === 0 && watched.get(tenant) === all) watched.delete(tenant);
        },
      };
    },
    close() {
      state = 'closed';
      cancel();
      watched.clear();
    },
  };
}
