import { SottoError } from '../errors.ts';
import type { Clock } from '../queue/port.ts';
import { type GuardedHost, guardHost } from './guarded-host.ts';
import type { Rung } from './host.ts';

/** Where hosts stand until they are really gone: more than fit the device must never stand at once. */
export interface Yard {
  /** Resolves when fewer than `most` stand. */
  room(most: number): Promise<void>;
  /** A new host, not yet started. */
  open(rung: number): GuardedHost;
}

/** `rungAt`: undefined where there is none. */
export function createYard(rungAt: (index: number) => Rung | undefined, clock: Clock): Yard {
  const standing = new Set<GuardedHost>();
  return {
    async room(most) {
      while (standing.size >= most) await Promise.race([...standing].map((host) => host.exited));
    },
    open(rung) {
      const here = rungAt(rung);
      if (here === undefined) throw new SottoError('internal', 'no rung to stand on');
      const host = guardHost(here.create(), clock);
      standing.add(host);
      void host.exited.then(() => standing.delete(host));
      return host;
    },
  };
}
