/** `/v1/realtime` and the keys that let a page in. */
import type { FastifyInstance } from 'fastify';
import { SottoError } from '../../shared/errors.ts';
import {
  type ClientSecretRequest as Asked,
  ClientSecret,
  ClientSecretRequest,
} from '../../shared/protocol/realtime.ts';
import { ApiError } from '../http/api-error.ts';
import { chooseModel, type ModelChoice } from '../http/models.ts';
import { ERROR_RESPONSES } from '../http/route-schemas.ts';
import type { EarHost } from '../media/ear-host.ts';
import type { RequestService } from '../service/port.ts';
import type { RealtimeSettings } from '../settings-realtime.ts';
import { askForPlace, keyOf, placeOf, takePlace, upgradeRequired } from './handshake.ts';
import { newId } from './ids.ts';
import { CLOSE, createLink } from './link.ts';
import { createRealtimeSession } from './realtime-session.ts';
import { createSecrets, SECRET_PREFIX } from './secrets.ts';
import { changeConfig, describeSession, firstConfig, type SessionConfig } from './session-config.ts';

export interface RealtimeRoutesOptions {
  readonly service: RequestService;
  readonly aliases: ReadonlyMap<string, string | undefined>;
  readonly settings: RealtimeSettings;
  readonly ears: EarHost;
}

interface Query {
  readonly intent?: string;
  readonly model?: string;
}

export function realtimeRoutes(app: FastifyInstance, options: RealtimeRoutesOptions): void {
  const { service, aliases, settings, ears } = options;
  const secrets = createSecrets();
  const choice = (): ModelChoice => ({ models: service.status().models, aliases });
  const loaded = (): string => service.status().models[0]?.id ?? '';

  /** What the session begins with: a client secret's own settings, else those of the query. */
  function configOf(key: string | undefined, { model }: Query): SessionConfig {
    if (key?.startsWith(SECRET_PREFIX)) return secrets.check(key);
    const first = firstConfig(loaded());
    return model === undefined
      ? first
      : { ...first, model: { name: model, id: chooseModel(model, choice()).id } };
  }

  app.route<{ Querystring: Query }>({
    method: 'GET',
    url: '/realtime',
    schema: {
      tags: ['live'],
      summary: "WebSocket: OpenAI's Realtime protocol, transcription sessions (docs/realtime.md).",
      querystring: {
        type: 'object',
        properties: { intent: { type: 'string' }, model: { type: 'string' } },
      },
    },
    preHandler(request, _reply, done) {
      const { intent } = request.query;
      if (intent !== undefined && intent !== 'transcription') {
        throw new ApiError('bad_request', 'this server transcribes: intent=transcription', {
          param: 'intent',
          wireCode: 'unsupported_value',
        });
      }
      const { model } = configOf(keyOf(request), request.query);
      if (request.ws) takePlace(service, request, model.id);
      else askForPlace(service, model.id);
      done();
    },
    handler: (_request, reply) => upgradeRequired(reply, 'realtime'),
    wsHandler(socket, request) {
      const { session, controller } = placeOf(request);
      const link = createLink({
        socket,
        settings,
        onMessage: (data, isBinary) => live.receive(data, isBinary),
        onEnding: ({ code, detail }) => live.tell(new SottoError(code, detail)),
        finish: () => live.finish(),
      });
      const live = createRealtimeSession({
        session,
        ears,
        config: configOf(keyOf(request), request.query as Query),
        choice,
        settings,
        send: (event) => link.send(event),
        hold: (held) => link.hold(held),
        end(error) {
          const { code, detail } = error;
          const again = code === 'closed' || code === 'too_fast' || code === 'engine_unavailable';
          link.end(
            again ? CLOSE.tryAgain : CLOSE.internal,
            detail === undefined ? { code } : { code, detail },
          );
        },
      });
      link.gone.addEventListener('abort', () => {
        live.close();
        controller.abort();
      });
    },
  });

  app.post<{ Body: Asked }>(
    '/realtime/client_secrets',
    {
      schema: {
        tags: ['live'],
        summary: 'A short-lived key for one page, bound to the settings of its session.',
        body: ClientSecretRequest,
        response: { 200: ClientSecret, 400: ERROR_RESPONSES[400] },
      },
    },
    ({ body }): ClientSecret => {
      const config = changeConfig(firstConfig(loaded()), body.session ?? {}, choice());
      const seconds = body.expires_after?.seconds;
      const secret = secrets.create(config, seconds === undefined ? settings.secretMs : seconds * 1_000);
      return {
        value: secret.value,
        expires_at: secret.expiresAt,
        session: describeSession(config, newId('sess'), secret.expiresAt),
      };
    },
  );
}
