/** A real server that asks for keys, over a fake service; its keys are made from outside, as `sotto keys` makes them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { tenancyServices } from '../../server/tenancy-services.ts';
import { openTenantsFile } from '../../server/tenants/database.ts';
import { createKeyStore } from '../../server/tenants/keys.ts';
import {
  type KeyStore,
  type KeyWithSecret,
  NO_LIMITS,
  type TenantLimits,
} from '../../server/tenants/port.ts';
import { type JobsWorldOptions, type OwnJobsWorld, startJobs } from './jobs-world.ts';

export interface KeyWishes extends Partial<Omit<Parameters<KeyStore['create']>[0], 'limits'>> {
  readonly limits?: Partial<TenantLimits>;
}

export interface TenantsWorld {
  readonly world: OwnJobsWorld;
  readonly keys: KeyStore;
  key(wishes?: KeyWishes): Promise<KeyWithSecret>;
  client(secret: string): OpenAI;
  /** with a key, or without */
  get(path: string, secret?: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  post(path: string, secret: string, body?: object, method?: 'POST' | 'PATCH' | 'DELETE'): Promise<Response>;
  /** with the next start, which is now */
  letPageIn(id: string): Promise<void>;
  close(): Promise<void>;
}

export interface TenantsWorldOptions extends JobsWorldOptions {
  readonly wall?: () => number;
  /** ASR_METRICS */
  readonly watch?: 'key' | 'open';
}

export async function startTenants({
  wall,
  watch = 'key',
  ...options
}: TenantsWorldOptions = {}): Promise<TenantsWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-tenants-'));
  const file = join(folder, 'keys.db');
  let pageKey: string | undefined;
  const world = await startJobs({
    ...options,
    limits: { maxTenants: 8, ...options.limits },
    tenancy: () =>
      tenancyServices(
        { host: '127.0.0.1', tenants: { auth: 'on', file, pageKey, watch, maxTenants: 8 } },
        wall === undefined ? {} : { wall },
      ),
  });
  const db = openTenantsFile(file);
  const keys = createKeyStore(db, wall);
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
  return {
    world,
    keys,
    key: ({ limits, ...wishes } = {}) =>
      keys.create({
        name: 'somebody',
        weight: 1,
        scopes: ['transcribe', 'jobs', 'live'],
        allowedModels: undefined,
        allowedOrigins: undefined,
        expiresAt: undefined,
        limits: { ...NO_LIMITS, ...limits },
        ...wishes,
      }),
    client: (secret) => new OpenAI({ baseURL: `${world.url}/v1`, apiKey: secret, maxRetries: 0 }),
    get: (path, secret, headers = {}) =>
      fetch(world.url + path, { headers: { ...headers, ...(secret === undefined ? {} : bearer(secret)) } }),
    post: (path, secret, body, method = 'POST') =>
      fetch(world.url + path, {
        method,
        headers: { ...bearer(secret), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async letPageIn(id) {
      pageKey = id;
      await world.restart();
    },
    async close() {
      await world.close();
      db.close();
      await rm(folder, { recursive: true });
    },
  };
}
