import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { afterEach, expect, it } from 'vitest';
import { createEventStream, type EventStreamTimes } from '../../server/http/event-stream.ts';
import { until } from '../support/http-world.ts';
import { rawHttp } from '../support/raw-http.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const NEVER = 1e8;

/** A stream over a real connection whose client has asked and reads nothing yet. */
async function begin(times: Partial<EventStreamTimes> = {}) {
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { socket, send } = await rawHttp((server.address() as AddressInfo).port);
  socket.pause();
  const asked = once(server, 'request');
  await send('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const [, raw] = (await asked) as [unknown, ServerResponse];
  const reply = {
    raw,
    hijack: () => reply as never,
    getHeaders: () => ({ 'x-request-id': 'mine' }) as never,
  };
  const stream = createEventStream(reply, { keepAliveMs: NEVER, stallMs: NEVER, ...times });
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.pause();
  return { raw, socket, stream, text: () => text };
}

function eventsOf(text: string): EventSourceMessage[] {
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  // Chunks of a response end in CRLF, lines of the stream in LF.
  const body = text.slice(text.indexOf('\r\n\r\n') + 4).replace(/(?:^|\r\n)[0-9a-f]+\r\n/g, '');
  parser.feed(body);
  return events;
}

const DONE = { type: 'transcript.text.done', text: 'x', usage: { type: 'duration', seconds: 1 } } as const;

it('says nothing, and has no status, before there is something to say', async () => {
  const { raw, stream, socket, text } = await begin();
  expect(stream.opened).toBe(false);
  expect(raw.headersSent).toBe(false);
  stream.delta('One.');
  expect(stream.opened).toBe(true);
  await stream.done(DONE);
  socket.resume();
  await until(() => text().includes('done'));
  expect(text()).toMatch(/^HTTP\/1\.1 200 OK\r\nx-request-id: mine\r\ncontent-type: text\/event-stream/);
  expect(eventsOf(text()).map(({ data }) => JSON.parse(data) as unknown)).toEqual([
    { type: 'transcript.text.delta', delta: 'One.' },
    DONE,
  ]);
});

it('waits for a client that reads slowly, and then says all in few events', async () => {
  const { raw, stream, socket, text } = await begin();
  const deltas = Array.from({ length: 4000 }, (_, index) => `${index} ${'x'.repeat(2000)} `);
  for (const delta of deltas) {
    stream.delta(delta);
    // Time for the connection to take what it can.
    await new Promise((resolve) => setImmediate(resolve));
  }
  // 8 MB were said; what waits within the connection is at most what it took before it was full.
  expect(raw.writableLength).toBeLessThan(100_000);
  socket.resume();
  await stream.done(DONE);
  await until(() => text().includes('transcript.text.done'));
  const events = eventsOf(text()).map(({ data }) => JSON.parse(data) as { type: string; delta?: string });
  expect(events.map(({ delta }) => delta ?? '').join('')).toBe(deltas.join(''));
  expect(events.length).toBeLessThan(deltas.length);
  expect(events.filter(({ type }) => type === 'transcript.text.done')).toHaveLength(1);
});

it('gives up a client that reads nothing', async () => {
  const { raw, stream } = await begin({ stallMs: 50 });
  const closed = once(raw, 'close');
  while (!raw.writableNeedDrain) {
    stream.delta('x'.repeat(100_000));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await closed;
  // Whoever is still reading may go on to the end.
  stream.delta('more');
  await stream.done(DONE);
});

it('keeps a quiet stream alive with comments, which are no events', async () => {
  const { raw, stream, socket, text } = await begin({ keepAliveMs: 10 });
  socket.resume();
  await until(() => text().split(': still reading').length > 3);
  expect(stream.opened).toBe(true);
  await stream.fail({ error: { message: 'm', type: 'server_error', param: null, code: 'internal' } });
  await until(() => raw.closed);
  await until(() => text().includes('event: error'));
  expect(eventsOf(text())).toMatchObject([
    { event: 'error', data: expect.stringContaining('"code":"internal"') },
  ]);
});
