/** `sotto worker --redis URL`: reads what ingresses take, until a signal ends it. */
import Fastify from 'fastify';
import { openWorker } from '../cluster/open-worker.ts';
import { type Config, type Environment, readConfig, StartError } from '../config.ts';
import { healthRoutes } from '../http/health-routes.ts';
import { listen } from '../listen.ts';
import { createLog } from '../log/log.ts';
import { pooledOptions } from '../machine.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { blobsOf, limitsOf, openLive, redisError } from '../serve-cluster.ts';
import type { TranscriptionService } from '../service/port.ts';
import { createTranscriptionService } from '../service/service.ts';
import { readVersion } from '../version.ts';

/** Throws StartError. Resolves when it works. */
export async function runWorker(args: readonly string[], env: Environment): Promise<void> {
  const config = readConfig(args, env);
  const { asr, cluster, http, jobs } = config;
  const { redisUrl } = cluster;
  if (redisUrl === undefined) throw new StartError('A worker needs --redis URL, or ASR_REDIS_URL.');
  const log = createLog(config.log);
  const blobs = await blobsOf(config);
  const service = await createTranscriptionService(await pooledOptions(config));
  try {
    const worker = await openWorker({
      ...{ redisUrl, blobs, service, log, name: cluster.name, slots: asr.maxConcurrent, ttlMs: jobs.ttlMs },
      ...{ maxBytes: http.maxUploadBytes, fetchMs: jobs.fetchMs, allowPrivateUrls: jobs.allowPrivateUrls },
      tempFolder: http.spoolParent,
      limits: (link) => limitsOf(config, link),
    }).catch((error: unknown) => {
      throw redisError(error);
    });
    const live = await openLive(config, redisUrl, worker, service, log);
    const probes = wantsProbes(args, env) ? await listenForProbes(config, service) : undefined;
    const stop = async () => {
      // Sessions go elsewhere at once; what was said last is read again there.
      await live.close();
      await worker.close(cluster.drainMs);
      await Promise.all([service.close(), probes?.close()]);
      process.exit(0);
    };
    // Closing twice is closing once.
    process.on('SIGINT', () => void stop()).on('SIGTERM', () => void stop());
    console.log(`Sotto works as ${worker.id}${probes === undefined ? '' : `, ready at ${probes.address}`}`);
  } catch (thrown) {
    await service.close();
    throw thrown;
  }
}

/** Only where a port was said: several workers of one machine would want the same one. */
const wantsProbes = (args: readonly string[], env: Environment): boolean =>
  Boolean(env.PORT) || args.some((arg) => arg.startsWith('--port'));

/** `/health/…` and `/metrics` of this worker, for an orchestrator and Prometheus. */
async function listenForProbes(config: Config, service: TranscriptionService) {
  const metrics = createMetrics(service);
  const unobserve = service.observe((event) => metrics.count(event));
  const app = Fastify({ forceCloseConnections: true });
  await app.register(
    healthRoutes({ service, version: readVersion(), readyTimeoutMs: config.jobs.readyTimeoutMs, metrics }),
  );
  const address = await listen(app, config);
  return {
    address,
    async close() {
      unobserve();
      metrics.close();
      await app.close();
    },
  };
}
