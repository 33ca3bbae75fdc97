/** Engine, ears and jobs as one thing that opens, and that closes in the order in which they stand on each other. */
import type { Services } from './app.ts';
import type { Config } from './config.ts';
import { jobServices } from './job-services.ts';
import type { JobLog } from './jobs/job-log.ts';
import { createLog } from './log/log.ts';
import { pooledOptions, voiceDetector } from './machine.ts';
import { createEarHost } from './media/ear-host.ts';
import { createTranscriptionService } from './service/service.ts';
import { tenancyServices } from './tenancy-services.ts';

export interface MachineRoom {
  /** for the routes, as they are */
  readonly services: Services;
  /** said when it listens */
  readonly hint?: string | undefined;
  /** Ends every child; once the routes are closed. Idempotent. */
  close(): Promise<void>;
}

/**
 * Resolves when devices were probed; the engine starts in the background. Throws StartError. Routes read the jobs, jobs use
 * the service: each ends before what it stands on.
 */
export async function openMachineRoom(config: Config): Promise<MachineRoom> {
  const log = createLog(config.log);
  const ends = createEnds();
  try {
    // Before any child is started: an address that must not be open is refused at once.
    const tenancy = await tenancyServices(config, { onFailed: toLog(log) });
    if (tenancy !== undefined) ends.add(() => tenancy.close());
    const inner = await createTranscriptionService(await pooledOptions(config));
    ends.add(() => inner.close());
    const ears = createEarHost({ vad: voiceDetector(config) });
    ends.add(() => ears.close());
    const jobs = await jobServices(config, tenancy?.metered(inner) ?? inner, {
      log,
      ...(tenancy && { tenancy }),
    });
    ends.add(() => jobs.close());
    return { services: { ...jobs.services, ears }, hint: tenancy?.hint, close: ends.close };
  } catch (thrown) {
    await ends.close();
    throw thrown;
  }
}

/** What was begun last ends first. */
export function createEnds() {
  const ends: (() => Promise<void>)[] = [];
  return {
    add: (end: () => Promise<void>) => void ends.push(end),
    async close() {
      for (const end of ends.splice(0).reverse()) await end();
    },
  };
}

export const toLog = (log: JobLog) => (err: unknown) => log.error({ err }, 'tenants');
