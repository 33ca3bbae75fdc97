/** What a job is asked with, as a form or as JSON, becomes what the jobs are told. */
import type { FastifyRequest } from 'fastify';
import { SottoError } from '../../shared/errors.ts';
import type { JobSpec, Jobs, Webhook } from '../jobs/port.ts';
import { ApiError } from './api-error.ts';
import { ownerOf } from './caller.ts';
import { type Fields, invalid, last, oneOf } from './fields.ts';
import type { ModelChoice } from './models.ts';
import { readTranscriptionFields, type TranscriptionParameters } from './transcription-fields.ts';

/** Throws ApiError naming the parameter. `stream` is ignored: a job has its events. */
export function readJobFields(fields: Fields, choice: ModelChoice): TranscriptionParameters {
  const task = oneOf(fields, 'task', ['transcribe', 'translate'] as const) ?? 'transcribe';
  return readTranscriptionFields(new Map([...fields].filter(([name]) => name !== 'stream')), task, choice);
}

export function jobSpec(
  parameters: TranscriptionParameters,
  fields: Fields,
  jobs: Pick<Jobs, 'checkAddress' | 'secretFault'>,
  { key, ...owner }: { readonly key: string | undefined } & Pick<JobSpec, 'tenant' | 'id'>,
): JobSpec {
  const { model, options, task, responseFormat, granularities, logprobs } = parameters;
  return {
    model,
    options,
    answer: { task, responseFormat, granularities, logprobs },
    webhook: readWebhook(fields, jobs),
    idempotencyKey: key,
    ...owner,
  };
}

function readWebhook(fields: Fields, jobs: Pick<Jobs, 'checkAddress' | 'secretFault'>): Webhook | undefined {
  const url = last(fields, 'webhook_url');
  if (!url) return undefined;
  checkAddress('webhook_url', url, jobs);
  const secret = last(fields, 'webhook_secret') || undefined;
  const fault = jobs.secretFault(secret);
  if (fault === 'malformed') throw invalid('webhook_secret', 'whsec_ and the base64 of 24 to 64 bytes');
  if (fault === 'missing') {
    throw new ApiError('bad_request', 'a webhook needs webhook_secret: this server has none of its own', {
      param: 'webhook_secret',
      wireCode: 'missing_required_parameter',
    });
  }
  return { url, secret };
}

/** Throws `address_refused` naming the parameter; what the name resolves to is looked at when it is used. */
export function checkAddress(param: string, url: string, jobs: Pick<Jobs, 'checkAddress'>): void {
  try {
    jobs.checkAddress(url);
  } catch (error) {
    if (!(error instanceof SottoError)) throw error;
    throw new ApiError(error.code, error.detail ?? param, { param });
  }
}

const NAME = 'idempotency-key';
const LONGEST_KEY = 255;

/** One caller's keys are not another's. Throws ApiError for one that no client makes. */
export function idempotencyKey(request: FastifyRequest): string | undefined {
  const key = [request.headers[NAME] ?? []].flat()[0];
  if (key === undefined) return undefined;
  const tenant = ownerOf(request).tenant?.id;
  if (/^[\x20-\x7e]+$/.test(key) && key.length <= LONGEST_KEY) {
    return tenant === undefined ? key : `${tenant}\0${key}`;
  }
  throw invalid(NAME, `1 to ${LONGEST_KEY} printable characters`);
}

/** A JSON body as the fields that a form would have. Throws ApiError where it is no object. */
export function fieldsOfJson(body: unknown): Fields {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError('bad_request', 'the body must be a JSON object with url and model');
  }
  return new Map(
    Object.entries(body)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, (Array.isArray(value) ? value : [value]).map(written)] as const),
  );
}

const written = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
