/** Ingresses and workers in this process, over a real Redis and fake services: a world of jobs as jobs-world.ts has it. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../../server/app.ts';
import { folderBlobs } from '../../server/cluster/blobs.ts';
import type { Ingress } from '../../server/cluster/ingress.ts';
import { openWorker } from '../../server/cluster/open-worker.ts';
import { type Config, readConfig } from '../../server/config.ts';
import { routesOver } from '../../server/job-services.ts';
import { NO_LOG } from '../../server/jobs/job-log.ts';
import { ingressOf, limitsOf, secretsOf } from '../../server/serve-cluster.ts';
import type { TenancyServices } from '../../server/tenancy-services.ts';
import { createFakeService, FAKE_MODEL, type FakeService, script } from './fake-service.ts';
import { until } from './http-world.ts';
import type { JobsWorld, JobsWorldOptions } from './jobs-world.ts';

export interface IngressProcess {
  readonly url: string;
  readonly ingress: Ingress;
  stop(): Promise<void>;
}

export interface WorkerProcess {
  readonly service: FakeService;
  readonly id: string;
  stop(): Promise<void>;
}

export interface ClusterWorld {
  readonly folder: string;
  /** of the cluster, in the Redis that tests share */
  readonly name: string;
  readonly config: Config;
  /** `tenancy`: who asks for keys there */
  ingress(tenancy?: (ingress: Ingress) => Promise<TenancyServices | undefined>): Promise<IngressProcess>;
  /** `turnMs`: how long a job is read before it gives way to another tenant's */
  worker(service?: FakeService, turnMs?: number): Promise<WorkerProcess>;
  /** every recording that is anywhere */
  audio(): Promise<string[]>;
  close(): Promise<void>;
}

export async function startCluster(redisUrl: string, options: JobsWorldOptions = {}): Promise<ClusterWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-cluster-'));
  const spool = join(folder, 'spool');
  for (const name of ['web', 'spool']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'web/index.html'), '<!doctype html><title>Sotto</title>');
  const name = `t${randomBytes(6).toString('hex')}`;
  const config = readConfig(['--port', '0', '--redis', redisUrl], {
    SOTTO_WEB: join(folder, 'web'),
    ASR_SPOOL_DIR: spool,
    ASR_CLUSTER: name,
    ASR_BLOBS: join(folder, 'blobs'),
    ASR_ALLOW_PRIVATE_URLS: 'yes',
    ASR_QUEUE_MAX: String(options.limits?.maxWaiting ?? 3),
    ...options.env,
  });
  const all = new Set<{ stop(): Promise<void> }>();
  const once = <Part extends { stop(): Promise<void> }>(part: Part): Part => {
    all.add(part);
    return part;
  };

  return {
    folder,
    name,
    config,
    async ingress(tenancyOf) {
      const ingress = await ingressOf(config, redisUrl, NO_LOG);
      const cluster = () => ({ ...ingress.health(), warnings: [] });
      const tenancy = await tenancyOf?.(ingress);
      const service = tenancy?.metered(ingress.service) ?? ingress.service;
      const routes = routesOver(config, service, { jobs: ingress.jobs, cluster, tickMs: 20, tenancy });
      const secrets = secretsOf(config, ingress.link);
      const { ears } = options;
      const app = await buildApp(config, { ...routes.services, secrets, ...(ears && { ears }) });
      await app.listen({ host: '127.0.0.1', port: 0 });
      const { port } = app.server.address() as AddressInfo;
      const part = once({
        url: `http://127.0.0.1:${port}`,
        ingress,
        async stop() {
          all.delete(part);
          await app.close();
          await routes.close();
          await tenancy?.close();
          await ingress.close();
        },
      });
      return part;
    },
    async worker(
      service = createFakeService({ ...options, limits: { ...options.limits, maxWaiting: 100 } }),
      turnMs?: number,
    ) {
      const { jobs, http } = config;
      const worker = await openWorker({
        ...{ redisUrl, name, service, log: NO_LOG, slots: 1, tempFolder: spool },
        ...{ ttlMs: jobs.ttlMs, fetchMs: jobs.fetchMs, allowPrivateUrls: jobs.allowPrivateUrls },
        blobs: await folderBlobs(join(folder, 'blobs')),
        maxBytes: http.maxUploadBytes,
        ...(turnMs === undefined ? {} : { turnMs }),
        limits: (link) => limitsOf(config, link),
      });
      const part = once({
        service,
        id: worker.id,
        async stop() {
          all.delete(part);
          await worker.close(0);
          await service.close();
        },
      });
      return part;
    },
    async audio() {
      const found = await Promise.all([spool, join(folder, 'blobs')].map((each) => filesIn(each)));
      return found.flat();
    },
    async close() {
      await Promise.all([...all].map((part) => part.stop()));
      await rm(folder, { recursive: true });
    },
  };
}

/** Resolves when the ingress counts on so many workers. */
export const seen = (ingress: Ingress, workers: number): Promise<void> =>
  until(async () => {
    await ingress.presence.look();
    return ingress.presence.workers.length === workers;
  });

/** One ingress and one worker, as a world of jobs. */
export const startClusterJobs =
  (redisUrl: () => string) =>
  async (options: JobsWorldOptions = {}): Promise<JobsWorld> => {
    const cluster = await startCluster(redisUrl(), options);
    const start = async () => {
      const worker = await cluster.worker();
      const door = await cluster.ingress();
      await seen(door.ingress, 1);
      return { worker, door };
    };
    let running = await start();
    return {
      folder: cluster.folder,
      get service() {
        return running.worker.service;
      },
      get url() {
        return running.door.url;
      },
      audio: cluster.audio,
      post: (steps, more = {}) => postScript(running.door.url, steps, more),
      get: (path, headers = {}) => fetch(running.door.url + path, { headers }),
      async restart() {
        await Promise.all([running.door.stop(), running.worker.stop()]);
        running = await start();
      },
      async close() {
        running.worker.service.release();
        await cluster.close();
      },
    };
  };

export function postScript(
  url: string,
  steps: readonly string[],
  { fields = {}, headers = {}, path = '/v1/jobs' }: Parameters<JobsWorld['post']>[1] = {},
): Promise<Response> {
  const body = new FormData();
  body.set('file', new File([script(...steps)], 'a.wav'));
  for (const [name, value] of Object.entries({ model: FAKE_MODEL, ...fields })) body.set(name, value);
  return fetch(url + path, { method: 'POST', body, headers });
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
