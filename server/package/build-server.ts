import type { FastifyInstance } from 'fastify';
import { buildApp } from '../app.ts';
import { openMachineRoom } from '../machine-room.ts';
import { configOf, type SottoOptions } from './options.ts';

/**
 * The whole server with its page, not yet listening: `app.listen()` does, `app.close()` ends it and its processes.
 * Throws StartError with what is wrong.
 */
export async function buildServer(options: SottoOptions = {}): Promise<FastifyInstance> {
  const config = configOf(options);
  const room = await openMachineRoom(config);
  try {
    const app = await buildApp(config, room.services);
    // Requests have been answered by then.
    app.addHook('onClose', () => room.close());
    return app;
  } catch (thrown) {
    await room.close();
    throw thrown;
  }
}
