import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The client's own, where it is sane; else a new one. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : newRequestId();
}

export const newRequestId = (): string => `req_${randomUUID().replaceAll('-', '')}`;
