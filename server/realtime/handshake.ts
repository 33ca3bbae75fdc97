/** Before a WebSocket is one: who asks, and whether there is a place. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SottoError } from '../../shared/errors.ts';
import { WINDOW_PROTOCOL } from '../../shared/protocol/window-session.ts';
import type { RequestService, ServiceSession } from '../service/port.ts';

const KEY_PROTOCOL = 'openai-insecure-api-key.';

/** The subprotocol that is agreed on: never one that carries a key. */
export function chooseProtocol(offered: ReadonlySet<string>): string | false {
  return [WINDOW_PROTOCOL, 'realtime'].find((known) => offered.has(known)) ?? false;
}

/** The key, from `Authorization` or, as browsers cannot set that, from a subprotocol. */
export function keyOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1];
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return bearer ?? offered.find((name) => name.startsWith(KEY_PROTOCOL))?.slice(KEY_PROTOCOL.length);
}

export interface Place {
  readonly session: ServiceSession;
  /** ends the session, whatever it waits for */
  readonly controller: AbortController;
}

const places = new WeakMap<FastifyRequest, Place>();

/** Takes a place for the length of the connection. Throws as `openSession`. */
export function takePlace(service: RequestService, request: FastifyRequest, model: string): void {
  const controller = new AbortController();
  const session = service.openSession({ model, priority: 'live', signal: controller.signal });
  places.set(request, { session, controller });
  // Whatever becomes of the handshake.
  request.raw.socket.once('close', () => controller.abort());
}

export function placeOf(request: FastifyRequest): Place {
  const place = places.get(request);
  if (place === undefined) throw new SottoError('internal', 'a session without a place');
  return place;
}

/** Whether there would be a place now. Throws as `openSession`. */
export function askForPlace(service: RequestService, model: string): void {
  const asked = new AbortController();
  service.openSession({ model, priority: 'live', signal: asked.signal }).leave();
}

/** To those who did not ask for a WebSocket. */
export function upgradeRequired(reply: FastifyReply, protocol: string): FastifyReply {
  return reply
    .code(426)
    .headers({ upgrade: 'websocket', connection: 'upgrade', 'cache-control': 'no-store' })
    .type('application/json; charset=utf-8')
    .send({
      error: {
        message: `Connect here with a WebSocket (subprotocol ${protocol}).`,
        type: 'invalid_request_error',
        param: null,
        code: 'upgrade_required',
      },
    });
}
