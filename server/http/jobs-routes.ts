/** `POST /v1/jobs` and what can be asked about a job; `Prefer: respond-async` is the same by another door. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fromWire, SottoError } from '../../shared/errors.ts';
import type { ResponseFormat } from '../../shared/protocol/http.ts';
import type { Job, JobAccepted } from '../../shared/protocol/http-jobs.ts';
import type { JobSource, JobSpec, Jobs, JobView } from '../jobs/port.ts';
import type { RequestService } from '../service/port.ts';
import { answerOf, serverTiming, warningHeader } from './answers.ts';
import { ApiError } from './api-error.ts';
import { type Held, modelsFor, ownerOf } from './caller.ts';
import { type Fields, required } from './fields.ts';
import { heldOf, keepPlace, type Place, takePlace } from './gate.ts';
import { acceptedWire, jobAddress, jobWire } from './jobs-answers.ts';
import { LAST_ID, streamJob } from './jobs-events.ts';
import { checkAddress, fieldsOfJson, idempotencyKey, jobSpec, readJobFields } from './jobs-fields.ts';
import { DELETE_SCHEMA, EVENTS_SCHEMA, JOB_SCHEMA, RESULT_SCHEMA, SUBMIT_SCHEMA } from './jobs-schemas.ts';
import type { TranscriptionParameters } from './transcription-fields.ts';
import type { RespondAsync } from './transcription-routes.ts';
import { receiveUpload } from './upload.ts';
import type { V1Routes, V1Shared } from './v1.ts';

export interface JobRoutesOptions {
  readonly keepAliveMs: number;
  /** between two `queue_status`; a second unless given */
  readonly tickMs?: number;
  /** A job was accepted: what is held for it is held until it is finished. */
  readonly follow?: (job: JobView, held: Held | undefined) => void;
}

const MAX_JSON_BYTES = 64 * 1024;
const STALL_MS = 60_000;
/** Repeated requests whose body is read without a place in line. */
const MAX_REPLAYS = 4;

