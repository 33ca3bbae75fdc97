/**
 * By which names this server may be asked. A site can let its own name point to this machine (DNS rebinding): for the
 * browser that page is then the server's own, and only the name in `Host` still tells them apart.
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { SottoError } from '../../shared/errors.ts';

/** Throws `host_refused`, or `bad_request` for two hosts. */
export function checkHosts(app: FastifyInstance, names: readonly string[]): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (hasTwoHosts(request.raw)) {
      // What follows on this connection may be another's.
      reply.header('connection', 'close');
      done(new SottoError('bad_request', 'two hosts'));
    } else done(hostAllowed(request.headers.host, names) ? undefined : new SottoError('host_refused'));
  });
}

/** Of a request as it came. Two are a sign of someone between who reads another one than we do (RFC 9112 3.2). */
const hasTwoHosts = ({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): boolean =>
  rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length > 1;

/** Listed to take any name. */
export const ANY_HOST = '*';

/** Addresses, and the names that always mean this machine, pass: no site can be called so. */
export function hostAllowed(header: string | undefined, names: readonly string[]): boolean {
  // HTTP/1.0 may leave it out; no browser does.
  if (header === undefined || names.includes(ANY_HOST)) return true;
  const [, address, name = ''] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d*)?$/i.exec(header) ?? [];
  if (address !== undefined) return isIP(address) === 6;
  const host = name.toLowerCase().replace(/\.$/, '');
  return isIP(host) === 4 || host === 'localhost' || host.endsWith('.localhost') || names.includes(host);
}

/** What a server that was not told listens to: who is reached by the loopback interface alone has no other names. */
export const usualHosts = (listensOn: string): readonly string[] => (isLoopback(listensOn) ? [] : [ANY_HOST]);

/** Whether only this machine can reach what listens there. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
