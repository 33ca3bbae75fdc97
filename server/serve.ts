/** The server's life: machine room, routes, address, and an orderly end. */
import { buildApp } from './app.ts';
import { type Config, StartError } from './config.ts';
import { routesOver } from './job-services.ts';
import type { JobLog } from './jobs/job-log.ts';
import { listen } from './listen.ts';
import { createLog } from './log/log.ts';
import { voiceDetector } from './machine.ts';
import { createEnds, type MachineRoom, openMachineRoom, toLog } from './machine-room.ts';
import { createEarHost } from './media/ear-host.ts';
import { tenancyServices } from './tenancy-services.ts';

/** Gives 1 after saying why it could not start; else it serves until a signal ends the process. */
export async function serve(read: () => Config): Promise<number> {
  try {
    const config = read();
    const room = await openRoom(config);
    try {
      const app = await buildApp(config, room?.services);
      // npm passes Ctrl-C on to a process that the terminal already told; closing twice is closing once.
      const stop = async () => {
        await app.close();
        await room?.close();
        process.exit(0);
      };
      process.on('SIGINT', () => void stop()).on('SIGTERM', () => void stop());
      console.log(`Sotto is ready at ${await listen(app, config)}`);
      if (room?.hint !== undefined) console.log(room.hint);
      return 0;
    } catch (thrown) {
      await room?.close();
      throw thrown;
    }
  } catch (error) {
    console.error(error instanceof StartError ? error.message : error);
    return 1;
  }
}

function openRoom(config: Config): Promise<MachineRoom | undefined> {
  const { redisUrl } = config.cluster;
  if (redisUrl !== undefined) return ingressRoom(config, redisUrl, createLog(config.log));
  return config.asr.enabled ? openMachineRoom(config) : Promise.resolve(undefined);
}

/** No engine here: workers read. Sound of live sessions is heard here, and its windows are read there. */
async function ingressRoom(config: Config, redisUrl: string, log: JobLog): Promise<MachineRoom> {
  const ends = createEnds();
  try {
    // What it takes is loaded for it alone.
    const { ingressOf, secretsOf, tenantsOf } = await import('./serve-cluster.ts');
    const ingress = await ingressOf(config, redisUrl, log);
    ends.add(() => ingress.close());
    const shared = tenantsOf(config, ingress.link);
    const tenancy = await tenancyServices(config, { shared, onFailed: toLog(log) });
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
    const secrets = secretsOf(config, ingress.link);
    return { services: { ...routes.services, ears, secrets }, hint: tenancy?.hint, close: ends.close };
  } catch (thrown) {
    await ends.close();
    throw thrown;
  }
}
