/** The body of a request that is answered before it was read: asked for late, or read away for a while. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long the rest of a refused body is read away. */
const LINGER_MS = 5_000;

/** Between chunks of up to 64 KiB: some 12 MB a second of each connection. */
const BREATH_MS = 5;

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
    else if (hasBody(request.raw)) closeGently(request.raw, LINGER_MS);
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

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * Where the connection ends with this answer (HTTP/1.0, `connection: close`; nginx's way by default), Node closes
 * both directions at once, and bytes still on their way make that a reset, which can overtake the answer. So only
 * ours is closed while the client still sends.
 */
function closeGently(request: IncomingMessage, ms: number): void {
  const { socket } = request;
  const known = latest.has(socket);
  latest.set(socket, request);
  if (known) return;
  const atOnce = socket.destroySoon.bind(socket);
  socket.destroySoon = () => {
    const last = latest.get(socket);
    if (last === undefined || last.complete || last.destroyed) atOnce();
    else {
      socket.end();
      readAway(last, ms);
    }
  };
}

/** the last request with a body of each connection */
const latest = new WeakMap<Socket, IncomingMessage>();

/**
 * What is still coming is read away, as clients may send all before they read and would see a reset instead of the
 * answer. Not for ever.
 */
function readAway(request: IncomingMessage, ms: number): void {
  if (request.complete || request.destroyed) return;
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), ms);
  let breath: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(timer);
    clearTimeout(breath);
  };
  request.once('close', stop).once('end', stop);
  // A little at a time: those who still wait for an answer go first.
  request.on('data', () => {
    request.pause();
    breath = setTimeout(() => request.resume(), BREATH_MS);
  });
  // A listener alone does not start what was paused when its reader gave up.
  request.resume();
}
