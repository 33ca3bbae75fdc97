/** Anything thrown becomes OpenAI's error envelope with the headers that clients obey. */
import type { FastifyError, FastifyReply } from 'fastify';
import { ERRORS, SottoError, toSottoError } from '../../shared/errors.ts';
import type { ErrorEnvelope } from '../../shared/protocol/http.ts';
import { typeOfStatus, wireShape } from '../../shared/protocol/http-errors.ts';
import { ApiError } from './api-error.ts';

export interface ErrorReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly envelope: ErrorEnvelope;
}

export const JSON_TYPE = 'application/json; charset=utf-8';

/** Clients obey retry-after up to a minute. */
const LONGEST_MS = 60_000;
const SHORTEST_MS = 250;
/** Before anything was measured. */
const USUAL_MS = 1_000;

/** `etaMs`: how long a newcomer would wait, where that is known. */
export function errorReply(thrown: unknown, etaMs?: number): ErrorReply {
  const error = toApiError(thrown);
  const shape = wireShape(error.code);
  const more = error instanceof ApiError ? error.more : {};
  const status = more.status ?? shape.status;
  return {
    status,
    headers: {
      'cache-control': 'no-store',
      ...(shape.retry === 'never' ? { 'x-should-retry': 'false' } : {}),
      ...(shape.retry === 'wait' && more.retryMs === undefined ? retryHeaders(etaMs) : {}),
      ...(more.retryMs === undefined ? {} : knownRetryHeaders(more.retryMs)),
      // RFC 9110 11.6.1: a 401 says how to come in.
      ...(status === 401 ? { 'www-authenticate': 'Bearer realm="sotto"' } : {}),
      ...(status === 408 ? { connection: 'close' } : {}),
    },
    envelope: {
      error: {
        message: messageOf(error),
        type: typeOfStatus(status),
        param: more.param ?? null,
        code: more.wireCode ?? shape.code,
      },
    },
  };
}

export function sendError(reply: FastifyReply, { status, headers, envelope }: ErrorReply): FastifyReply {
  return reply.code(status).headers(headers).type(JSON_TYPE).send(JSON.stringify(envelope));
}

function retryHeaders(etaMs: number | undefined): Record<string, string> {
  const ms = Math.ceil(Math.min(Math.max(etaMs ?? USUAL_MS, SHORTEST_MS), LONGEST_MS));
  return { 'retry-after': String(Math.max(1, Math.ceil(ms / 1000))), 'retry-after-ms': String(ms) };
}

/** A time that is known is told as it is. Clients do not wait for longer than a minute: they are told not to try. */
function knownRetryHeaders(retryMs: number): Record<string, string> {
  const ms = Math.max(1, Math.ceil(retryMs));
  return {
    'retry-after': String(Math.ceil(ms / 1000)),
    'retry-after-ms': String(ms),
    ...(ms > LONGEST_MS ? { 'x-should-retry': 'false' } : {}),
  };
}

/** Details of our own failures stay in the log: they may name paths. */
function messageOf(error: SottoError): string {
  const { message, next, status } = ERRORS[error.code];
  return `${status < 500 || error instanceof ApiError ? error.message : message} ${next}`;
}

/** Also for what Fastify itself throws; anything else is `internal`. */
export function toApiError(thrown: unknown): SottoError {
  if (thrown instanceof SottoError || !isFastifyError(thrown)) return toSottoError(thrown);
  const { statusCode = 500, message, validation } = thrown;
  if (statusCode === 413) return new ApiError('too_large', 'the body of the request');
  if (statusCode === 415) {
    return new ApiError('bad_request', 'a body of this content-type is not read here', {
      param: 'content-type',
      wireCode: 'unsupported_media_type',
      status: 415,
    });
  }
  if (statusCode >= 500) return toSottoError(thrown);
  const path = validation?.[0]?.instancePath.replace(/^\//, '').replaceAll('/', '.');
  const missing = validation?.[0]?.params.missingProperty;
  const param = typeof missing === 'string' ? missing : path || null;
  return new ApiError('bad_request', printable(message), { param });
}

const isFastifyError = (thrown: unknown): thrown is FastifyError =>
  thrown instanceof Error && 'statusCode' in thrown && typeof thrown.statusCode === 'number';

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
