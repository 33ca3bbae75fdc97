/** `/v1/windows`: windows that a page has cut itself, and their readings. */
import type { FastifyInstance } from 'fastify';
import type { ServerMessage } from '../../shared/protocol/window-session.ts';
import { WINDOW_PROTOCOL } from '../../shared/protocol/window-session.ts';
import type { RequestService } from '../service/port.ts';
import type { RealtimeSettings } from '../settings-realtime.ts';
import { askForPlace, placeOf, takePlace, upgradeRequired } from './handshake.ts';
import { CLOSE, createLink } from './link.ts';
import { createWindowSession } from './window-session.ts';

export interface WindowRoutesOptions {
  readonly service: RequestService;
  readonly settings: RealtimeSettings;
}

export function windowRoutes(app: FastifyInstance, { service, settings }: WindowRoutesOptions): void {
  const model = (): string => service.status().models[0]?.id ?? '';
  app.route({
    method: 'GET',
    url: '/windows',
    schema: {
      tags: ['live'],
      summary: 'WebSocket: windows of speech and their readings (docs/realtime.md).',
    },
    preHandler(request, _reply, done) {
      if (request.ws) takePlace(service, request, model());
      else askForPlace(service, model());
      done();
    },
    handler: (_request, reply) => upgradeRequired(reply, WINDOW_PROTOCOL),
    wsHandler(socket, request) {
      const { session: first, controller } = placeOf(request);
      const send = (message: ServerMessage) => link.send(message);
      const windows = createWindowSession({
        first,
        reopen: (options) => service.openSession({ ...options, signal: controller.signal }),
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
      link.gone.addEventListener('abort', () => {
        windows.close();
        controller.abort();
      });
    },
  });
}
