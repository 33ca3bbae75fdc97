/** Jobs from their place in line to their end: each is admitted, read, and told how it ended. */
import { SottoError, toSottoError } from '../../shared/errors.ts';
import type { Clock, Lease, QueuePlace, Share, Ticket } from '../../shared/queue/port.ts';
import type { EnginePool, JobClaim } from '../pool/port.ts';
import type { FilePoison } from './file-poison.ts';
import type { Reservation, ServiceEvent, TranscribeRequest, TranscribeResult } from './port.ts';
import { type JobRecord, type OwnedRequest, type ReadingBench, readFile } from './read-file.ts';

export interface ReservationsParts {
  readonly pool: Pick<EnginePool, 'claimJob'>;
  readonly poison: FilePoison;
  readonly benchFor: (model: string) => ReadingBench;
  readonly maxWaitMs: number;
  readonly clock: Clock;
  readonly emit: (event: ServiceEvent) => void;
  /** aborted when the service ends */
  readonly closed: AbortSignal;
}

export interface Owner {
  readonly force: boolean;
  readonly tenant: Share;
}

/** A ticket as the service gives it: used once, with what its job turns out to need. */
export function createReservations(parts: ReservationsParts): (ticket: Ticket, owner: Owner) => Reservation {
  const { poison, clock, emit } = parts;

  function reservation(ticket: Ticket, { force, tenant }: Owner): Reservation {
    // Before its fields are read, nobody knows its model.
    let claim: JobClaim | undefined;
    const withModel = ({ position, etaMs }: QueuePlace): QueuePlace => ({
      position,
      etaMs: claim === undefined ? etaMs : claim.etaMs(etaMs),
    });
    const claimed = (model: string): JobClaim => {
      claim = parts.pool.claimJob(model, { force, placeFree: () => ticket.placeFree });
      return claim;
    };
    return {
      async transcribe(request) {
        const { onPlace } = request;
        const told = onPlace === undefined ? {} : { onPlace: (at: QueuePlace) => onPlace(withModel(at)) };
        try {
          return await transcribe({ ...request, tenant, ...told }, ticket, claimed);
        } finally {
          claim?.release();
        }
      },
      release: () => ticket.release(),
      get place() {
        return withModel(ticket.place);
      },
    };
  }

  async function transcribe(
    request: OwnedRequest,
    ticket: Ticket,
    claimed: (model: string) => JobClaim,
  ): Promise<TranscribeResult> {
    const record: JobRecord = { inferenceMs: 0, decodeMs: 0, seconds: 0 };
    const signal = AbortSignal.any([request.signal, parts.closed]);
    const came = clock.now();
    let lease: Lease | undefined;
    let waitMs = 0;
    const told = () => ({ waitMs, decodeMs: record.decodeMs, inferenceMs: record.inferenceMs });
    try {
      const claim = claimed(request.model);
      await poison.refuse(request.path, signal);
      lease = await ticket.enter(waitOptions(request, claim, signal));
      waitMs = clock.now() - came;
      request.onStart?.();
      await claim.ready(signal);
      const result = await read(request, record, lease, signal);
      lease.leave('done');
      emit({ type: 'job', end: 'done', ...told(), audioSeconds: result.duration });
      return { ...result, timings: told() };
    } catch (thrown) {
      const error = reasonOf(thrown, request.signal);
      const cancelled = error.code === 'cancelled';
      if (lease === undefined) {
        ticket.release();
        waitMs = clock.now() - came;
        if (!cancelled) emit({ type: 'refused', reason: error.code });
      }
      lease?.leave(cancelled ? 'cancelled' : 'failed');
      const end = cancelled ? 'cancelled' : lease === undefined ? 'refused' : 'failed';
      emit({ type: 'job', end, code: error.code, ...told(), audioSeconds: record.seconds });
      throw error;
    }
  }

  async function read(request: OwnedRequest, record: JobRecord, lease: Lease, signal: AbortSignal) {
    const began = clock.now();
    const onProgress: TranscribeRequest['onProgress'] = (progress) => {
      const { doneSeconds: done, totalSeconds: total } = progress;
      if (total !== undefined && done > 0) lease.expect(((clock.now() - began) / done) * (total - done));
      request.onProgress?.(progress);
    };
    try {
      return await readFile({ ...request, onProgress }, parts.benchFor(request.model), record, signal);
    } catch (thrown) {
      if (toSottoError(thrown).code === 'poison') await poison.remember(request.path, signal);
      throw thrown;
    }
  }

  function reasonOf(thrown: unknown, asked: AbortSignal): SottoError {
    if (asked.aborted) return new SottoError('cancelled', undefined, { cause: thrown });
    return parts.closed.aborted ? new SottoError('closed') : toSottoError(thrown);
  }

  function waitOptions(
    { onPlace, maxWaitMs = parts.maxWaitMs }: TranscribeRequest,
    { tryBegin, graceMs }: JobClaim,
    signal: AbortSignal,
  ) {
    return {
      signal,
      maxWaitMs: maxWaitMs + graceMs,
      ...(onPlace === undefined ? {} : { onPlace }),
      ...(tryBegin === undefined ? {} : { tryBegin }),
    };
  }

  return reservation;
}
