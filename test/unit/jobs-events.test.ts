import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createParser } from 'eventsource-parser';
import { afterEach, expect, it } from 'vitest';
import { streamJob } from '../../server/http/jobs-events.ts';
import type { JobView } from '../../server/jobs/port.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import { until } from '../support/http-world.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const MANY = 20_000;
const NEVER = 1e8;
const TEXT = 'x'.repeat(1_000);

const view: JobView = {
  ...{ id: 'job_1', status: 'done', model: 'm', createdAt: 0, startedAt: 0, finishedAt: 0, expiresAt: 0 },
  answer: {
    ...{ task: 'transcribe', responseFormat: 'json', logprobs: false },
    granularities: { segment: true, word: false },
  },
  ...{ tenant: undefined, place: undefined, progress: undefined, error: undefined, webhook: 'none' },
};

function segments(from: number, limit: number): Segment[] {
  return Array.from({ length: Math.max(0, Math.min(limit, MANY - from)) }, (_, index) => ({
    ...{ id: from + index, start: from + index, end: from + index + 1, text: TEXT, tokens: [] },
    ...{ avgLogprob: 0, noSpeechProb: 0, compressionRatio: 1 },
  }));
}

/** A client that has asked and reads nothing yet. */
async function begin(stallMs: number, from = 0) {
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const asked = once(server, 'request');
  const request = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  // Nobody reads what is answered before somebody listens.
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  const [, raw] = (await asked) as [unknown, ServerResponse];
  const reply = { raw, hijack: () => reply as never, getHeaders: () => ({}) as never };
  const listeners = new Set<() => void>();
  const jobs = {
    find: () => view,
    segments: (_id: string, at: number, limit: number) => segments(at, limit),
    watch(_id: string, listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const times = { tickMs: NEVER, keepAliveMs: NEVER, stallMs };
  const ended = streamJob(reply, { jobs, id: 'job_1', from, pending: () => 0, ...times });
  const [answer] = await answered;
  // Who is given up sees a reset.
  answer.on('error', () => undefined);
  return { answer, raw, ended, listeners };
}

it('20 MB of segments are never ahead of a client that does not read, and reach it whole when it does', async () => {
  const { answer, raw, ended, listeners } = await begin(NEVER, 5);
  for (let round = 0; round < 50; round += 1) {
    for (const listener of listeners) listener();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(raw.writableLength).toBeLessThan(1_000_000);
  const ids: (string | undefined)[] = [];
  const parser = createParser({ onEvent: ({ id }) => ids.push(id) });
  answer.setEncoding('utf8').on('data', (chunk: string) => parser.feed(chunk));
  await ended;
  await until(() => ids.at(-1) === 'end');
  expect(ids).toEqual([...Array.from({ length: MANY - 5 }, (_, index) => String(index + 6)), 'end']);
  expect(listeners.size).toBe(0);
});

it('a client that reads nothing for long is given up', async () => {
  const { raw, ended, listeners } = await begin(50);
  await ended;
  expect(raw.destroyed).toBe(true);
  expect(listeners.size).toBe(0);
});
