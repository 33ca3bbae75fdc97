import type { FastifyInstance } from 'fastify';
import { addServices } from '../app.ts';
import { apiHeaders } from '../http/headers.ts';
import { openMachineRoom } from '../machine-room.ts';
import { configOf, type SottoOptions } from './options.ts';

/**
 * The API as a part of another Fastify: `app.register(sottoPlugin, { prefix: '/speech', … })` gives `/speech/v1/…`,
 * `/speech/health`, `/speech/metrics` and `/speech/docs`. The processes end with the app. Its hooks and error handlers
 * touch no other route.
 */
export async function sottoPlugin(app: FastifyInstance, options: SottoOptions): Promise<void> {
  const config = configOf(options);
  const room = await openMachineRoom(config);
  app.addHook('onClose', () => room.close());
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(apiHeaders).header('x-request-id', request.id);
    done();
  });
  // The routes name each other from their own root.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    const location = reply.getHeader('location');
    if (typeof location === 'string' && location.startsWith('/v1/')) {
      reply.header('location', `${app.prefix}${location}`);
    }
    done();
  });
  await addServices(app, config, room.services);
}
