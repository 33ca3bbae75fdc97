/** A worker's own address: `/v1/windows` for the sessions that other machines hold, for holders of a lease alone. */
import type { AddressInfo } from 'node:net';
import { fastifyWebsocket } from '@fastify/websocket';
import Fastify from 'fastify';
import { SottoError } from '../../shared/errors.ts';
import { type Caller, setCaller } from '../http/caller.ts';
import { errorReply, sendError } from '../http/error-reply.ts';
import { keyOf } from '../http/presented-key.ts';
import type { TranscriptionService } from '../service/port.ts';
import type { RealtimeSettings } from '../settings-realtime.ts';
import { NO_LIMITS } from '../tenants/port.ts';
import { chooseProtocol } from './handshake.ts';
import { socketFailed } from './link.ts';
import { MAX_MESSAGE_BYTES } from './routes.ts';
import { windowRoutes } from './windows-socket.ts';

export interface WindowListenerOptions {
  readonly service: TranscriptionService;
  readonly settings: RealtimeSettings;
  readonly host: string;
  /** 0: any free one */
  readonly port: number;
  /** whether this lease is held by someone; rejects where nobody can tell */
  readonly holds: (lease: string) => Promise<boolean>;
}

export interface WindowListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Who holds a session decides when it ends: here it may be silent for as long as it lasts. */
const IDLE_MS = 7 * 24 * 3_600_000;

/** Rejects where the port or address cannot be had. */
export async function openWindowListener(options: WindowListenerOptions): Promise<WindowListener> {
  const { service, host, port, holds } = options;
  const settings = { ...options.settings, idleMs: IDLE_MS };
  const app = Fastify({ forceCloseConnections: true, requestTimeout: 10_000 });
  app.setErrorHandler((error, _request, reply) => sendError(reply, errorReply(error)));
  // Before any check: it ends what was refused.
  await app.register(fastifyWebsocket, {
    errorHandler: socketFailed,
    options: { maxPayload: MAX_MESSAGE_BYTES, handleProtocols: chooseProtocol },
  });
  app.addHook('onRequest', async (request) => {
    const lease = keyOf(request);
    if (lease === undefined || !(await holds(lease))) throw new SottoError('key_refused');
    const [, weight, id] = /^(\d+(?:\.\d+)?) (\S+)$/.exec(String(request.headers[TENANT_HEADER] ?? '')) ?? [];
    if (id !== undefined) setCaller(request, guestOf(decodeURIComponent(id), Number(weight)));
  });
  await app.register(async (scope) => windowRoutes(scope, { service, settings }), { prefix: '/v1' });
  await app.listen({ host, port });
  return {
    port: (app.server.address() as AddressInfo).port,
    close: () => app.close(),
  };
}

/** Weight and id: whose windows they are, so that tenants share this engine as they share any other. */
export const TENANT_HEADER = 'x-sotto-tenant';

/** Counted where it came in, and not here again. */
function guestOf(id: string, weight: number): Caller {
  const held = {
    id,
    measure: () => Promise.resolve(),
    release: () => Promise.resolve(),
    revoked: new AbortController().signal,
  };
  return {
    tenant: {
      ...{ id, weight, name: id, scopes: ['live'], limits: NO_LIMITS },
      ...{ allowedModels: undefined, allowedOrigins: undefined },
    },
    holdJob: () => Promise.resolve(held),
    holdSession: () => Promise.resolve(held),
  };
}
