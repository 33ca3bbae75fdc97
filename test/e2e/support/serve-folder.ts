import { fastifyStatic } from '@fastify/static';
import Fastify from 'fastify';

export interface ServedFolder {
  readonly url: string;
  close(): Promise<void>;
}

/** A plain web server over a folder: files at their own names, no headers beyond their types. */
export async function serveFolder(
  root: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<ServedFolder> {
  const app = Fastify({ forceCloseConnections: true });
  await app.register(fastifyStatic, {
    root,
    setHeaders: (reply) => void reply.headers(headers),
  });
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() };
}
