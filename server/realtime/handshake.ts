/** Before a WebSocket is one: who asks, and whether there is a place. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SottoError } from '../../shared/errors.ts';
import { WINDOW_PROTOCOL } from '../../shared/protocol/window-session.ts';
import { callerOf, modelsFor, ownerOf } from '../http/caller.ts';
import type { RequestService, ServiceSession } from '../service/port.ts';

/** The subprotocol that is agreed on: never one that carries a key. */
export function chooseProtocol(offered: ReadonlySet<string>): string | false {
  return [WINDOW_PROTOCOL, 'realtime'].find((known) => offered.has(known)) ?? false;
}

export interface Place {
  readonly session: ServiceSession;
  /** ends the session, whatever it waits for */
  readonly controller: AbortController;
  /** aborted when the key that let it in is no longer valid; undefined: it came without */
  readonly revoked: AbortSignal | undefined;
}

const places = new WeakMap<FastifyRequest, Place>();

/** Takes a place for the length of the connection. Throws as `openSession` and `holdSession`. */
export async function takePlace(
  service: RequestService,
  request: FastifyRequest,
  model: string,
): Promise<void> {
  const { socket } = request.raw;
  const controller = new AbortController();
  const held = await callerOf(request)?.holdSession();
  const leave = () => {
    controller.abort();
    void held?.release();
  };
  try {
    if (socket.destroyed) throw new SottoError('cancelled', 'the client went away');
    const { signal } = controller;
    const session = service.openSession({ model, priority: 'live', signal, ...ownerOf(request) });
    places.set(request, { session, controller, revoked: held?.revoked });
  } catch (thrown) {
    leave();
    throw thrown;
  }
  // Whatever becomes of the handshake.
  socket.once('close', leave);
}

export function placeOf(request: FastifyRequest): Place {
  const place = places.get(request);
  if (place === undefined) throw new SottoError('internal', 'a session without a place');
  return place;
}

/** Whether there would be a place now. Throws as `takePlace`. */
export async function askForPlace(
  service: RequestService,
  request: FastifyRequest,
  model: string,
): Promise<void> {
  const held = await callerOf(request)?.holdSession();
  try {
    const { signal } = new AbortController();
    service.openSession({ model, priority: 'live', signal, ...ownerOf(request) }).leave();
  } finally {
    await held?.release();
  }
}

/** The model that a session begins with unless it names one: the first that the caller may use. */
export function usualModel(service: RequestService, request: FastifyRequest): string {
  const [first] = modelsFor(request, service.status());
  return first?.id ?? '';
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
