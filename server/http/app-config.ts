import type { FastifyInstance } from 'fastify';

/** What the page cannot know when it is built. */
export interface AppConfig {
  /** base address of the model hub, without a slash at its end */
  readonly hub: string;
  /** what this server reads itself, for pages that ask it to; nothing where it serves the page only */
  readonly server?: { readonly windows: true; readonly model: string };
}

/** `model`: what is read with at the moment, if anything is. */
export function appConfigRoute(app: FastifyInstance, hub: string, model: () => string | undefined): void {
  app.get('/app-config.json', { schema: { hide: true } }, (_request, reply) => {
    const id = model();
    const answer: AppConfig = {
      hub,
      ...(id === undefined ? {} : { server: { windows: true, model: id } as const }),
    };
    return reply.header('cache-control', 'no-store').send(answer);
  });
}
