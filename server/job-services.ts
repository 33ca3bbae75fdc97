/** Jobs, health, metrics and stats over a transcription service: what app.ts takes, and how it ends. */
import type { Services } from './app.ts';
import { type Config, StartError } from './config.ts';
import { healthRoutes } from './http/health-routes.ts';
import { createJobRoutes } from './http/jobs-routes.ts';
import { statsRoutes } from './http/stats-routes.ts';
import { JobsFolderError } from './jobs/database.ts';
import type { JobLog } from './jobs/job-log.ts';
import { type JobsParts, openJobs } from './jobs/jobs.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createStats } from './metrics/stats.ts';
import type { TranscriptionService } from './service/port.ts';
import { readVersion } from './version.ts';

export interface JobServices {
  /** for buildApp, as they are */
  readonly services: Services;
  /** After the app is closed and before the service is: what runs goes on after the next start. Idempotent. */
  close(): Promise<void>;
}

export interface JobServicesParts extends Pick<JobsParts, 'clock' | 'wall' | 'outbound'> {
  readonly log?: JobLog;
  /** between two `queue_status` of a job's events */
  readonly tickMs?: number;
}

/** Takes up the jobs that the last process left. Throws StartError when the folder cannot be had. */
export async function jobServices(
  config: Pick<Config, 'http' | 'jobs'>,
  service: TranscriptionService,
  { tickMs, ...parts }: JobServicesParts = {},
): Promise<JobServices> {
  const { http, jobs: settings } = config;
  const options = { ...settings, maxBytes: http.maxUploadBytes };
  const jobs = await openJobs(options, { service, ...parts }).catch((error: unknown) => {
    throw error instanceof JobsFolderError ? new StartError(error.message) : error;
  });
  const metrics = createMetrics(service, jobs.counts);
  const stats = createStats();
  const unobserve = service.observe((event) => {
    metrics.count(event);
    stats.count(event);
  });
  const routes = createJobRoutes(jobs, service, {
    keepAliveMs: http.keepAliveMs,
    ...(tickMs === undefined ? {} : { tickMs }),
  });
  const { readyTimeoutMs } = settings;
  return {
    services: {
      service,
      respondAsync: routes.respondAsync,
      admitAsync: routes.admitAsync,
      v1: [routes.v1, statsRoutes(() => stats.read(service.status().admission))],
      more: [healthRoutes({ service, version: readVersion(), readyTimeoutMs, metrics })],
    },
    async close() {
      unobserve();
      metrics.close();
      await jobs.close();
    },
  };
}
