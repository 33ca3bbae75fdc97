/** A real server with durable jobs over a fake service; it can be stopped and started again on the same folder. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { type JobServicesParts, jobServices } from '../../server/job-services.ts';
import type { EarHost } from '../../server/media/ear-host.ts';
import type { TenancyServices } from '../../server/tenancy-services.ts';
import {
  createFakeService,
  FAKE_MODEL,
  type FakeService,
  type FakeServiceOptions,
  script,
} from './fake-service.ts';

export interface JobsWorldOptions extends FakeServiceOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly parts?: JobServicesParts;
  readonly ears?: EarHost;
  /** keys and limits: made anew with each start */
  readonly tenancy?: () => Promise<TenancyServices | undefined>;
}

export interface JobsWorld {
  readonly service: FakeService;
  readonly url: string;
  readonly folder: string;
  /** files of recordings, in the spool and with the jobs */
  audio(): Promise<string[]>;
  post(steps: readonly string[], more?: PostMore): Promise<Response>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** ends it as a signal would, and starts another on the same folder */
  restart(more?: FakeServiceOptions): Promise<void>;
  close(): Promise<void>;
}

/** With the server itself, which is in this process. */
export interface OwnJobsWorld extends JobsWorld {
  readonly app: FastifyInstance;
}

export interface PostMore {
  readonly fields?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
}

export async function startJobs({
  env,
  parts,
  ears,
  tenancy: openTenancy,
  ...fake
}: JobsWorldOptions = {}): Promise<OwnJobsWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-jobs-'));
  const spool = join(folder, 'spool');
  for (const name of ['web', 'spool']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'web/index.html'), '<!doctype html><title>Sotto</title>');
  const config = readConfig(['--port', '0'], {
    SOTTO_WEB: join(folder, 'web'),
    ASR_SPOOL_DIR: spool,
    ASR_JOBS_DIR: join(folder, 'jobs'),
    ASR_ALLOW_PRIVATE_URLS: 'yes',
    ...env,
  });

  async function start(options: FakeServiceOptions) {
    const service = createFakeService(options);
    const tenancy = await openTenancy?.();
    const used = tenancy?.metered(service) ?? service;
    const jobs = await jobServices(config, used, { tickMs: 20, ...parts, ...(tenancy && { tenancy }) });
    const app = await buildApp(config, { ...jobs.services, ...(ears && { ears }) });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    return {
      service,
      app,
      url: `http://127.0.0.1:${port}`,
      async stop() {
        await app.close();
        await jobs.close();
        await service.close();
        await tenancy?.close();
      },
    };
  }
  let running = await start(fake).catch(async (error: unknown) => {
    await rm(folder, { recursive: true });
    throw error;
  });

  return {
    folder,
    get service() {
      return running.service;
    },
    get app() {
      return running.app;
    },
    get url() {
      return running.url;
    },
    async audio() {
      const all = await Promise.all([spool, join(folder, 'jobs/audio')].map((each) => filesIn(each)));
      return all.flat();
    },
    post(steps, { fields = {}, headers = {}, path = '/v1/jobs' } = {}) {
      const body = new FormData();
      body.set('file', new File([script(...steps)], 'a.wav'));
      for (const [name, value] of Object.entries({ model: FAKE_MODEL, ...fields })) body.set(name, value);
      return fetch(running.url + path, { method: 'POST', body, headers });
    },
    get: (path, headers = {}) => fetch(running.url + path, { headers }),
    async restart(more = fake) {
      await running.stop();
      running = await start(more);
    },
    async close() {
      running.service.release();
      await running.stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function filesIn(folder: string): Promise<string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** Reads a stream of events until `enough` says so, or to its end. */
export async function readEvents(
  answer: Response,
  enough: (events: readonly EventSourceMessage[]) => boolean = () => false,
): Promise<EventSourceMessage[]> {
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder();
  const reader = answer.body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    parser.feed(decoder.decode(value, { stream: true }));
    if (enough(events)) {
      await reader.cancel();
      break;
    }
  }
  return events;
}
