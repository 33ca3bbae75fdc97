/**
 * Who asks, and what they may: types of keys and of the counters that bound them. Nothing here knows HTTP. The
 * embedded implementations are in this folder; another one (Redis) passes the same cases
 * (test/contract/limit-store-cases.ts). Every method is async for its sake, and atomic: none reads and then writes.
 */

/** What a key is good for. `admin` makes and revokes keys, and lets in nowhere else. */
export const SCOPES = ['transcribe', 'jobs', 'live', 'admin', 'metrics'] as const;
export type Scope = (typeof SCOPES)[number];

/** undefined: without a limit of its own (the server's still holds) */
export interface TenantLimits {
  /** in any 60 seconds */
  readonly requestsPerMinute: number | undefined;
  /** requests to read a file, and accepted jobs that are not finished */
  readonly jobsAtOnce: number | undefined;
  readonly sessionsAtOnce: number | undefined;
  /** of one day in UTC */
  readonly audioSecondsPerDay: number | undefined;
  /** of one file */
  readonly uploadBytes: number | undefined;
}

export const NO_LIMITS: TenantLimits = {
  requestsPerMinute: undefined,
  jobsAtOnce: undefined,
  sessionsAtOnce: undefined,
  audioSecondsPerDay: undefined,
  uploadBytes: undefined,
};

/** One key: whatever is counted, is counted by its id, which outlives its rotations. */
export interface Tenant {
  /** `key_…`: no secret; stands in logs */
  readonly id: string;
  readonly name: string;
  /** its part of the engine where several wait, relative to others': 1 to 100 */
  readonly weight: number;
  readonly scopes: readonly Scope[];
  /** catalogue ids; undefined: all */
  readonly allowedModels: readonly string[] | undefined;
  /** of pages that may use it; undefined: those that the server allows anyway */
  readonly allowedOrigins: readonly string[] | undefined;
  readonly limits: TenantLimits;
}

/** The window of `requestsPerMinute`. */
export const MINUTE_MS = 60_000;

export interface RateAnswer {
  readonly granted: boolean;
  /** requests that would be granted now */
  readonly remaining: number;
  /** until `remaining` grows by one; where it was not granted, until it would be. 0: nothing is counted */
  readonly resetMs: number;
}

/** Something of a tenant that counts while it lasts. */
export type HoldKind = 'job' | 'session';

export interface Hold {
  readonly kind: HoldKind;
  readonly tenant: string;
  /** chosen by the holder, the same for the same thing (a job's own id): holding it twice is holding it once */
  readonly id: string;
}

export interface HoldAnswer {
  readonly granted: boolean;
  /** those of this kind and tenant, this one included where it was granted */
  readonly inUse: number;
}

/** Audio that is going to be read. */
export interface AudioReservation {
  readonly tenant: string;
  /** chosen by the holder; reserving again under the same id changes the amount */
  readonly id: string;
}

export interface AudioAnswer {
  readonly granted: boolean;
  /** of the day: neither used nor reserved, never below 0; Infinity without a limit */
  readonly remainingSeconds: number;
  /** until the next day in UTC */
  readonly resetMs: number;
}

export interface AudioUse extends AudioReservation {
  /** catalogue id */
  readonly model: string;
  /** that were read, also where the job failed after them */
  readonly seconds: number;
  /** to be counted as so many requests: 0 for the further windows of a session */
  readonly requests: number;
}

/** Of one day (UTC, `2026-11-25`) and one model. */
export interface UsageRow {
  readonly day: string;
  readonly model: string;
  readonly requests: number;
  readonly seconds: number;
}

/**
 * Counters of all tenants. Times are those of the store's own clock, so that several servers agree. Whatever is held
 * or reserved lapses `ttlMs` after it was last renewed: a process that dies leaks nothing.
 */
export interface LimitStore {
  readonly ttlMs: number;

  /**
   * One request: granted, and counted, where fewer than `most` were granted in the last MINUTE_MS. A refused one is
   * not counted. (A sliding log: exact in any minute, where a fixed window or a bucket lets up to twice as many by.)
   */
  takeRequest(tenant: string, most: number): Promise<RateAnswer>;

