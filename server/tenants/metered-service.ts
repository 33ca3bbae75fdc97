/**
 * The service, with what is read counted for the tenant whose it is. A job's audio is reserved as soon as its length
 * is known and ahead of what is read where it is not, so that the day's sum is not passed; what was read counts.
 */
import { randomUUID } from 'node:crypto';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { type SottoError, toSottoError } from '../../shared/errors.ts';
import type {
  RequestService,
  Reservation,
  ReserveOptions,
  ServiceSession,
  SessionOptions,
  SessionWindow,
  TranscribeRequest,
  TranscribeResult,
  TranscriptionService,
} from '../service/port.ts';
import { type Account, quotaUsed } from './account.ts';
import type { Tenancy } from './tenancy.ts';

/** Of a file that does not say how long it is: so much is reserved beyond what is read. */
const AHEAD_SECONDS = 60;

export function meteredService(inner: TranscriptionService, tenancy: Tenancy): TranscriptionService;
export function meteredService(inner: RequestService, tenancy: Tenancy): RequestService;
export function meteredService(inner: RequestService, tenancy: Tenancy): RequestService {
  const metered = (place: Reservation, { tenant }: ReserveOptions): Reservation => ({
    async transcribe(request) {
      const { jobId } = request;
      // After a restart nobody holds it yet.
      if (jobId !== undefined && tenant !== undefined) await tenancy.resume(jobId, tenant.id);
      return transcribe(place, request, tenancy.account(jobId));
    },
    release: () => place.release(),
    get place() {
      return place.place;
    },
  });
  return {
    ...inner,
    reserve(options = {}) {
      const place = inner.reserve(options);
      return place instanceof Promise
        ? place.then((taken) => metered(taken, options))
        : metered(place, options);
    },
    openSession(options) {
      const session = inner.openSession(options);
      return options.tenant === undefined ? session : meteredSession(session, options, tenancy);
    },
  };
}

async function transcribe(
  place: Reservation,
  request: TranscribeRequest,
  account: Account | undefined,
): Promise<TranscribeResult> {
  if (account === undefined) return place.transcribe(request);
  const { model } = request;
  const over = new AbortController();
  let asked = 0;
  let refusal: SottoError | undefined;
  const ensure = (seconds: number): void => {
    if (seconds <= asked || refusal !== undefined) return;
    asked = seconds;
    account.reserve(seconds).catch((thrown: unknown) => {
      refusal = toSottoError(thrown);
      over.abort(refusal);
    });
  };
  try {
    // Before its turn: who has nothing left need not wait to be told.
    await account.reserve(0);
    const result = await place.transcribe({
      ...request,
      signal: AbortSignal.any([request.signal, over.signal]),
      onProgress(progress) {
        const { doneSeconds, totalSeconds } = progress;
        account.note(doneSeconds, model);
        ensure(Math.max(totalSeconds ?? 0, totalSeconds === undefined ? doneSeconds + AHEAD_SECONDS : 0));
        request.onProgress?.(progress);
      },
    });
    account.note(result.duration, model);
    return result;
  } catch (thrown) {
    place.release();
    throw refusal !== undefined && !request.signal.aborted ? refusal : thrown;
  }
}

/**
 * Each second of sound counts once, though a window is read again and again while it is spoken: readings of the same
 * key count for what they hold beyond those before. So drafts alone are not free either.
 */
function meteredSession(
  session: ServiceSession,
  { tenant, model }: SessionOptions,
  { limits, keys, failed }: Pick<Tenancy, 'limits' | 'keys' | 'failed'>,
): ServiceSession {
  const id = randomUUID();
  const owner = tenant?.id ?? '';
  const counted = createCounted();
  let readings = 0;
  let requests: 0 | 1 = 1;

  async function read(request: SessionWindow) {
    const seconds = request.window.samples.length / SAMPLE_RATE;
    const due = counted.begin(request.kind.key, seconds);
    if (due === 0) return session.read(request);
    readings += 1;
    const asked = requests;
    requests = 0;
    const reservation = { tenant: owner, id: `${id}:${readings}` };
    let read = 0;
    try {
      const perDay = (await keys.find(owner))?.limits.audioSecondsPerDay;
      const answer = await limits.reserveAudio(reservation, due, perDay);
      if (!answer.granted) throw quotaUsed(answer);
      const reading = await session.read(request);
      if (reading !== undefined) read = due;
      return reading;
    } finally {
      if (read === 0) counted.takeBack(request.kind.key, due);
      await limits.settleAudio({ ...reservation, model, seconds: read, requests: asked }).catch(failed);
    }
  }

  return {
    ready: () => session.ready(),
    read,
    get place() {
      return session.place;
    },
    leave: () => session.leave(),
  };
}

/** Windows whose sound is remembered as counted. */
const REMEMBERED = 64;

function createCounted() {
  const seconds = new Map<string, number>();
  return {
    /** What this reading holds beyond what was counted of its window. */
    begin(key: string | undefined, held: number): number {
      if (key === undefined) return held;
      const before = seconds.get(key) ?? 0;
      seconds.set(key, Math.max(before, held));
      const [oldest] = seconds.keys();
      if (seconds.size > REMEMBERED && oldest !== undefined) seconds.delete(oldest);
      return Math.max(0, held - before);
    },
    takeBack(key: string | undefined, due: number): void {
      const now = key === undefined ? undefined : seconds.get(key);
      if (key !== undefined && now !== undefined) seconds.set(key, now - due);
    },
  };
}
