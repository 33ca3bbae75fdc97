/**
 * /openapi.json and /docs. Must be registered before the routes that it describes. Nothing where the app that these
 * routes are a part of describes its routes itself.
 */
import { fastifySwagger } from '@fastify/swagger';
import { fastifySwaggerUi } from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

/** Of the routes, not of the server. */
const API_VERSION = '1';

/** Swagger UI styles its elements in place, and draws with images in data addresses. Nothing from elsewhere. */
const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ');

export async function openApi(app: FastifyInstance): Promise<void> {
  if (app.hasDecorator('swagger')) return;
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sotto',
        version: API_VERSION,
        description:
          'Speech to text. The routes under /v1 are those of OpenAI; their clients work unchanged.',
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'audio' },
        { name: 'models' },
        { name: 'jobs' },
        { name: 'live' },
        { name: 'keys' },
        { name: 'server' },
      ],
    },
    transform: ({ schema, url }) => ({ schema, url: url.replace('/models/*', '/models/:model') }),
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_POLICY,
    theme: { title: 'Sotto API' },
    uiConfig: { validatorUrl: null, deepLinking: true },
  });
  app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) =>
    reply.header('cache-control', 'no-cache').send(app.swagger()),
  );
}
