/** Everything under /v1: who may come in, one shape of error, the routes. */
import { fastifyMultipart } from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ownerOf } from './caller.ts';
import { cors, preflight } from './cors.ts';
import { errorReply, sendError, toApiError } from './error-reply.ts';
import { modelRoutes } from './model-routes.ts';
import { CATCH_ALL, catchAll, watchRoutes } from './nothing-at.ts';
import { type TranscriptionRoutesOptions, transcriptionRoutes } from './transcription-routes.ts';

/** Further routes under the same rules: errors, origins, multipart. What is handed in is shared with the others. */
export type V1Routes = (app: FastifyInstance, shared: V1Shared) => void | Promise<void>;

export type V1Shared = Pick<TranscriptionRoutesOptions, 'service' | 'limits' | 'aliases'>;

export interface V1Options extends TranscriptionRoutesOptions {
  readonly corsOrigins: readonly string[];
  readonly more: readonly V1Routes[];
  /** Asks whose each request is; undefined: nobody is asked. */
  readonly door?: ((app: FastifyInstance) => void) | undefined;
}

export async function v1(app: FastifyInstance, options: V1Options): Promise<void> {
  const { service } = options;
  const fail = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const answer = errorReply(error, service.status(ownerOf(request).tenant).etaMs);
    if (answer.status >= 500 && answer.status !== 503) request.log.error(toApiError(error));
    return sendError(reply, answer);
  };
  const known = watchRoutes(app);

  app.setErrorHandler(fail);
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.addHook('onRequest', (request, reply, done) => {
    cors(request, reply, options.corsOrigins);
    done();
  });
  options.door?.(app);

  await app.register(fastifyMultipart);
  app.options('/*', { schema: { hide: true }, config: CATCH_ALL }, preflight);
  catchAll(app, known);
  await app.register(async (scope) => transcriptionRoutes(scope, options));
  await app.register(async (scope) => modelRoutes(scope, options));
  for (const routes of options.more) await app.register(async (scope) => routes(scope, options));
}
