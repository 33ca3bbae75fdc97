/** Jobs, health, metrics and stats over a transcription service: what app.ts takes, and how it ends. */
import type { Services } from './app.ts';
import { type Config, StartError } from './config.ts';
import { type HealthRoutesOptions, healthRoutes } from './http/health-routes.ts';
import { createJobRoutes } from './http/jobs-routes.ts';
import { statsRoutes } from './http/stats-routes.ts';
import { JobsFolderError } from './jobs/database.ts';
import type { JobLog } from './jobs/job-log.ts';
import { type JobsParts, openJobs } from './jobs/jobs.ts';
import type { Jobs } from './jobs/port.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createStats } from './metrics/stats.ts';
import type { RequestService, TranscriptionService } from './service/port.ts';
import type { TenancyServices } from './tenancy-services.ts';
import { readVersion } from './version.ts';

export interface JobServices {
  /** for buildApp, as they are */
  readonly services: Services;
  /** After the app is closed and before the service is: what runs goes on after the next start. Idempotent. */
  close(): Promise<void>;
}

export interface JobServicesParts extends Pick<JobsParts, 'clock' | 'wall' | 'outbound'> {
  readonly log?: JobLog;
  /** keys and limits; undefined: nobody is asked */
  readonly tenancy?: TenancyServices;
  /** between two `queue_status` of a job's events */
  readonly tickMs?: number;
}

/** Takes up the jobs that the last process left. Throws StartError when the folder cannot be had. */
export async function jobServices(
  config: Pick<Config, 'http' | 'jobs'>,
  service: TranscriptionService,
  { tickMs, tenancy, ...parts }: JobServicesParts = {},
): Promise<JobServices> {
  const { http, jobs: settings } = config;
  const { folder } = settings;
  const options = { ...settings, maxBytes: http.maxUploadBytes };
  const jobs =
    folder === undefined
      ? undefined
      : await openJobs({ ...options, folder }, { service, ...parts }).catch((error: unknown) => {
          throw forOperators(error, folder);
        });
  const routes = routesOver(config, service, { jobs, counts: jobs?.counts, tickMs, tenancy });
  return {
    services: routes.services,
    async close() {
      await routes.close();
      await jobs?.close();
    },
  };
}

export interface RoutesParts {
  /** undefined: no jobs */
  readonly jobs: (Jobs & Parameters<TenancyServices['holdsOf']>[0]) | undefined;
  readonly tenancy?: TenancyServices | undefined;
  /** of stored jobs by status, where they are counted */
  readonly counts?: (() => Readonly<Record<string, number>>) | undefined;
  readonly tickMs?: number | undefined;
  readonly cluster?: HealthRoutesOptions['cluster'];
}

/** Routes over a service and jobs, wherever they are. */
export function routesOver(
  { http, jobs: { readyTimeoutMs } }: Pick<Config, 'http' | 'jobs'>,
  service: RequestService,
  { jobs, counts, tickMs, tenancy, cluster }: RoutesParts,
): JobServices {
  const metrics = createMetrics(service, counts);
  const stats = createStats();
  const unobserve = service.observe((event) => {
    metrics.count(event);
    stats.count(event);
  });
  const holds = jobs && tenancy?.holdsOf(jobs);
  const times = {
    keepAliveMs: http.keepAliveMs,
    ...(tickMs === undefined ? {} : { tickMs }),
    ...(holds && { follow: holds.follow }),
  };
  const routes = jobs && createJobRoutes(jobs, service, times);
  return {
    services: {
      service,
      respondAsync: routes?.respondAsync,
      admitAsync: routes?.admitAsync,
      v1: [
        ...(routes === undefined ? [] : [routes.v1]),
        statsRoutes(() => stats.read(service.status().admission)),
        ...(tenancy?.v1 ?? []),
      ],
      ...(tenancy && { door: tenancy.door, page: tenancy.page }),
      more: [healthRoutes({ service, version: readVersion(), readyTimeoutMs, metrics, cluster })],
    },
    async close() {
      unobserve();
      metrics.close();
    },
  };
}

/** What the file system says, with what to do about it. */
function forOperators(error: unknown, folder: string): unknown {
  if (error instanceof JobsFolderError) return new StartError(error.message);
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return error;
  return new StartError(
    `Jobs cannot be kept in ${folder} (${error.code}): make it writable, or name another folder with ASR_JOBS_DIR (none: no jobs).`,
  );
}
