/** Live sessions over WebSockets, and short-lived keys for them. */
import type { FastifyInstance } from 'fastify';
import type { V1Routes } from '../http/v1.ts';
import type { EarHost } from '../media/ear-host.ts';
import type { RealtimeSettings } from '../settings-realtime.ts';
import { realtimeRoutes } from './realtime-routes.ts';
import type { Secrets } from './secrets.ts';
import { windowRoutes } from './windows-socket.ts';

export { chooseProtocol } from './handshake.ts';
export { socketFailed } from './link.ts';

/** Of one message: a window of 30 s is 0.96 MB, a second of 24 kHz sound in base64 64 kB. */
export const MAX_MESSAGE_BYTES = 2 * 2 ** 20;

export interface LiveRoutesOptions {
  readonly settings: RealtimeSettings;
  readonly ears: EarHost | undefined;
  readonly secrets: Secrets;
}

export function liveRoutes({ settings, ears, secrets }: LiveRoutesOptions): V1Routes {
  return (app: FastifyInstance, shared) => {
    windowRoutes(app, { service: shared.service, settings });
    if (ears !== undefined) realtimeRoutes(app, { ...shared, settings, ears, secrets });
  };
}
