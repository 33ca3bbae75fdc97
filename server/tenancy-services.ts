/** From settings to keys and limits: whether they are asked for, and what the server needs for it. */
import { existsSync } from 'node:fs';
import type { Services } from './app.ts';
import { type Config, StartError } from './config.ts';
import { isLoopback } from './http/host-rules.ts';
import type { V1Routes } from './http/v1.ts';
import type { Jobs, JobView } from './jobs/port.ts';
import type { RequestService, TranscriptionService } from './service/port.ts';
import { openTenantsFile, TenantsFileError } from './tenants/database.ts';
import { door } from './tenants/door.ts';
import { createEmbeddedLimits } from './tenants/embedded-limits.ts';
import { createJobHolds, type JobHolds } from './tenants/job-holds.ts';
import { keyRoutes } from './tenants/key-routes.ts';
import { createKeyStore } from './tenants/keys.ts';
import { meteredService } from './tenants/metered-service.ts';
import { isUsable, type KeyStore } from './tenants/port.ts';
import { createTenancy, type TenancyParts } from './tenants/tenancy.ts';
import { usageRoutes } from './tenants/usage-routes.ts';

export interface TenancyServices {
  /** for the operator: nobody gets in before there is a key */
  readonly hint: string | undefined;
  /** whether the server's own page may use it */
  readonly page: NonNullable<Services['page']>;
  readonly door: NonNullable<Services['door']>;
  readonly v1: readonly V1Routes[];
  /** the service, with what is read counted */
  metered(service: TranscriptionService): TranscriptionService;
  metered(service: RequestService): RequestService;
  /** What is held for accepted jobs, those of the last process included where it left any. */
  holdsOf(jobs: HeldJobs): JobHolds;
  close(): Promise<void>;
}

/** Keys and counters that several servers share; whoever made them closes them. */
export type SharedTenants = Pick<TenancyParts, 'keys' | 'limits'>;

export interface TenancyServicesParts extends Omit<TenancyParts, 'keys' | 'limits'> {
  /** instead of this machine's own file */
  readonly shared?: SharedTenants;
}

type HeldJobs = Pick<Jobs, 'find' | 'watch'> & { unfinished?(): readonly Pick<JobView, 'id' | 'tenant'>[] };

type Asked = Pick<Config, 'host' | 'tenants'>;

/**
 * Undefined: nobody is asked. Throws StartError where that would leave an address open that others can reach, and
 * nobody said so.
 */
export async function tenancyServices(
  { host, tenants: { auth, file, pageKey, watch } }: Asked,
  { shared, ...parts }: TenancyServicesParts = {},
): Promise<TenancyServices | undefined> {
  if (auth === 'off' || (auth === 'auto' && isLoopback(host))) return undefined;
  if (auth === 'auto' && shared === undefined && !existsSync(file)) throw noKeys(host, file);
  const stores = shared === undefined ? ownStores(file, parts.wall) : { ...shared, close: async () => {} };
  const { keys, limits } = stores;
  const hasKeys = await anyUsable(keys, parts.wall?.() ?? Date.now());
  if (auth === 'auto' && !hasKeys) {
    await stores.close();
    throw noKeys(host, shared === undefined ? file : 'Redis', makeOne(shared));
  }
  const tenancy = createTenancy({ keys, limits, ...parts });
  return {
    hint: hasKeys ? undefined : `There is no key yet, so nobody gets in: ${makeOne(shared)}`,
    page: pageKey === undefined ? 'not-offered' : 'offered',
    door: (app, guests) => door(app, { tenancy, guests, pageKey, watch }),
    v1: [keyRoutes(keys, parts.wall), usageRoutes(tenancy, parts.wall)],
    metered: (service: TranscriptionService) => meteredService(service, tenancy),
    holdsOf(jobs) {
      const holds = createJobHolds(jobs, tenancy, parts.onFailed ?? (() => {}));
      for (const job of jobs.unfinished?.() ?? []) holds.follow(job, undefined);
      return holds;
    },
    async close() {
      tenancy.close();
      await stores.close();
    },
  };
}

/** In one file of this machine. */
function ownStores(file: string, wall: (() => number) | undefined) {
  const db = openOrStartError(file);
  const keys = createKeyStore(db, wall);
  const limits = createEmbeddedLimits(db, wall === undefined ? {} : { wall });
  return {
    keys,
    limits,
    async close() {
      await limits.close();
      db.close();
    },
  };
}

export function openOrStartError(file: string) {
  try {
    return openTenantsFile(file);
  } catch (error) {
    throw error instanceof TenantsFileError ? new StartError(error.message) : error;
  }
}

async function anyUsable(keys: KeyStore, now: number): Promise<boolean> {
  return (await keys.list()).some((key) => isUsable(key, now));
}

const makeOne = (shared?: SharedTenants): string =>
  `npx sotto keys create ${shared === undefined ? '' : '--redis URL '}--name NAME`;

const noKeys = (host: string, place: string, make = makeOne()): StartError =>
  new StartError(
    `Others can reach ${host}, and there is no key in ${place}: make one (${make}), or say ASR_AUTH=off to serve everybody without.`,
  );
