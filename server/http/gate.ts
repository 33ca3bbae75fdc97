/** The gate at the door: a place in line is taken before the body is read, and given back on every way out. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SottoError } from '../../shared/errors.ts';
import type { RequestService, Reservation } from '../service/port.ts';
import { callerOf, type Held, ownerOf } from './caller.ts';

/** In the service's line, and among the caller's jobs where they are counted. */
export interface Place {
  readonly reservation: Reservation;
  readonly held: Held | undefined;
}

const places = new WeakMap<FastifyRequest, Place>();

/** Rejects with what `reserve` and `holdJob` throw. */
export async function takePlace(
  service: RequestService,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const held = await callerOf(request)?.holdJob();
  let place: Place | undefined;
  try {
    if (reply.raw.destroyed) throw new SottoError('cancelled', 'the client went away');
    place = { reservation: await service.reserve(ownerOf(request)), held };
  } finally {
    if (place === undefined) await held?.release();
  }
  const taken = place;
  places.set(request, taken);
  const leave = () => {
    if (places.get(request) === taken) giveBack(taken);
  };
  // Whatever happens, the answer or the connection ends; it may have ended while the place was asked for.
  if (reply.raw.closed) leave();
  else reply.raw.once('close', leave);
}

export function giveBack({ reservation, held }: Place): void {
  reservation.release();
  void held?.release();
}

/** The place outlives the request: from now on it is the caller's to use or give back. undefined: it took none. */
export function keepPlace(request: FastifyRequest): Place | undefined {
  const place = places.get(request);
  places.delete(request);
  return place;
}

/** What the caller's request holds, where its jobs are counted. */
export const heldOf = (request: FastifyRequest): Held | undefined => places.get(request)?.held;

/** For one that is answered when it was read: what is counted of it is counted before the answer. */
export function placeOf(request: FastifyRequest): Reservation {
  const place = places.get(request);
  if (place === undefined) throw new SottoError('internal', 'a transcription without a place in line');
  const { reservation, held } = place;
  if (held === undefined) return reservation;
  return {
    async transcribe(job) {
      try {
        await held.measure(job.path);
        return await reservation.transcribe({ ...job, jobId: held.id });
      } finally {
        reservation.release();
        await held.release();
      }
    },
    release: () => giveBack(place),
    get place() {
      return reservation.place;
    },
  };
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
