import type { FastifyReply, FastifyRequest } from 'fastify';
import { FOR_EVERYONE, isFile } from './static.ts';

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Not found · Sotto</title>
<h1>There is no page at this address</h1>
<p><a href="/">Open Sotto</a></p>
</html>
`;

/** Words for whom they are for: a page for a person who typed an address, a line of text for a program. */
export function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.header('cache-control', 'no-store');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return reply.code(405).header('allow', 'GET, HEAD').type('text/plain').send('Method not allowed\n');
  }
  reply.code(404);
  // Whoever may have a file must be able to tell that it is missing from a connection that failed.
  if (isFile(request.url)) reply.headers(FOR_EVERYONE);
  return !isFile(request.url) && request.headers.accept?.includes('text/html')
    ? reply.type('text/html').send(PAGE)
    : reply.type('text/plain').send('Not found\n');
}
