/** Answers to what never reaches a route: addresses that cannot be decoded, and bytes that are not HTTP. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from './api-error.ts';
import { errorReply, JSON_TYPE, sendError } from './error-reply.ts';
import { newRequestId } from './request-id.ts';

export const isApi = (url: string | undefined): boolean => url === '/v1' || url?.startsWith('/v1/') === true;

export function badAddress(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!isApi(request.url)) return reply.code(400).type('text/plain').send('Bad request\n');
  return sendError(reply, errorReply(new ApiError('bad_request', 'the address cannot be decoded')));
}

const STATUS: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** The envelope also here: whoever sent this was a program. */
export function badHttp(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS[error.code ?? ''] ?? 400;
  const { envelope } = errorReply(new ApiError('bad_request', BAD_HTTP[status] ?? 'this is not HTTP'));
  const body = JSON.stringify(envelope);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${JSON_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${newRequestId()}`,
    ...(status === 408 ? [] : ['x-should-retry: false']),
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}

const BAD_HTTP: Readonly<Record<number, string>> = {
  408: 'it did not arrive in time',
  431: 'its headers are too large',
};
