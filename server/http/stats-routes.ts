/** `GET /v1/stats`. */
import type { Stats } from '../../shared/protocol/http-jobs.ts';
import { STATS_SCHEMA } from './jobs-schemas.ts';
import type { V1Routes } from './v1.ts';

export function statsRoutes(read: () => Stats): V1Routes {
  return (app) => void app.get('/stats', { schema: STATS_SCHEMA }, read);
}
