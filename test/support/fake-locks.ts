/** The Web Locks that tests need: requests of one name in order, shared and exclusive, with a signal. */

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
  let pending: Waiting[] = [];

  function grant(): void {
    for (let next = pending[0]; next !== undefined && mayStart(next); next = pending[0]) {
      pending = pending.slice(1);
      next.start();
    }
  }
  const mayStart = ({ name, mode }: Waiting): boolean => {
    const same = held.filter((lock) => lock.name === name);
    return same.length === 0 || (mode === 'shared' && same.every((lock) => lock.mode === 'shared'));
  };

  const request = (
    name: string,
    { mode = 'exclusive', signal }: LockOptions,
    hold: (lock: Lock) => unknown,
  ): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const waiting: Waiting = {
        name,
        mode,
        start() {
          const lock = { name, mode };
          held.push(lock);
          Promise.resolve(hold(lock))
            .then(resolve, reject)
            .finally(() => {
              held.splice(held.indexOf(lock), 1);
              grant();
            });
        },
      };
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
