/** Engine, ears and jobs as one thing that opens, and that closes in the order in which they stand on each other. */
import type { Services } from './app.ts';
import type { Config } from './config.ts';
import { type JobServices, jobServices } from './job-services.ts';
import { createLog } from './log/log.ts';
import { serviceOptions, voiceDetector } from './machine.ts';
import { createEarHost } from './media/ear-host.ts';
import { createTranscriptionService } from './service/service.ts';
import { MAKE_ONE, tenancyServices } from './tenancy-services.ts';

export interface MachineRoom {
  /** for the routes, as they are */
  readonly services: Services;
  /** Ends every child; once the routes are closed. Idempotent. */
  close(): Promise<void>;
}

/** Resolves when devices were probed; the engine starts in the background. Throws StartError. */
export async function openMachineRoom(config: Config): Promise<MachineRoom> {
  const log = createLog(config.log);
  // Before any child is started: an address that must not be open is refused at once.
  const tenancy = await tenancyServices(config, {
    onFailed: (err) => log.error({ err }, 'tenants'),
  });
  const inner = await createTranscriptionService(serviceOptions(config)).catch(async (thrown: unknown) => {
    await tenancy?.close();
    throw thrown;
  });
  const service = tenancy?.metered(inner) ?? inner;
  const ears = createEarHost({ vad: voiceDetector(config) });
  let jobs: JobServices | undefined;
  const close = async () => {
    // Routes read the jobs, jobs use the service: each ends before what it stands on.
    await jobs?.close();
    await Promise.all([service.close(), ears.close()]);
    await tenancy?.close();
  };
  try {
    jobs = await jobServices(config, service, { log, ...(tenancy && { tenancy }) });
    if (tenancy?.hasKeys === false) console.log(`There is no key yet, so nobody gets in: ${MAKE_ONE}`);
    return { services: { ...jobs.services, ears }, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