export function createJobRoutes(
  jobs: Jobs,
  service: RequestService,
  { keepAliveMs, tickMs = 1_000, follow = () => {} }: JobRoutesOptions,
) {
  let replays = 0;

  /** Before the body: a place, or a bound of their own for those that repeat what was accepted. */
  async function admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const key = idempotencyKey(request);
    if (key === undefined || !(await jobs.knows(key))) return takePlace(service, request, reply);
    if (replays >= MAX_REPLAYS) throw new SottoError('queue_full');
    replays += 1;
    const over = () => {
      replays -= 1;
    };
    if (reply.raw.closed) over();
    else reply.raw.once('close', over);
  }

  async function submit(request: FastifyRequest, spec: JobSpec, source: JobSource): Promise<JobView> {
    const taken: { place?: Place | undefined } = {};
    let end: 'accepted' | 'not-needed' = 'not-needed';
    try {
      const { view, replayed } = await jobs.submit(spec, source, () => {
        taken.place = keepPlace(request);
        // The job of a repeated request may have been forgotten meanwhile.
        return taken.place?.reservation ?? service.reserve(ownerOf(request));
      });
      if (!replayed) {
        end = 'accepted';
        follow(view, taken.place?.held);
      }
      return view;
    } finally {
      if (end === 'not-needed') await taken.place?.held?.release();
    }
  }

  const specOf = (request: FastifyRequest, parameters: TranscriptionParameters, fields: Fields): JobSpec =>
    jobSpec(parameters, fields, jobs, {
      key: idempotencyKey(request),
      id: heldOf(request)?.id,
      ...ownerOf(request),
    });

  async function receive(request: FastifyRequest, { limits, aliases }: V1Shared): Promise<JobView> {
    const choice = { models: modelsFor(request, service.status()), aliases };
    if (!request.isMultipart()) {
      const fields = fieldsOfJson(request.body);
      const url = required(fields, 'url');
      checkAddress('url', url, jobs);
      const spec = specOf(request, readJobFields(fields, choice), fields);
      await heldOf(request)?.measure(undefined);
      return submit(request, spec, { kind: 'url', url });
    }
    const upload = await receiveUpload(request, limits);
    try {
      const spec = specOf(request, readJobFields(upload.fields, choice), upload.fields);
      await heldOf(request)?.measure(upload.path);
      return await submit(request, spec, { kind: 'file', path: upload.keep(), sha256: upload.sha256 });
    } finally {
      await upload.discard();
    }
  }

  /** Of the caller's own jobs: another's is not there. */
  async function ownJob(request: FastifyRequest, id: string): Promise<JobView | undefined> {
    const view = await jobs.find(id);
    return view?.tenant?.id === ownerOf(request).tenant?.id ? view : undefined;
  }

  async function found(request: FastifyRequest, id: string): Promise<JobView> {
    const view = await ownJob(request, id);
    if (view === undefined) throw new SottoError('job_unknown');
    return view;
  }

  const v1: V1Routes = (app, shared) => {
    app.post('/jobs', {
      schema: SUBMIT_SCHEMA,
      // Checked field by field, with the parameter's name in the answer.
      validatorCompiler: () => () => true,
      bodyLimit: MAX_JSON_BYTES,
      onRequest: admit,
      async handler(request, reply): Promise<JobAccepted> {
        const view = await receive(request, shared);
        reply.code(202).header('location', jobAddress(view.id));
        return acceptedWire(view);
      },
    });

    app.get<OfJob>(
      '/jobs/:id',
      { schema: JOB_SCHEMA },
      async (request): Promise<Job> => jobWire(await found(request, request.params.id)),
    );

    // No HEAD: it would stay open as long as the job.
    const events = { schema: EVENTS_SCHEMA, exposeHeadRoute: false };
    app.get<OfJob>('/jobs/:id/events', events, async (request, reply) => {
      const { id, status } = await found(request, request.params.id);
      const last = [request.headers['last-event-id'] ?? ''].flat()[0] ?? '';
      // An EventSource does not come back after a 204.
      if (last === LAST_ID && status !== 'queued' && status !== 'running') return reply.code(204).send();
      const pending = () => service.status().admission.waiting;
      const times = { tickMs, keepAliveMs, stallMs: STALL_MS };
      return streamJob(reply, { jobs, id, from: segmentsOf(last), pending, ...times });
    });

    app.get<OfJob & { Querystring: { format?: ResponseFormat } }>(
      '/jobs/:id/result',
      { schema: RESULT_SCHEMA },
      async (request, reply) => {
        const view = await found(request, request.params.id);
        const result = await jobs.result(view.id);
        if (result === undefined) {
          if (view.status === 'queued' || view.status === 'running') reply.header('retry-after', '1');
          // Whatever the error is: this job stays as it is.
          else reply.header('x-should-retry', 'false');
          throw whyNoResult(view);
        }
        const { mediaType, body } = answerOf(result, {
          ...view.answer,
          responseFormat: request.query.format ?? view.answer.responseFormat,
        });
        return reply
          .headers({ 'server-timing': serverTiming(result), ...warningHeader(result) })
          .type(mediaType)
          .send(body);
      },
    );

    app.delete<OfJob>('/jobs/:id', { schema: DELETE_SCHEMA }, async (request, reply) => {
      const { id } = request.params;
      const own = (await ownJob(request, id)) !== undefined;
      if (!own || (await jobs.remove(id)) !== 'cancelled') return reply.code(204).send();
      return reply.send(jobWire(await found(request, id)));
    });
  };

  const respondAsync: RespondAsync = async (upload, parameters, request) => {
    const spec = specOf(request, parameters, upload.fields);
    await heldOf(request)?.measure(upload.path);
    const source = { kind: 'file', path: upload.keep(), sha256: upload.sha256 } as const;
    const view = await submit(request, spec, source);
    return { location: jobAddress(view.id), body: acceptedWire(view) };
  };

  return { v1, respondAsync, admitAsync: admit };
}

interface OfJob {
  Params: { readonly id: string };
}

/** How many segments a client has whose last event this was. Throws ApiError for what is no id of ours. */
function segmentsOf(lastEventId: string): number {
  if (/^\d{0,9}$/.test(lastEventId)) return Number(lastEventId);
  throw new ApiError('bad_request', 'last-event-id is not one of this stream', { param: 'last-event-id' });
}

function whyNoResult({ status, error }: JobView): SottoError {
  if (status === 'failed') return fromWire(error ?? { code: 'internal' });
  if (status === 'cancelled') return new ApiError('cancelled', 'the job', { status: 410 });
  return new SottoError('job_unfinished');
}
