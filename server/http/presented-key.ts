/** The key that a request shows. */
import type { FastifyRequest } from 'fastify';

const KEY_PROTOCOL = 'openai-insecure-api-key.';

/** From `Authorization` or, as browsers cannot set that for a WebSocket, from a subprotocol. */
export function keyOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return bearer ?? offered.find((name) => name.startsWith(KEY_PROTOCOL))?.slice(KEY_PROTOCOL.length);
}
