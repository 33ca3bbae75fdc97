/** The gate at the door: a place in line is taken before the body is read, and given back on every way out. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SottoError } from '../../shared/errors.ts';
import type { RequestService, Reservation } from '../service/port.ts';

const places = new WeakMap<FastifyRequest, Reservation>();

/** Rejects with what `reserve` throws. */
export async function takePlace(
  service: RequestService,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const reservation = await service.reserve();
  places.set(request, reservation);
  const giveBack = () => {
    if (places.get(request) === reservation) reservation.release();
  };
  // Whatever happens, the answer or the connection ends; it may have ended while the place was asked for.
  if (reply.raw.closed) giveBack();
  else reply.raw.once('close', giveBack);
}

/** The place outlives the request: from now on it is the caller's to use or give back. undefined: it took none. */
export function keepPlace(request: FastifyRequest): Reservation | undefined {
  const place = places.get(request);
  places.delete(request);
  return place;
}

export function placeOf(request: FastifyRequest): Reservation {
  const place = places.get(request);
  if (place === undefined) throw new SottoError('internal', 'a transcription without a place in line');
  return place;
}

/** Aborted when the client goes away before its answer is complete. */
export function clientGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** RFC 7240: the client would rather have an address to ask than wait. */
export function prefersAsync({ headers }: FastifyRequest): boolean {
  return [headers.prefer ?? []]
    .flat()
    .some((line) => line.split(/[,;]/).some((word) => word.trim().toLowerCase() === 'respond-async'));
}
