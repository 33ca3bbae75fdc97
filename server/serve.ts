/** The server's life: machine room, routes, address, and an orderly end. */
import { buildApp, type Services } from './app.ts';
import { type Config, StartError } from './config.ts';
import { jobServices, routesOver } from './job-services.ts';
import type { JobLog } from './jobs/job-log.ts';
import { listen } from './listen.ts';
import { createLog } from './log/log.ts';
import { serviceOptions, voiceDetector } from './machine.ts';
import { createEarHost } from './media/ear-host.ts';
import { createTranscriptionService } from './service/service.ts';
import { MAKE_ONE, type TenancyServices, tenancyServices } from './tenancy-services.ts';

/** What the routes stand on, and how it ends after them. */
interface Room {
  /** undefined: the page only */
  readonly services: Services | undefined;
  /** said when it listens */
  readonly hint?: string | undefined;
  close(): Promise<void>;
}

/** Gives 1 after saying why it could not start; else it serves until a signal ends the process. */
export async function serve(read: () => Config): Promise<number> {
  try {
    const config = read();
    const room = await openRoom(config, createLog(config.log));
    try {
      const app = await buildApp(config, room.services);
      // npm passes Ctrl-C on to a process that the terminal already told; closing twice is closing once.
      const stop = async () => {
        await app.close();
        await room.close();
        process.exit(0);
      };
      process.on('SIGINT', () => void stop()).on('SIGTERM', () => void stop());
      console.log(`Sotto is ready at ${await listen(app, config)}`);
      if (room.hint !== undefined) console.log(room.hint);
      return 0;
    } catch (thrown) {
      await room.close();
      throw thrown;
    }
  } catch (error) {
    console.error(error instanceof StartError ? error.message : error);
    return 1;
  }
}

function openRoom(config: Config, log: JobLog): Promise<Room> {
  const { redisUrl } = config.cluster;
  if (redisUrl !== undefined) return ingressRoom(config, redisUrl, log);
  return config.asr.enabled ? ownRoom(config, log) : Promise.resolve(PAGE_ONLY);
}

const PAGE_ONLY: Room = { services: undefined, close: async () => undefined };

/** This machine alone. Routes read the jobs, jobs use the service: each ends before what it stands on. */
async function ownRoom(config: Config, log: JobLog): Promise<Room> {
  const ends = createEnds();
  try {
    // Before any child is started: an address that must not be open is refused at once.
    const tenancy = await tenancyServices(config, { onFailed: toLog(log) });
    if (tenancy !== undefined) ends.add(() => tenancy.close());
    const inner = await createTranscriptionService(serviceOptions(config));
    ends.add(() => inner.close());
    const ears = createEarHost({ vad: voiceDetector(config) });
    ends.add(() => ears.close());
    const jobs = await jobServices(config, tenancy?.metered(inner) ?? inner, {
      log,
      ...(tenancy && { tenancy }),
    });
    ends.add(() => jobs.close());
    return { services: { ...jobs.services, ears }, hint: hintOf(tenancy), close: ends.close };
  } catch (thrown) {
    await ends.close();
    throw thrown;
  }
}

/** No engine here: workers read. Sound of live sessions is heard here, and its windows are read there. */
async function ingressRoom(config: Config, redisUrl: string, log: JobLog): Promise<Room> {
  const ends = createEnds();
  try {
    // What it takes is loaded for it alone.
    const { ingressOf, limitsOf } = await import('./serve-cluster.ts');
    const ingress = await ingressOf(config, redisUrl, log);
    ends.add(() => ingress.close());
    const limits = limitsOf(config, ingress.link);
    const tenancy = await tenancyServices(config, { limits, onFailed: toLog(log) });
    if (tenancy !== undefined) ends.add(() => tenancy.close());
    const ears = createEarHost({ vad: voiceDetector(config) });
    ends.add(() => ears.close());
    const cluster = () => {
      const { warnings, ...health } = ingress.health();
      return { ...health, warnings: warnings.map(({ text }) => text) };
    };
    const service = tenancy?.metered(ingress.service) ?? ingress.service;
    const routes = routesOver(config, service, { jobs: ingress.jobs, cluster, tenancy });
    ends.add(() => routes.close());
    return { services: { ...routes.services, ears }, hint: hintOf(tenancy), close: ends.close };
  } catch (thrown) {
    await ends.close();
    throw thrown;
  }
}

/** What was begun last ends first. */
function createEnds() {
  const ends: (() => Promise<void>)[] = [];
  return {
    add: (end: () => Promise<void>) => void ends.push(end),
    async close() {
      for (const end of ends.splice(0).reverse()) await end();
    },
  };
}

const toLog = (log: JobLog) => (err: unknown) => log.error({ err }, 'tenants');

const hintOf = (tenancy: TenancyServices | undefined): string | undefined =>
  tenancy?.hasKeys === false ? `There is no key yet, so nobody gets in: ${MAKE_ONE}` : undefined;
