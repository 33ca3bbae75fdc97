/** `POST /v1/audio/transcriptions` and `/v1/audio/translations`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Task } from '../../shared/asr/engine.ts';
import type { RequestService } from '../service/port.ts';
import { answerOf, checkRead, serverTiming, warningHeader } from './answers.ts';
import { modelsFor, ownerOf } from './caller.ts';
import { toApiError } from './error-reply.ts';
import { clientGone, placeOf, prefersAsync, takePlace } from './gate.ts';
import { type JobEnd, type JobFacts, jobLine } from './job-line.ts';
import { TRANSCRIPTION_SCHEMA, TRANSLATION_SCHEMA } from './route-schemas.ts';
import { streamTranscription } from './stream-answer.ts';
import { readTranscriptionFields, type TranscriptionParameters } from './transcription-fields.ts';
import { receiveUpload, type Upload, type UploadLimits } from './upload.ts';

/** For `Prefer: respond-async`. Takes the upload over: it keeps it or discards it. */
export type RespondAsync = (
  upload: Upload,
  parameters: TranscriptionParameters,
  request: FastifyRequest,
) => Promise<{ readonly location: string; readonly body: unknown }>;

export interface TranscriptionRoutesOptions {
  readonly service: RequestService;
  readonly limits: UploadLimits;
  readonly aliases: ReadonlyMap<string, string | undefined>;
  readonly keepAliveMs: number;
  readonly respondAsync?: RespondAsync | undefined;
  /** Before the body of such a request is read; rejects with `queue_full` and the like. */
  readonly admitAsync?: ((request: FastifyRequest, reply: FastifyReply) => Promise<void>) | undefined;
}

/** A client that reads nothing of an event stream for so long is taken for gone. */
const STALL_MS = 60_000;

export function transcriptionRoutes(app: FastifyInstance, options: TranscriptionRoutesOptions): void {
  // Forms only: any other body is refused by its type, unread.
  app.removeContentTypeParser(['application/json', 'text/plain']);
  const times = { keepAliveMs: options.keepAliveMs, stallMs: STALL_MS };
  const toAsync = (request: FastifyRequest) =>
    options.respondAsync !== undefined && prefersAsync(request) ? options.respondAsync : undefined;

  const route = (url: string, task: Task, schema: object) =>
    app.post(url, {
      schema,
      // The form is checked field by field, with the parameter's name in the answer.
      validatorCompiler: () => () => true,
      async onRequest(request, reply) {
        // Accepted jobs wait in a line of their own.
        if (toAsync(request) === undefined) await takePlace(options.service, request, reply);
        else await options.admitAsync?.(request, reply);
      },
      handler: (request, reply) => answer(request, reply, task),
    });

  async function answer(request: FastifyRequest, reply: FastifyReply, task: Task) {
    const gone = clientGone(reply);
    let facts: JobFacts = {
      ...{ task, startedAt: performance.now(), upload: undefined, parameters: undefined },
      key: ownerOf(request).tenant?.id,
    };
    const log = (end: JobEnd) => request.log.info(jobLine(facts, end, performance.now()), 'job');
    let upload: Upload | undefined;
    try {
      upload = await receiveUpload(request, options.limits);
      facts = { ...facts, upload };
      const choice = { models: modelsFor(request, options.service.status()), aliases: options.aliases };
      const parameters = readTranscriptionFields(upload.fields, task, choice);
      facts = { ...facts, parameters };
      const respondAsync = toAsync(request);
      if (respondAsync !== undefined) {
        const { location, body } = await respondAsync(upload, parameters, request);
        log({ name: 'accepted' });
        return reply.code(202).headers({ location, 'preference-applied': 'respond-async' }).send(body);
      }
      const place = placeOf(request);
      const job = { path: upload.path, model: parameters.model, options: parameters.options, signal: gone };
      if (parameters.stream) {
        log(await streamTranscription(reply, place, job, { logprobs: parameters.logprobs, times }));
        return reply;
      }
      const result = await place.transcribe(job);
      checkRead(result);
      log({ name: 'done', result });
      // Before the answer: who has it finds nothing of the file left.
      await upload.discard();
      const { mediaType, body } = answerOf(result, parameters);
      return reply
        .headers({ 'server-timing': serverTiming(result), ...warningHeader(result) })
        .type(mediaType)
        .send(body);
    } catch (error) {
      log({ name: 'failed', error: toApiError(error) });
      throw error;
    } finally {
      await upload?.discard();
    }
  }

  route('/audio/transcriptions', 'transcribe', TRANSCRIPTION_SCHEMA);
  route('/audio/translations', 'translate', TRANSLATION_SCHEMA);
}
