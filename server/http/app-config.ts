import type { FastifyInstance } from 'fastify';
import { originOf } from './cors.ts';
import { FOR_EVERYONE } from './static.ts';

/** Instead of `server`, to pages whose origin may not use /v1: they need not try, nor ask their visitors. */
const REFUSED = { windows: false, refused: 'origin_refused' } as const;

/** What the page cannot know when it is built, on this site or on one that embeds its element. */
export interface AppConfig {
  /** base address of the model hub, without a slash at its end */
  readonly hub: string;
  /** what this server reads with itself, for pages that ask it to, its own first; none: it serves the page only */
  readonly models: () => readonly string[];
}

export function appConfigRoute(
  app: FastifyInstance,
  { hub, models: served }: AppConfig,
  corsOrigins: readonly string[],
): void {
  app.get('/app-config.json', { schema: { hide: true } }, (request, reply) => {
    const models = served();
    const [model, ...others] = models;
    const server = { windows: true, ...(others.length === 0 ? { model } : { models }) } as const;
    const offered = originOf(request, corsOrigins) === 'other' ? REFUSED : server;
    return reply
      .headers({ ...FOR_EVERYONE, vary: 'Origin', 'cache-control': 'no-store' })
      .send({ hub, ...(model === undefined ? {} : { server: offered }) });
  });
}
