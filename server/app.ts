import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fastifyStatic } from '@fastify/static';
import { fastifyWebsocket } from '@fastify/websocket';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyReply,
  LogController,
} from 'fastify';
import { ERRORS, SottoError } from '../shared/errors.ts';
import { type Config, StartError } from './config.ts';
import { appConfigRoute } from './http/app-config.ts';
import { politeConnections } from './http/connection.ts';
import { errorReply, sendError } from './http/error-reply.ts';
import { badAddress, badHttp, isApi } from './http/framework-errors.ts';
import { apiHeaders, securityHeaders } from './http/headers.ts';
import { isProbe } from './http/health-routes.ts';
import { checkHosts, usualHosts } from './http/host-rules.ts';
import { notFound } from './http/not-found.ts';
import { openApi } from './http/openapi.ts';
import { requestId } from './http/request-id.ts';
import { openSpool } from './http/spool.ts';
import { setFileHeaders } from './http/static.ts';
import type { TranscriptionRoutesOptions } from './http/transcription-routes.ts';
import { type V1Routes, v1 } from './http/v1.ts';
import { createLog } from './log/log.ts';
import type { EarHost } from './media/ear-host.ts';
import { chooseProtocol, liveRoutes, MAX_MESSAGE_BYTES, socketFailed } from './realtime/routes.ts';
import { createSecrets, type Secrets } from './realtime/secrets.ts';

/** What the routes need of the machine room; without it the server serves the page only. */
export interface Services
  extends Pick<TranscriptionRoutesOptions, 'service' | 'respondAsync' | 'admitAsync'> {
  /** where live sound is heard; without it there is no /v1/realtime */
  readonly ears?: EarHost;
  readonly v1?: readonly V1Routes[];
  /** further routes elsewhere */
  readonly more?: readonly FastifyPluginAsync[];
  /** whether the page may use what is here; it may unless it is said */
  readonly page?: 'offered' | 'not-offered';
  /** client secrets, where other servers know them too; this one's own unless given */
  readonly secrets?: Secrets;
  /** asks for keys; undefined: nobody is asked */
  readonly door?: (app: FastifyInstance, guests: Pick<Secrets, 'hostOf'>) => void;
}

/** The whole server, not yet listening. Throws StartError when the page has not been built. */
export async function buildApp(config: Config, services?: Services): Promise<FastifyInstance> {
  if (!existsSync(join(config.web, 'index.html'))) {
    throw new StartError(
      `The page has not been built (no index.html in ${config.web}): run "npm run build".`,
    );
  }
  const headers = securityHeaders(config.hub);
  const loggerInstance: FastifyBaseLogger = createLog(config.log);
  const app = Fastify({
    loggerInstance,
    // Requests of programs have a line of their own, one a job; probes come every few seconds.
    logController: new LogController({ disableRequestLogging: ({ url }) => isApi(url) || isProbe(url) }),
    genReqId: requestId,
    // Stopping means now: a download in flight can be taken up again with a range request.
    forceCloseConnections: true,
    // Uploads have bounds of their own, below this one.
    requestTimeout: services === undefined ? 30_000 : config.http.uploadTotalMs + 30_000,
    http: { headersTimeout: 30_000 },
    clientErrorHandler: badHttp,
    frameworkErrors: (_error, request, reply: FastifyReply) =>
      badAddress(request, reply.headers(headers).header('x-request-id', request.id)),
  });
  politeConnections(app);
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(isApi(request.url) ? apiHeaders : headers).header('x-request-id', request.id);
    done();
  });
  app.setNotFoundHandler(notFound);
  app.setErrorHandler((error: Error & { readonly statusCode?: number }, request, reply) => {
    const status = error instanceof SottoError ? ERRORS[error.code].status : (error.statusCode ?? 500);
    if (status >= 500) request.log.error(error);
    reply.code(status).header('cache-control', 'no-store').type('text/plain');
    return reply.send(status >= 500 ? 'Internal error\n' : `${error.message}\n`);
  });

  // Before any check: it ends what was refused.
  if (services !== undefined) await addWebSockets(app);
  checkHosts(app, config.http.hosts ?? usualHosts(config.host));
  if (services !== undefined) await addServices(app, config, services);
  // The page is not offered what it could not use.
  const served = () => (services === undefined || services.page === 'not-offered' ? [] : offered(services));
  appConfigRoute(app, { hub: config.hub, models: served }, config.http.corsOrigins);
  await addPage(app, config);
  return app;
}

/** Its own model however it is, and others unless they are known to fail. */
function offered({ service }: Services): readonly string[] {
  return service
    .status()
    .models.filter(({ state }, index) => index === 0 || state !== 'failed')
    .map(({ id }) => id);
}

/** Before any route: it gives every one an answer to an upgrade. Two of them would answer each twice. */
async function addWebSockets(app: FastifyInstance): Promise<void> {
  if (app.hasDecorator('websocketServer')) return;
  await app.register(fastifyWebsocket, {
    errorHandler: socketFailed,
    options: { maxPayload: MAX_MESSAGE_BYTES, handleProtocols: chooseProtocol },
  });
}

/** The API, at the root or, of another app, below a prefix. What such an app already has of plugins is used. */
export async function addServices(app: FastifyInstance, config: Config, services: Services): Promise<void> {
  const { http } = config;
  await addWebSockets(app);
  const { secrets = createSecrets() } = services;
  const spool = await openSpool(http.spoolParent);
  app.addHook('onClose', () => spool.close());
  await openApi(app);
  await app.register(
    (scope) =>
      v1(scope, {
        service: services.service,
        respondAsync: services.respondAsync,
        admitAsync: services.admitAsync,
        limits: {
          spool,
          maxBytes: http.maxUploadBytes,
          totalMs: http.uploadTotalMs,
          idleMs: http.uploadIdleMs,
        },
        aliases: http.modelAliases,
        corsOrigins: http.corsOrigins,
        keepAliveMs: http.keepAliveMs,
        more: [
          ...(services.v1 ?? []),
          liveRoutes({ settings: config.realtime, ears: services.ears, secrets }),
        ],
        door: services.door && ((routes) => services.door?.(routes, secrets)),
      }),
    { prefix: '/v1' },
  );
  await app.register(async (scope) => {
    if (services.door !== undefined) {
      services.door(scope, secrets);
      scope.setErrorHandler((error, request, reply) => {
        const answer = errorReply(error);
        if (answer.status >= 500) request.log.error(error);
        return sendError(reply, answer);
      });
    }
    for (const routes of services.more ?? []) await scope.register(routes);
  });
}

async function addPage(app: FastifyInstance, config: Config): Promise<void> {
  const files = { cacheControl: false, dotfiles: 'ignore', setHeaders: setFileHeaders } as const;
  const builtModels = join(config.web, 'models');
  const models = [config.models, builtModels].filter((folder) => folder !== undefined && existsSync(folder));
  await app.register(fastifyStatic, { ...files, root: config.web });
  app.get('/embed', { schema: { hide: true } }, (_request, reply) => reply.sendFile('embed.html'));
  if (models.length > 0) {
    await app.register(fastifyStatic, {
      ...files,
      root: models as string[],
      prefix: '/models/',
      index: false,
      decorateReply: false,
    });
  }
}
