import type { FastifyInstance } from 'fastify';

/** What the page cannot know when it is built. */
export interface AppConfig {
  /** base address of the model hub, without a slash at its end */
  readonly hub: string;
  /** what this server reads itself, for pages that ask it to; nothing where it serves the page only */
  readonly server?: { readonly windows: true; readonly model: string };
}

export function appConfigRoute(app: FastifyInstance, config: AppConfig): void {
  const answer: AppConfig = {
    hub: config.hub,
    ...(config.server === undefined ? {} : { server: config.server }),
  };
  app.get('/app-config.json', { schema: { hide: true } }, (_request, reply) =>
    reply.header('cache-control', 'no-store').send(answer),
  );
}
