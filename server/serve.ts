/** The server's life: machine room, routes, address, and an orderly end. */
import { buildApp, type Services } from './app.ts';
import { type Config, StartError } from './config.ts';
import { routesOver } from './job-services.ts';
import type { JobLog } from './jobs/job-log.ts';
import { listen } from './listen.ts';
import { createLog } from './log/log.ts';
import { openMachineRoom } from './machine-room.ts';
import { tenancyServices } from './tenancy-services.ts';

/** What the routes stand on, and how it ends after them. */
interface Room {
  /** undefined: the page only */
  readonly services: Services | undefined;
  close(): Promise<void>;
}

/** Gives 1 after saying why it could not start; else it serves until a signal ends the process. */
export async function serve(read: () => Config): Promise<number> {
  try {
    const config = read();
    const room = await openRoom(config);
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

async function openRoom(config: Config): Promise<Room> {
  const { redisUrl } = config.cluster;
  if (redisUrl !== undefined) return ingressRoom(config, redisUrl, createLog(config.log));
  return config.asr.enabled ? openMachineRoom(config) : PAGE_ONLY;
}

const PAGE_ONLY: Room = { services: undefined, close: async () => undefined };

/** No engine here: workers read. */
async function ingressRoom(config: Config, redisUrl: string, log: JobLog): Promise<Room> {
  // What it takes is loaded for it alone.
  const { ingressOf } = await import('./serve-cluster.ts');
  // Before Redis is asked: an address that must not be open is refused at once.
  const tenancy = await tenancyServices(config, { onFailed: (err) => log.error({ err }, 'tenants') });
  const ingress = await ingressOf(config, redisUrl, log);
  const cluster = () => {
    const { warnings, ...health } = ingress.health();
    return { ...health, warnings: warnings.map(({ text }) => text) };
  };
  const service = tenancy?.metered(ingress.service) ?? ingress.service;
  const follow = tenancy?.holdsOf(ingress.jobs).follow;
  const routes = routesOver(config, service, { jobs: ingress.jobs, cluster, tenancy, follow });
  return {
    services: routes.services,
    async close() {
      await routes.close();
      await ingress.close();
      await tenancy?.close();
    },
  };
}