  /**
   * Granted where fewer than `most` are held, or this one is held already (then it is renewed). `most` undefined:
   * counted, never refused, as for a job that was accepted before a restart.
   */
  hold(hold: Hold, most: number | undefined): Promise<HoldAnswer>;
  /** Idempotent; nothing where it is not held. */
  release(hold: Hold): Promise<void>;
  /** What lapsed meanwhile is held and reserved again, whatever the limits: it goes on anyway. */
  renew(
    holds: readonly Hold[],
    reservations: readonly (AudioReservation & { seconds: number })[],
  ): Promise<void>;

  /**
   * Granted where what was used today and what is reserved by others, with `seconds`, is at most `perDay`; 0 seconds
   * where there is anything left. A refused change leaves the reservation as it was. A reservation counts for the
   * day in which its id was first reserved. `perDay` undefined: counted, never refused.
   */
  reserveAudio(
    reservation: AudioReservation,
    seconds: number,
    perDay: number | undefined,
  ): Promise<AudioAnswer>;
  /**
   * The reservation becomes what was read, more or less, on its own day; without one (lapsed) on the current day.
   * An id is settled once: again within SETTLED_MS changes nothing.
   */
  settleAudio(use: AudioUse): Promise<void>;
  /** As `reserveAudio` would find it now. */
  audio(tenant: string, perDay: number | undefined): Promise<AudioAnswer>;

  /** Days from `from` to `to`, both included, in order of day and model. Reservations are not in it. */
  usage(tenant: string, from: string, to: string): Promise<readonly UsageRow[]>;
  close(): Promise<void>;
}

/** For how long a settled id is known. */
export const SETTLED_MS = 3_600_000;

/** The day in UTC of a time in epoch milliseconds. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const DAY_MS = 86_400_000;

/** Milliseconds from a time to the next day in UTC. */
export const toNextDay = (ms: number): number => DAY_MS - (((ms % DAY_MS) + DAY_MS) % DAY_MS);

/** A key as it is shown: never its secret, nor a hash of it. Times are epoch milliseconds. */
export interface Key extends Tenant {
  /** of the current secret, as far as it may be seen: `sk-sotto-AbCd` */
  readonly prefix: string;
  readonly createdAt: number;
  /** undefined: never */
  readonly expiresAt: number | undefined;
  readonly revokedAt: number | undefined;
  /** while a rotation overlaps: the old secret's prefix, and until when it is taken */
  readonly previous: { readonly prefix: string; readonly until: number } | undefined;
}

export type NewKey = Omit<Tenant, 'id'> & { readonly expiresAt: number | undefined };

/** What is not said stays as it is; `undefined` takes a bound away. */
export type KeyChange = Partial<Omit<NewKey, 'limits'>> & { readonly limits?: Partial<TenantLimits> };

/** The one moment in which a secret is known. */
export interface KeyWithSecret {
  readonly key: Key;
  readonly secret: string;
}

/** Whether it lets anybody in at this time (epoch milliseconds). */
export const isUsable = ({ revokedAt, expiresAt }: Key, now: number): boolean =>
  revokedAt === undefined && (expiresAt === undefined || expiresAt > now);

export interface KeyStore {
  create(key: NewKey): Promise<KeyWithSecret>;
  list(): Promise<readonly Key[]>;
  /** A new secret; the old one is taken for `overlapMs` more. undefined: no such key, or it is revoked. */
  rotate(id: string, overlapMs: number): Promise<KeyWithSecret | undefined>;
  /** From the next request on; secret, usage and jobs stay. undefined: no such key, or it is revoked. */
  change(id: string, change: KeyChange): Promise<Key | undefined>;
  /** For good, from the next request on. undefined: no such key. Idempotent. */
  revoke(id: string): Promise<Key | undefined>;
  /** The key whose secret this is; undefined where it is unknown, over or revoked. */
  check(secret: string): Promise<Key | undefined>;
  /** Whatever has become of it; undefined: no such key. */
  find(id: string): Promise<Key | undefined>;
  close(): Promise<void>;
}
