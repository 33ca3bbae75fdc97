import { readdirSync, readFileSync } from 'node:fs';
import { connect as connectNet } from 'node:net';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createEarHost, type EarHost } from '../../server/media/ear-host.ts';
import type { TranscriptionService } from '../../server/service/port.ts';
import { createTranscriptionService } from '../../server/service/service.ts';
import { SERVER_EVENTS } from '../../shared/protocol/realtime.ts';
import { type HttpWorld, type HttpWorldOptions, startHttp, until } from '../support/http-world.ts';
import { appends, connect, type LiveClient, type Message, refused, to24k } from '../support/live-client.ts';
import { concat, loadFixture } from '../support/pcm.ts';
import { SERVICE_OPTIONS, VAD_PATH } from '../support/service.ts';

const COMPLETED = 'conversation.item.input_audio_transcription.completed';
const DELTA = 'conversation.item.input_audio_transcription.delta';
const PATH = '/v1/realtime?intent=transcription';
const validators = new Map(
  Object.entries(SERVER_EVENTS).map(([type, schema]) => [type, Compile(schema as TSchema)]),
);

let ears: EarHost;
let speech: Float32Array;
let world: HttpWorld;
const clients: LiveClient[] = [];
beforeAll(async () => {
  ears = createEarHost({ vad: VAD_PATH });
  const quiet = new Float32Array(16_000);
  speech = concat([await loadFixture('us-male-two-sentences.flac'), quiet]);
});
afterAll(() => ears.close());
afterEach(async () => {
  for (const { messages } of clients.splice(0)) {
    for (const message of messages) {
      expect([...(validators.get(message.type)?.Errors(message) ?? ['no schema'])], message.type).toEqual([]);
    }
    checkDeltas(messages);
  }
  await world?.close();
});

/** Joined, the deltas of an item are its transcript. */
function checkDeltas(messages: readonly Message[]): void {
  for (const { item_id, transcript } of messages.filter(({ type }) => type === COMPLETED)) {
    const deltas = messages.filter((message) => message.type === DELTA && message.item_id === item_id);
    expect(deltas.map(({ delta }) => delta).join('')).toBe(transcript);
  }
}

async function join(path = PATH, protocols: readonly string[] = []): Promise<LiveClient> {
  const client = await connect(world.url + path, protocols);
  clients.push(client);
  return client;
}

async function open(options: HttpWorldOptions = {}): Promise<LiveClient> {
  world = await startHttp({
    engine: { textOf: (samples) => `heard ${samples.length > 0}` },
    ...options,
    services: { ears },
  });
  return join();
}

const input = (more: object) => ({
  type: 'session.update',
  session: { type: 'transcription', audio: { input: more } },
});
const byHand = (rate = 24_000) => input({ format: { type: 'audio/pcm', rate }, turn_detection: null });
const transcripts = (client: LiveClient) => client.all(COMPLETED).map(({ transcript }) => transcript);

test('server VAD: turns begin, stop, are committed and completed, in order, with chained items', async () => {
  const client = await open();
  expect((await client.next('session.created')).session).toMatchObject({
    type: 'transcription',
    audio: { input: { format: { rate: 24_000 }, turn_detection: { type: 'server_vad', threshold: 0.5 } } },
  });
  client.send(input({ turn_detection: { type: 'server_vad', silence_duration_ms: 200 } }));
  for (const event of appends(to24k(speech))) client.send(event);
  await until(() => client.all(COMPLETED).length === 2);
  const [first, second] = client.all('input_audio_buffer.committed');
  expect(first?.previous_item_id).toBeNull();
  expect(second?.previous_item_id).toBe(first?.item_id);
  const ofFirst = client.messages.filter(({ item_id }) => item_id === first?.item_id).map(({ type }) => type);
  const steps = ['speech_started', 'speech_stopped', 'committed'].map((name) => `input_audio_buffer.${name}`);
  expect(ofFirst.filter((type) => type !== DELTA)).toEqual([...steps, COMPLETED]);
  expect(transcripts(client)).toEqual(['heard true', 'heard true']);
});

