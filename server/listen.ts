import type { FastifyInstance } from 'fastify';
import { type Config, StartError } from './config.ts';

/** Starts to listen and gives the address for people. Throws StartError when the port or address cannot be had. */
export async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = LISTEN_ERRORS[code];
    throw why === undefined ? error : new StartError(why({ host, port }));
  }
  const address = app.server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${hostForPeople(host)}:${actual}`;
}

const LISTEN_ERRORS: Readonly<Record<string, (at: Pick<Config, 'host' | 'port'>) => string>> = {
  EADDRINUSE: ({ port }) => `Port ${port} is in use by another program: choose one with --port.`,
  EACCES: ({ port }) => `Port ${port} may not be used by this user: choose one above 1023 with --port.`,
  EADDRNOTAVAIL: ({ host }) => `This machine has no address ${host}: choose another with --host.`,
  ENOTFOUND: ({ host }) => `The host name ${host} is not known: choose another with --host.`,
};

function hostForPeople(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
