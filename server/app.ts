import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fastifyStatic } from '@fastify/static';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyServerOptions } from 'fastify';
import { type Config, type LogLevel, StartError } from './config.ts';
import { appConfigRoute } from './http/app-config.ts';
import { securityHeaders } from './http/headers.ts';
import { notFound } from './http/not-found.ts';
import { setFileHeaders } from './http/static.ts';

/** The whole server, not yet listening. Throws StartError when the page has not been built. */
export async function buildApp(config: Config): Promise<FastifyInstance> {
  if (!existsSync(join(config.web, 'index.html'))) {
    throw new StartError(
      `The page has not been built (no index.html in ${config.web}): run "npm run build".`,
    );
  }
  const headers = securityHeaders(config.hub);
  const app = Fastify({
    ...logging(config.log),
    // Stopping means now: a download in flight can be taken up again with a range request.
    forceCloseConnections: true,
    requestTimeout: 30_000,
    frameworkErrors: (_error, _request, reply: FastifyReply) =>
      reply.code(400).headers(headers).type('text/plain').send('Bad request\n'),
  });
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  app.setNotFoundHandler(notFound);
  app.setErrorHandler((error: Error & { readonly statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error(error);
    reply.code(status).header('cache-control', 'no-store').type('text/plain');
    return reply.send(status >= 500 ? 'Internal error\n' : `${error.message}\n`);
  });

  appConfigRoute(app, config);
  const files = { cacheControl: false, dotfiles: 'ignore', setHeaders: setFileHeaders } as const;
  const builtModels = join(config.web, 'models');
  const models = [config.models, builtModels].filter((folder) => folder !== undefined && existsSync(folder));
  await app.register(fastifyStatic, { ...files, root: config.web });
  if (models.length > 0) {
    await app.register(fastifyStatic, {
      ...files,
      root: models as string[],
      prefix: '/models/',
      index: false,
      decorateReply: false,
    });
  }
  return app;
}

function logging(level: LogLevel): FastifyServerOptions {
  if (level === 'silent') return { logger: false };
  // A query may hold what a person typed, so it is never logged.
  const req = ({ method, url }: { method: string; url: string }) => ({ method, path: url.split('?')[0] });
  return { logger: { level, serializers: { req } } };
}