test.each([16_000, 24_000])(
  'a commit by hand at %i Hz is one item; an empty one and what was cleared are none',
  async (rate) => {
    const client = await open();
    client.send(byHand(rate));
    await client.next('session.updated');
    for (const event of appends(rate === 16_000 ? speech : to24k(speech), rate)) client.send(event);
    client.send({ type: 'input_audio_buffer.commit' });
    await client.next(COMPLETED);
    expect(client.all('input_audio_buffer.committed')).toHaveLength(1);
    expect(client.all('input_audio_buffer.speech_started')).toEqual([]);
    expect(transcripts(client)).toEqual(['heard true heard true']);
    client.send({ type: 'input_audio_buffer.commit', event_id: 'mine' });
    expect(await client.next('error')).toMatchObject({
      error: { code: 'input_audio_buffer_commit_empty', event_id: 'mine' },
    });
    for (const event of appends(speech.subarray(0, 16_000), rate)) client.send(event);
    client.send({ type: 'input_audio_buffer.clear' });
    await client.next('input_audio_buffer.cleared');
    for (const event of appends(new Float32Array(rate), rate)) client.send(event);
    client.send({ type: 'input_audio_buffer.commit' });
    await until(() => client.all(COMPLETED).length === 2);
    expect(transcripts(client)[1]).toBe('');
  },
);

test('close right after commit: the transcript still comes before the socket closes', async () => {
  const client = await open();
  client.send(byHand());
  for (const event of appends(to24k(speech))) client.send(event);
  client.send({ type: 'input_audio_buffer.commit' });
  client.socket.close(1000, 'done');
  expect((await client.closed).code).toBe(1000);
  expect(transcripts(client)).toEqual(['heard true heard true']);
  await until(() => world.service.status().admission.active === 0);
});

test('what is wrong with an event is said with its number, and the session goes on', async () => {
  const client = await open();
  client.socket.send('nothing');
  client.send({ type: 'no.such', event_id: 'a' });
  client.send({ type: 'input_audio_buffer.append', event_id: 'b', audio: '*' });
  client.send({ ...input({ transcription: { model: 'none' } }), event_id: 'c' });
  client.send({ ...input({ transcription: { language: 'xx' } }), event_id: 'd' });
  client.send({ type: 'transcription_session.update', session: { turn_detection: null }, event_id: 'e' });
  await client.next('transcription_session.updated');
  const errors = client.all('error').map(({ error }) => error as Message);
  expect(errors.map(({ event_id, code }) => [event_id, code])).toEqual([
    [null, 'invalid_value'],
    ['a', 'invalid_value'],
    ['b', 'invalid_value'],
    ['c', 'model_not_found'],
    ['d', 'invalid_value'],
  ]);
});

test('full: 503 at the handshake with a time; 426 to those who ask in plain HTTP', async () => {
  const client = await open({ maxSessions: 1 });
  await client.next('session.created');
  const full = await refused(world.url + PATH);
  expect(full.status).toBe(503);
  expect(Number(full.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  client.socket.close();
  await until(() => world.service.status().admission.active === 0);
  expect((await fetch(world.url + PATH)).status).toBe(426);
});

test('a client secret carries its session, by subprotocol; one that is unknown is refused', async () => {
  await open();
  const answer = await fetch(`${world.url}/v1/realtime/client_secrets`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ session: { audio: { input: { format: { type: 'audio/pcm', rate: 16_000 } } } } }),
  });
  const { value, expires_at } = (await answer.json()) as { value: string; expires_at: number };
  expect(value).toMatch(/^ek_/);
  expect(expires_at * 1_000).toBeGreaterThan(Date.now());
  const client = await join(PATH, ['realtime', `openai-insecure-api-key.${value}`]);
  expect(client.socket.protocol).toBe('realtime');
  expect(await client.next('session.created')).toMatchObject({
    session: { audio: { input: { format: { rate: 16_000 } } } },
  });
  const other = await refused(world.url + PATH, { headers: { authorization: 'Bearer ek_other' } });
  expect(other.status).toBe(401);
});

