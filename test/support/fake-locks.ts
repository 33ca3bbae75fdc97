/** The Web Locks that tests need: requests of one name in order, shared and exclusive, with a signal, and stolen. */

interface Waiting {
  readonly name: string;
  readonly mode: LockMode;
  readonly start: () => void;
}

export interface FakeLocks extends Pick<LockManager, 'request' | 'query'> {
  /** everything that can be granted now is, and what was released is known */
  settled(): Promise<void>;
}

export function createFakeLocks(): FakeLocks {
  const held: LockInfo[] = [];
  const losers = new WeakMap<LockInfo, () => void>();
  let pending: Waiting[] = [];

  function grant(): void {
    const blocked = new Set<string>();
    for (const next of [...pending]) {
      if (blocked.has(next.name) || !mayStart(next)) blocked.add(next.name);
      else {
        pending = pending.filter((one) => one !== next);
        next.start();
      }
    }
  }
  const mayStart = ({ name, mode }: Waiting): boolean => {
    const same = held.filter((lock) => lock.name === name);
    return same.length === 0 || (mode === 'shared' && same.every((lock) => lock.mode === 'shared'));
  };

  const letGo = (lock: LockInfo): void => {
    const at = held.indexOf(lock);
    if (at >= 0) held.splice(at, 1);
  };

  const request = (
    name: string,
    { mode = 'exclusive', signal, steal = false }: LockOptions,
    hold: (lock: Lock) => unknown,
  ): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const waiting: Waiting = {
        name,
        mode,
        start() {
          const lock = { name, mode };
          held.push(lock);
          losers.set(lock, () => reject(new DOMException('stolen', 'AbortError')));
          Promise.resolve(hold(lock))
            .then(resolve, reject)
            .finally(() => {
              letGo(lock);
              grant();
            });
        },
      };
      if (signal?.aborted) return reject(signal.reason);
      if (steal) {
        for (const lock of held.filter((one) => one.name === name)) {
          letGo(lock);
          losers.get(lock)?.();
        }
        return waiting.start();
      }
      signal?.addEventListener('abort', () => {
        if (!pending.includes(waiting)) return;
        pending = pending.filter((one) => one !== waiting);
        reject(signal.reason);
        grant();
      });
      pending.push(waiting);
      queueMicrotask(grant);
    });

  return {
    request: request as LockManager['request'],
    query: async () => ({
      held: held.map(({ name, mode }) => ({ name: name ?? '', mode: mode ?? 'exclusive' })),
      pending: pending.map(({ name, mode }) => ({ name, mode })),
    }),
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  };
}
