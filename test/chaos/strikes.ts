/** Which process is hit, how, and how long it takes until the next text is served. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../support/random.ts';
import { inRole, type Role, type ServerChild, serverChildren } from '../support/server-children.ts';

export interface Blow {
  readonly role: Role;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
}

export interface Strike extends Blow {
  readonly pid: number;
  /** another process stood stopped by an earlier blow, not yet found out: what follows waits for that first */
  readonly amidStopped: boolean;
  /** what the server said of its spare just before: an engine that dies while none is ready waits for one to load */
  readonly spare: string;
  /** from the signal until the next text was served; undefined: none within the bound */
  readonly recoveryMs: number | undefined;
}

/** Dealt again and again, each time in another order. A process that is stopped takes seconds to be found out. */
const DECK: readonly Blow[] = [
  ...Array.from({ length: 6 }, (): Blow => ({ role: 'engine', signal: 'SIGKILL' })),
  ...Array.from({ length: 3 }, (): Blow => ({ role: 'spare', signal: 'SIGKILL' })),
  ...Array.from({ length: 4 }, (): Blow => ({ role: 'decoder', signal: 'SIGKILL' })),
  { role: 'engine', signal: 'SIGSTOP' },
  { role: 'spare', signal: 'SIGSTOP' },
  { role: 'decoder', signal: 'SIGSTOP' },
];

export function blows(count: number, random: Random, deck: readonly Blow[] = DECK): Blow[] {
  const rounds = Math.ceil(count / deck.length);
  return Array.from({ length: rounds }, () => random.shuffled(deck))
    .flat()
    .slice(0, count);
}

/** Milliseconds between a recovery and the next blow. */
const PAUSE: readonly [number, number] = [20, 900];
const TARGET_MS = 60_000;

export interface Struck {
  readonly pid: number;
  /** the state of its spare, as /health tells it */
  readonly spare: () => Promise<string>;
  /** resolves with the next text served after the call; undefined after the bound */
  readonly served: () => Promise<number | undefined>;
}

export async function strike(server: Struck, blow: Blow, random: Random): Promise<Strike> {
  await sleep(random.between(...PAUSE));
  const spare = await server.spare();
  const target = await findTarget(server.pid, blow.role, random);
  const amidStopped = serverChildren(server.pid).some(({ stopped }) => stopped);
  const next = server.served();
  const struck = performance.now();
  process.kill(target.pid, blow.signal);
  const at = await next;
  return {
    ...blow,
    pid: target.pid,
    amidStopped,
    spare,
    recoveryMs: at === undefined ? undefined : at - struck,
  };
}

async function findTarget(server: number, role: Role, random: Random): Promise<ServerChild> {
  const until = performance.now() + TARGET_MS;
  for (;;) {
    const standing = inRole(serverChildren(server), role).filter(({ stopped }) => !stopped);
    if (standing.length > 0) return random.pick(standing);
    if (performance.now() > until) throw new Error(`there was no ${role} for ${TARGET_MS} ms`);
    await sleep(10);
  }
}
