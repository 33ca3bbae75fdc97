/** Web Locks as far as they are used here; Node has none before version 24. */
export function fakeLocks(): LockManager {
  const held = new Map<string, () => void>();
  const waiting = new Map<string, (() => void)[]>();
  const request = (name: string, { signal, steal }: LockOptions, work: () => Promise<void>) =>
    new Promise<void>((resolve, reject) => {
      const grant = () => {
        held.set(name, () => reject(new DOMException('stolen', 'AbortError')));
        void work().then(() => {
          resolve();
          held.delete(name);
          waiting.get(name)?.shift()?.();
        });
      };
      if (signal?.aborted) return reject(signal.reason);
      if (steal) held.get(name)?.();
      if (steal || !held.has(name)) return grant();
      waiting.set(name, [...(waiting.get(name) ?? []), grant]);
    });
  return { request } as unknown as LockManager;
}
