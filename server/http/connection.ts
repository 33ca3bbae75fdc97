/** The body of a request that is answered before it was read: asked for late, or read away for a while. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** How long the rest of a refused body is read away. */
const LINGER_MS = 5_000;

/**
 * `Expect: 100-continue` is answered only when the body is wanted: a client that is refused then sends none. And a
 * client that is answered before all of its body was read sees the answer.
 */
export function politeConnections(app: FastifyInstance): void {
  app.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    waiting.set(request, response);
    app.routing(request, response);
  });
  app.addHook('preParsing', (request, _reply, _payload, done) => {
    sendContinue(request.raw);
    done();
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    // The client still waits to be asked for its body: nothing may follow on this connection.
    if (waiting.has(request.raw)) reply.header('connection', 'close');
    done();
  });
  app.addHook('onResponse', (request, _reply, done) => {
    readAway(request.raw, LINGER_MS);
    done();
  });
}

const waiting = new WeakMap<IncomingMessage, ServerResponse>();

function sendContinue(request: IncomingMessage): void {
  const response = waiting.get(request);
  waiting.delete(request);
  if (response !== undefined && !response.headersSent) response.writeContinue();
}

/**
 * What is still coming is read away, as clients may send all before they read and would see a reset instead of the
 * answer. Not for ever.
 */
function readAway(request: IncomingMessage, ms: number): void {
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.socket.destroy(), ms);
  request.once('close', () => clearTimeout(timer)).once('end', () => clearTimeout(timer));
  request.resume();
}
