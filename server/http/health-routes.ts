/** `/health/live`, `/health/ready`, `/health` and `/metrics`: for operators and what watches for them. */
import type { FastifyPluginAsync } from 'fastify';
import { Health, Live, Ready } from '../../shared/protocol/http-health.ts';
import { type Clock, realClock } from '../../shared/queue/port.ts';
import type { RequestService, ServiceStatus } from '../service/port.ts';
import { createReadiness } from './readiness.ts';
import { content } from './route-schemas.ts';
import { troubleOf, withoutPaths } from './trouble.ts';

export interface HealthRoutesOptions {
  readonly service: RequestService;
  readonly version: string;
  /** of the canary */
  readonly readyTimeoutMs: number;
  readonly clock?: Clock;
  /** where several machines share a queue */
  readonly cluster?: (() => NonNullable<Health['cluster']>) | undefined;
  /** undefined: no /metrics */
  readonly metrics: { readonly contentType: string; text(): Promise<string> } | undefined;
}

const CACHE_MS = 3_000;

export const isProbe = (url: string): boolean => /^\/(health|metrics)(\/|\?|$)/.test(url);

const tags = ['server'];

export function healthRoutes(options: HealthRoutesOptions): FastifyPluginAsync {
  const { service, version, metrics, cluster, readyTimeoutMs, clock = realClock } = options;
  const ready = createReadiness(service, { cacheMs: CACHE_MS, timeoutMs: readyTimeoutMs, clock });
  const startedAt = clock.now();
  return async (app) => {
    app.setSerializerCompiler(() => (value) => JSON.stringify(value));
    app.addHook('onRequest', (_request, reply, done) => {
      reply.header('cache-control', 'no-store');
      done();
    });
    app.get('/health/live', { schema: LIVE }, (): Live => ({ status: 'live' }));
    app.get('/health/ready', { schema: READY }, async (_request, reply): Promise<Ready> => {
      const state = await ready();
      if (state.name === 'unready') {
        reply.code(503).header('retry-after', '1');
        return { status: 'unready', error: troubleOf(state.error) };
      }
      const age = Math.round(clock.now() - state.at);
      return { status: 'ready', canary_ms: Math.round(state.canaryMs), age_ms: age };
    });
    app.get('/health', { schema: HEALTH }, (): Health => {
      const uptime = Math.floor((clock.now() - startedAt) / 1000);
      const health = healthOf(service.status(), version, uptime);
      return cluster === undefined ? health : { ...health, cluster: cluster() };
    });
    if (metrics !== undefined) {
      app.get('/metrics', { schema: METRICS }, async (_request, reply) =>
        reply.type(metrics.contentType).send(await metrics.text()),
      );
    }
  };
}

const LIVE = {
  tags,
  operationId: 'getLive',
  summary: 'Whether the process answers',
  response: { 200: content('It does.', { 'application/json': Live }) },
};
const READY = {
  tags,
  operationId: 'getReady',
  summary: 'Whether it reads: a known clip through the engine',
  response: {
    200: content('It does.', { 'application/json': Ready }),
    503: content('It does not, and why.', { 'application/json': Ready }),
  },
};
const HEALTH = {
  tags,
  operationId: 'getHealth',
  summary: 'Engine, device, queue and restarts',
  response: { 200: content('As it is now.', { 'application/json': Health }) },
};
const METRICS = { tags, operationId: 'getMetrics', summary: 'For Prometheus', produces: ['text/plain'] };

export function healthOf(status: ServiceStatus, version: string, uptimeSeconds: number): Health {
  const { engine, info, devices, admission, etaMs } = status;
  const failed = engine.name === 'failed' || engine.name === 'closed';
  return {
    status: engine.name === 'ready' ? 'ok' : failed ? 'failed' : 'starting',
    version,
    uptime_seconds: uptimeSeconds,
    engine: {
      state: engine.name,
      model: info?.model ?? null,
      device: info?.device ?? null,
      dtype: info?.dtype ?? null,
      adapter: info?.adapter ?? null,
      lanes: info?.lanes ?? null,
      error: engine.name === 'failed' ? troubleOf(engine.error) : null,
    },
    devices: devices.map(({ device, outcome, detail }) => ({
      device,
      outcome,
      detail: detail === undefined ? null : withoutPaths(detail),
    })),
    spare: status.spare,
    restarts: { ...status.restarts },
    decoder_restarts: status.decoderRestarts,
    queue: {
      active: admission.active,
      waiting: admission.waiting,
      eta_ms: etaMs === undefined ? null : Math.round(etaMs),
    },
    models: status.models.map(({ id, state, error }) => ({
      id,
      state,
      error: error === undefined ? null : troubleOf(error),
    })),
  };
}
