/** `/v1/realtime` and the keys that let a page in. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type ErrorCode, SottoError } from '../../shared/errors.ts';
import {
  type ClientSecretRequest as Asked,
  ClientSecret,
  ClientSecretRequest,
} from '../../shared/protocol/realtime.ts';
import { ApiError } from '../http/api-error.ts';
import { modelsFor, ownerOf } from '../http/caller.ts';
import { chooseModel, type ModelChoice } from '../http/models.ts';
import { keyOf } from '../http/presented-key.ts';
import { ERROR_RESPONSES } from '../http/route-schemas.ts';
import type { EarHost } from '../media/ear-host.ts';
import type { RequestService } from '../service/port.ts';
import type { RealtimeSettings } from '../settings-realtime.ts';
import { askForPlace, placeOf, takePlace, upgradeRequired, usualModel } from './handshake.ts';
import { newId } from './ids.ts';
import { CLOSE, createLink } from './link.ts';
import { createRealtimeSession } from './realtime-session.ts';
import { isClientSecret, type Secrets } from './secrets.ts';
import { changeConfig, describeSession, firstConfig, type SessionConfig } from './session-config.ts';

/** What may be over the next time. */
const AGAIN: readonly ErrorCode[] = ['closed', 'too_fast', 'engine_unavailable', 'queue_timeout'];

export interface RealtimeRoutesOptions {
  readonly service: RequestService;
  readonly aliases: ReadonlyMap<string, string | undefined>;
  readonly settings: RealtimeSettings;
  readonly ears: EarHost;
  readonly secrets: Secrets;
}

interface Query {
  readonly intent?: string;
  readonly model?: string;
}

export function realtimeRoutes(app: FastifyInstance, options: RealtimeRoutesOptions): void {
  const { service, aliases, settings, ears, secrets } = options;
  const choiceFor = (request: FastifyRequest) => (): ModelChoice => ({
    models: modelsFor(request, service.status()),
    aliases,
  });

  /** What the session begins with: a client secret's own settings, else those of the query. */
  async function firstOf(request: FastifyRequest, { model }: Query): Promise<SessionConfig> {
    const key = keyOf(request);
    if (key !== undefined && isClientSecret(key)) return secrets.check(key);
    const first = firstConfig(usualModel(service, request));
    return model === undefined
      ? first
      : { ...first, model: { name: model, id: chooseModel(model, choiceFor(request)()).id } };
  }

  /** Asked for before the handshake: whoever has a socket must be listened to at once. */
  const begins = new WeakMap<FastifyRequest, SessionConfig>();
  function beginOf(request: FastifyRequest): SessionConfig {
    const first = begins.get(request);
    if (first === undefined) throw new SottoError('internal', 'a session without settings');
    return first;
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
    async preHandler(request) {
      const { intent } = request.query;
      if (intent !== undefined && intent !== 'transcription') {
        throw new ApiError('bad_request', 'this server transcribes: intent=transcription', {
          param: 'intent',
          wireCode: 'unsupported_value',
        });
      }
      const first = await firstOf(request, request.query);
      const { model } = first;
      begins.set(request, first);
      if (request.ws) await takePlace(service, request, model.id);
      else await askForPlace(service, request, model.id);
    },
    handler: (_request, reply) => upgradeRequired(reply, 'realtime'),
    wsHandler(socket, request) {
      const { session, controller, revoked } = placeOf(request);
      const link = createLink({
        socket,
        settings,
        onMessage: (data, isBinary) => live.receive(data, isBinary),
        onEnding: ({ code, detail }) => live.tell(new SottoError(code, detail)),
        finish: () => live.finish(),
      });
      const live = createRealtimeSession({
        session,
        reopen: (model) =>
          service.openSession({ model, priority: 'live', signal: controller.signal, ...ownerOf(request) }),
        ears,
        config: beginOf(request),
        choice: choiceFor(request),
        settings,
        send: (event) => link.send(event),
        hold: (held) => link.hold(held),
        end(error) {
          const { code, detail } = error;
          link.end(
            AGAIN.includes(code) ? CLOSE.tryAgain : CLOSE.internal,
            detail === undefined ? { code } : { code, detail },
          );
        },
      });
      revoked?.addEventListener('abort', () => link.end(CLOSE.policy, { code: 'key_refused' }));
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
    async (request): Promise<ClientSecret> => {
      const { body } = request;
      const first = firstConfig(usualModel(service, request));
      const config = changeConfig(first, body.session ?? {}, choiceFor(request)());
      const seconds = body.expires_after?.seconds;
      const validMs = seconds === undefined ? settings.secretMs : seconds * 1_000;
      const secret = await secrets.create(config, validMs, ownerOf(request).tenant?.id);
      return {
        value: secret.value,
        expires_at: secret.expiresAt,
        session: describeSession(config, newId('sess'), secret.expiresAt),
      };
    },
  );
}