test('faster than it is read: slowed, told, and let go where nothing moves; queue_status to who asks', async () => {
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const client = await open({
    engine: { before: () => gate },
    env: {
      ASR_SESSION_BUFFER_SECONDS: '2',
      ASR_SESSION_STALL_SECONDS: '1.5',
      ASR_SESSION_TAIL_SECONDS: '0.1',
    },
  });
  client.send({ type: 'session.update', session: { sotto: { queue_status: true } } });
  for (const event of appends(to24k(speech))) client.send(event);
  expect(await client.closed).toMatchObject({ code: 1013, reason: expect.stringContaining('too_fast') });
  expect(client.all('queue_status')[0]).toMatchObject({ pending: expect.any(Number), eta_ms: null });
  expect(client.all('error').map(({ error }) => (error as Message).code)).toContain('too_fast');
  go();
});

test('the openai client hears a session through', async () => {
  await open();
  const openai = new OpenAI({ baseURL: `${world.url}/v1`, apiKey: 'unused' });
  // It always asks for TLS, which a proxy would end before us.
  const createConnection = () => connectNet(world.port, '127.0.0.1');
  const rt = new OpenAIRealtimeWS({ model: 'sotto-demo-en', options: { createConnection } }, openai);
  const done = new Promise<string>((resolve, reject) => {
    rt.on('error', reject);
    rt.on('session.created', () => {
      rt.send(byHand() as Parameters<typeof rt.send>[0]);
      for (const event of appends(to24k(speech))) rt.send(event as Parameters<typeof rt.send>[0]);
      rt.send({ type: 'input_audio_buffer.commit' });
    });
    rt.on(COMPLETED, ({ transcript }) => resolve(transcript));
  });
  expect(await done).toBe('heard true heard true');
  rt.close();
});

describe('with the real engine', () => {
  let service: TranscriptionService;
  beforeAll(async () => {
    service = await createTranscriptionService(SERVICE_OPTIONS);
  });
  afterAll(() => service?.close());

  /** One session's text; `disturb` is called once when the first text has come. */
  async function play(disturb: () => void = () => undefined): Promise<unknown[]> {
    world = await startHttp({ services: { ears }, real: service });
    const client = await join();
    client.send({ type: 'session.update', session: { sotto: { tentative: true } } });
    const events = appends(to24k(speech));
    for (const event of events.slice(0, 30)) client.send(event);
    await until(() => client.all('input_audio_buffer.speech_started').length > 0);
    disturb();
    for (const event of events.slice(30)) client.send(event);
    client.socket.close();
    await client.closed;
    const said = transcripts(client);
    await world.close();
    return said;
  }

  test('the text is that of the undisturbed run when the ear or the engine is killed in mid-session', async () => {
    const undisturbed = await play();
    expect(undisturbed.length).toBeGreaterThan(0);
    expect(undisturbed.join(' ')).toMatch(/\w+ \w+/);
    const before = ears.restarts;
    expect(await play(() => process.kill(ears.pid ?? 0, 'SIGKILL'))).toEqual(undisturbed);
    expect(ears.restarts).toBe(before + 1);
    const killed = await play(() => {
      for (const pid of enginePids()) process.kill(pid, 'SIGKILL');
    });
    expect(killed).toEqual(undisturbed);
    expect(service.status().restarts.exit).toBeGreaterThan(0);
  });
});

/** Engine processes of this one, as Linux lists them. */
function enginePids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const parent = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[1];
        return (
          Number(parent) === process.pid &&
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('child-main')
        );
      } catch {
        return false; // it has just ended
      }
    })
    .map(Number);
}
