/** The server's life: machine room, routes, address, and an orderly end. */
import { buildApp } from './app.ts';
import { type Config, StartError } from './config.ts';
import { type JobServices, jobServices } from './job-services.ts';
import { listen } from './listen.ts';
import { createLog } from './log/log.ts';
import { serviceOptions, voiceDetector } from './machine.ts';
import { createEarHost } from './media/ear-host.ts';
import { createTranscriptionService } from './service/service.ts';
import { tenancyServices } from './tenancy-services.ts';

/** Gives 1 after saying why it could not start; else it serves until a signal ends the process. */
export async function serve(read: () => Config): Promise<number> {
  try {
    const config = read();
    const log = createLog(config.log);
    const onFailed = (err: unknown) => log.error({ err }, 'tenants');
    // Before any child is started: an address that must not be open is refused at once.
    const tenancy = config.asr.enabled ? await tenancyServices(config, { onFailed }) : undefined;
    const inner = config.asr.enabled ? await createTranscriptionService(serviceOptions(config)) : undefined;
    const service = inner && (tenancy?.metered(inner) ?? inner);
    const ears = service && createEarHost({ vad: voiceDetector(config) });
    let jobs: JobServices | undefined;
    const end = async () => {
      // Routes read the jobs, jobs use the service: each ends before what it stands on.
      await jobs?.close();
      await Promise.all([service?.close(), ears?.close()]);
      await tenancy?.close();
    };
    try {
      jobs = service && (await jobServices(config, service, { log, ...(tenancy && { tenancy }) }));
      const app = await buildApp(config, jobs && { ...jobs.services, ...(ears && { ears }) });
      // npm passes Ctrl-C on to a process that the terminal already told; closing twice is closing once.
      const stop = async () => {
        await app.close();
        await end();
        process.exit(0);
      };
      process.on('SIGINT', () => void stop()).on('SIGTERM', () => void stop());
      console.log(`Sotto is ready at ${await listen(app, config)}`);
      return 0;
    } catch (thrown) {
      await end();
      throw thrown;
    }
  } catch (error) {
    console.error(error instanceof StartError ? error.message : error);
    return 1;
  }
}
