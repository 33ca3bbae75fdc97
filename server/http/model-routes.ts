/** `GET /v1/models` and `/v1/models/ID`. */
import type { FastifyInstance } from 'fastify';
import type { ModelList } from '../../shared/protocol/http.ts';
import type { RequestService } from '../service/port.ts';
import { modelsFor } from './caller.ts';
import { chooseModel, describeModel } from './models.ts';
import { MODEL_SCHEMA, MODELS_SCHEMA } from './route-schemas.ts';

export interface ModelRoutesOptions {
  readonly service: Pick<RequestService, 'status'>;
  readonly aliases: ReadonlyMap<string, string | undefined>;
}

export function modelRoutes(app: FastifyInstance, { service, aliases }: ModelRoutesOptions): void {
  const created = Math.floor(Date.now() / 1000);
  app.get('/models', { schema: MODELS_SCHEMA }, (request): ModelList => {
    const models = modelsFor(request, service.status());
    return { object: 'list', data: models.map((model) => describeModel(model, created)) };
  });
  // A wildcard, as ids of the hub hold a slash.
  app.get<{ Params: { '*': string } }>('/models/*', { schema: MODEL_SCHEMA }, (request) => {
    const models = modelsFor(request, service.status());
    const { served } = chooseModel(request.params['*'], { models, aliases });
    return describeModel(served, created);
  });
}
