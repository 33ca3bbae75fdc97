/** `/v1/windows`: windows that a page has cut itself, and their readings. */
import type { FastifyInstance } from 'fastify';
import { SottoError } from '../../shared/errors.ts';
import type { ServerMessage } from '../../shared/protocol/window-session.ts';
import { WINDOW_PROTOCOL } from '../../shared/protocol/window-session.ts';
import { modelsFor, ownerOf } from '../http/caller.ts';
import type { RequestService } from '../service/port.ts';
import type { RealtimeSettings } from '../settings-realtime.ts';
import { askForPlace, placeOf, takePlace, upgradeRequired, usualModel } from './handshake.ts';
import { CLOSE, createLink } from './link.ts';
import { createWindowSession } from './window-session.ts';

export interface WindowRoutesOptions {
  readonly service: RequestService;
  readonly settings: RealtimeSettings;
}

export function windowRoutes(app: FastifyInstance, { service, settings }: WindowRoutesOptions): void {
  app.route({
    method: 'GET',
    url: '/windows',
    schema: {
      tags: ['live'],
      summary: 'WebSocket: windows of speech and their readings (docs/realtime.md).',
    },
    async preHandler(request) {
      const model = usualModel(service, request);
      if (request.ws) await takePlace(service, request, model);
      else await askForPlace(service, request, model);
    },
    handler: (_request, reply) => upgradeRequired(reply, WINDOW_PROTOCOL),
    wsHandler(socket, request) {
      const { session: first, controller, revoked } = placeOf(request);
      const send = (message: ServerMessage) => link.send(message);
      const windows = createWindowSession({
        first,
        reopen(options) {
          if (!modelsFor(request, service.status()).some(({ id }) => id === options.model)) {
            throw new SottoError('model_unknown', options.model);
          }
          return service.openSession({ ...options, signal: controller.signal, ...ownerOf(request) });
        },
        inFlight: settings.inFlight,
        send,
        end: (error, code = CLOSE.policy) => link.end(code, error),
      });
      const link = createLink({
        socket,
        settings,
        onMessage: windows.receive,
        onEnding: (error) => send({ type: 'error', error }),
        // A page that closes asks for what is missing over its next line.
        finish: () => Promise.resolve(),
      });
      revoked?.addEventListener('abort', () => link.end(CLOSE.policy, { code: 'key_refused' }));
      link.gone.addEventListener('abort', () => {
        windows.close();
        controller.abort();
      });
    },
  });
}
