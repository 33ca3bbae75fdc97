/** `GET /v1/usage`: what a key has read, by day and model. */
import { SottoError } from '../../shared/errors.ts';
import { Usage, UsageQuery } from '../../shared/protocol/http-keys.ts';
import { ApiError } from '../http/api-error.ts';
import { callerOf } from '../http/caller.ts';
import { invalid } from '../http/fields.ts';
import { content, ERROR_RESPONSES, failed, never } from '../http/route-schemas.ts';
import type { V1Routes } from '../http/v1.ts';
import { dayOf, type Tenant } from './port.ts';
import type { Tenancy } from './tenancy.ts';

const USUAL_MS = 29 * 86_400_000;

export function usageRoutes({ keys, limits }: Tenancy, wall: () => number = Date.now): V1Routes {
  async function asked(caller: Tenant, other: string | undefined): Promise<Tenant> {
    if (other === undefined || other === caller.id) return caller;
    if (!caller.scopes.includes('admin')) throw new ApiError('scope_missing', 'it needs the scope admin');
    const key = await keys.find(other);
    if (key === undefined) throw new SottoError('key_unknown');
    return key;
  }

  return (app) => {
    app.get<{ Querystring: UsageQuery }>('/usage', { schema: USAGE }, async (request): Promise<Usage> => {
      const { query } = request;
      const caller = callerOf(request)?.tenant;
      if (caller === undefined) throw new SottoError('key_missing');
      const tenant = await asked(caller, query.key);
      const to = query.to ?? dayOf(wall());
      const end = Date.parse(to);
      if (Number.isNaN(end)) throw invalid('to', 'a day, as 2026-01-31');
      const from = query.from ?? dayOf(end - USUAL_MS);
      const [rows, left] = await Promise.all([
        limits.usage(tenant.id, from, to),
        limits.audio(tenant.id, tenant.limits.audioSecondsPerDay),
      ]);
      const { remainingSeconds, resetMs } = left;
      return {
        object: 'sotto.usage',
        key: tenant.id,
        from,
        to,
        data: rows.map(({ day, model, requests, seconds }) => ({
          day,
          model,
          requests,
          audio_seconds: seconds,
        })),
        today: {
          audio_seconds_left: Number.isFinite(remainingSeconds) ? remainingSeconds : null,
          resets_in_seconds: Math.ceil(resetMs / 1_000),
        },
      };
    });
  };
}

const USAGE = {
  tags: ['keys'],
  operationId: 'getUsage',
  summary: 'What this key has read',
  querystring: UsageQuery,
  response: {
    200: content('By day and model, and what is left of today.', { 'application/json': Usage }),
    400: ERROR_RESPONSES[400],
    401: failed('No key, or not a valid one.', never),
  },
};
