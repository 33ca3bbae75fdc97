/** Keys, limits and what is held of them, as one: what the hook, the routes and the metered service share. */
import { randomBytes } from 'node:crypto';
import { SottoError } from '../../shared/errors.ts';
import { type Clock, realClock } from '../../shared/queue/port.ts';
import { ApiError } from '../http/api-error.ts';
import type { Held } from '../http/caller.ts';
import { type Account, createAccount, quotaUsed } from './account.ts';
import { createKeeper } from './keeper.ts';
import {
  type AudioAnswer,
  type Hold,
  type HoldKind,
  isUsable,
  type Key,
  type KeyStore,
  type LimitStore,
} from './port.ts';
import { createRevocations } from './revocations.ts';
import { leastSeconds } from './sound-length.ts';

export interface TenancyParts {
  readonly keys: KeyStore;
  readonly limits: LimitStore;
  readonly clock?: Clock;
  /** epoch milliseconds */
  readonly wall?: () => number;
  /** Something could not be counted: the store's trouble, not the caller's. */
  readonly onFailed?: (error: unknown) => void;
}

export interface Tenancy {
  readonly keys: KeyStore;
  readonly limits: LimitStore;
  /** Whose secret this is. Throws `key_refused`. */
  check(secret: string): Promise<Key>;
  /** The key of that id, for those whom it let in before. Throws `key_refused`. */
  again(id: string): Promise<Key>;
  /** Throws `too_many_jobs`, `too_many_sessions` or `quota_used`. */
  hold(kind: HoldKind, key: Key): Promise<{ readonly held: Held; readonly audio: AudioAnswer }>;
  /** A job that was accepted before a restart: it counts, and is never refused. */
  resume(jobId: string, tenant: string): Promise<Held | undefined>;
  /** For what was read but could not be counted: nobody loses their text for it. */
  failed(error: unknown): void;
  /** Of what is held now. */
  account(id: string | undefined): Account | undefined;
  close(): void;
}

export function createTenancy(parts: TenancyParts): Tenancy {
  const { keys, limits, clock = realClock, wall = Date.now, onFailed = () => {} } = parts;
  const things = new Map<string, { readonly held: Held; readonly account: Account }>();
  const keeper = createKeeper(limits, clock, onFailed);
  const revocations = createRevocations(
    async (id) => {
      const key = await keys.find(id);
      return key === undefined || !isUsable(key, wall());
    },
    clock,
    onFailed,
  );

  function held(hold: Hold, account: Account): Held {
    keeper.keep(hold.id, hold);
    const watch = revocations.watch(hold.tenant);
    let released: Promise<void> | undefined;
    const thing: Held = {
      id: hold.id,
      revoked: watch.revoked,
      async measure(path) {
        await account.reserve(path === undefined ? 0 : await leastSeconds(path));
      },
      release() {
        released ??= (async () => {
          watch.stop();
          things.delete(hold.id);
          keeper.drop(hold.id);
          await Promise.all([account.settle(), limits.release(hold)]);
        })().catch(onFailed);
        return released;
      },
    };
    things.set(hold.id, { held: thing, account });
    return thing;
  }

  return {
    keys,
    limits,
    async check(secret) {
      const key = await keys.check(secret);
      if (key === undefined) throw new SottoError('key_refused');
      return key;
    },
    async again(id) {
      const key = await keys.find(id);
      if (key === undefined || !isUsable(key, wall())) throw new SottoError('key_refused');
      return key;
    },
    async hold(kind, key) {
      const { most, code } = OF_KIND[kind](key);
      const hold: Hold = { kind, tenant: key.id, id: newHoldId(kind) };
      const { granted, inUse } = await limits.hold(hold, most);
      if (!granted) throw new ApiError(code, `${inUse} of ${most}`);
      const thing = held(hold, createAccount(hold.id, key, limits, keeper));
      const left = await limits.audio(key.id, key.limits.audioSecondsPerDay).catch(async (error: unknown) => {
        await thing.release();
        throw error;
      });
      if (left.granted) return { held: thing, audio: left };
      await thing.release();
      throw quotaUsed(left);
    },
    async resume(jobId, tenant) {
      const key = await keys.find(tenant);
      const known = things.get(jobId);
      if (key === undefined || known !== undefined) return known?.held;
      const hold: Hold = { kind: 'job', tenant, id: jobId };
      const thing = held(hold, createAccount(jobId, key, limits, keeper));
      await limits.hold(hold, undefined);
      return thing;
    },
    failed: onFailed,
    account: (id) => (id === undefined ? undefined : things.get(id)?.account),
    close() {
      keeper.close();
      revocations.close();
    },
  };
}

const OF_KIND = {
  job: ({ limits }: Key) => ({ most: limits.jobsAtOnce, code: 'too_many_jobs' }) as const,
  session: ({ limits }: Key) => ({ most: limits.sessionsAtOnce, code: 'too_many_sessions' }) as const,
};

/** A job is called so from its first moment, so that whoever goes on with it holds the same. */
const newHoldId = (kind: HoldKind): string =>
  `${kind === 'job' ? 'job' : 'live'}_${randomBytes(18).toString('base64url')}`;
