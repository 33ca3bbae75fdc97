/** What is said where there is no route: 404, or 405 with the methods that there are. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from './api-error.ts';

/** methods by the pattern of an address */
export type KnownRoutes = ReadonlyMap<string, readonly string[]>;

/** Notes every route that is registered from now on. */
export function watchRoutes(app: FastifyInstance): KnownRoutes {
  const known = new Map<string, string[]>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = [method].flat();
    if (methods.includes('OPTIONS')) return;
    known.set(url, [...(known.get(url) ?? []), ...methods]);
  });
  return known;
}

export class NothingAt extends ApiError {
  /** for the `allow` header; '' for a 404 */
  readonly allow: string;

  constructor(allow: readonly string[]) {
    if (allow.length === 0) super('not_found', 'no route');
    else super('bad_request', 'method', { status: 405, wireCode: 'method_not_allowed' });
    this.allow = allow.join(', ');
  }
}

export function nothingAt(request: Pick<FastifyRequest, 'url' | 'method'>, known: KnownRoutes): NothingAt {
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
