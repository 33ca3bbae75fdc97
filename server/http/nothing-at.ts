/** What is said where there is no route: 404, or 405 with the methods that there are. */
import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from './api-error.ts';

/** methods by the pattern of an address */
export type KnownRoutes = ReadonlyMap<string, readonly string[]>;

/** Notes every route that is registered from now on. */
export function watchRoutes(app: FastifyInstance): KnownRoutes {
  const known = new Map<string, string[]>();
  app.addHook('onRoute', ({ url, method, config }) => {
    if (config !== CATCH_ALL) known.set(url, [...(known.get(url) ?? []), ...[method].flat()]);
  });
  return known;
}

/** Marks routes that stand for all that is not there. */
export const CATCH_ALL: FastifyContextConfig = {};

/** Routes of their own, as the page's files would answer otherwise. */
export function catchAll(app: FastifyInstance, known: KnownRoutes): void {
  for (const url of ['/', '/*']) {
    app.route({
      url,
      method: app.supportedMethods.filter((method) => method !== 'OPTIONS'),
      schema: { hide: true },
      config: CATCH_ALL,
      // Before the body: nobody wants it.
      onRequest(request, reply) {
        const nothing = nothingAt(request, known);
        if (nothing.allow !== '') reply.header('allow', nothing.allow);
        throw nothing;
      },
      handler: () => undefined,
    });
  }
}

class NothingAt extends ApiError {
  /** for the `allow` header; '' for a 404 */
  readonly allow: string;

  constructor(allow: readonly string[]) {
    if (allow.length === 0) super('not_found', 'no route');
    else super('bad_request', 'method', { status: 405, wireCode: 'method_not_allowed' });
    this.allow = allow.join(', ');
  }
}

function nothingAt(request: Pick<FastifyRequest, 'url' | 'method'>, known: KnownRoutes): NothingAt {
  const path = request.url.split('?')[0] ?? '';
  const allow = [...known].flatMap(([url, methods]) => (fits(url, path) ? methods : []));
  return new NothingAt([...new Set(allow)]);
}

/** Whether an address fits a route's pattern: `:name` is one step, `*` is the rest, which may not be empty. */
function fits(pattern: string, path: string): boolean {
  const steps = pattern.split('/');
  const given = path.split('/');
  const rest =
    steps.at(-1) === '*'
      ? given.length >= steps.length && given.at(-1) !== ''
      : given.length === steps.length;
  return rest && steps.every((step, index) => step === '*' || step.startsWith(':') || step === given[index]);
}
