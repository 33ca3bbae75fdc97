/** A whole server at the most talkative level, asked in every way: nothing of what it was given is in what it writes. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { WINDOW_PROTOCOL } from '../../shared/protocol/window-session.ts';
import { fixture, fixturePath } from '../support/fixtures.ts';
import { until } from '../support/http-world.ts';
import { appends, connect, pcm16, refused, to24k } from '../support/live-client.ts';
import { loadFixture } from '../support/pcm.ts';
import { startServer } from '../support/server-process.ts';

const CLIP = 'us-male.wav';
/** Given to it in one place or another. */
const GIVEN = {
  key: 'sk-secret-key-4711',
  query: 'secret-in-the-query',
  file: 'secret-file-name',
  prompt: 'secret-prompt',
  term: 'secretterm',
  host: 'secret-host.example',
  path: 'secret-path',
  cookie: 'secret-cookie',
  header: 'secret-header',
  webhook: `whsec_${Buffer.alloc(32, 'secret').toString('base64')}`,
  idempotency: 'secret-idempotency',
} as const;

test('at level trace the log holds no key, no audio, no text, no name, no address and no query', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-quiet-'));
  await mkdir(join(folder, 'web'));
  await writeFile(join(folder, 'web/index.html'), '<!doctype html><title>Sotto</title>');
  const server = startServer(['--port', '0'], {
    ...{ ASR_ENABLED: 'on', ASR_DEVICE: 'cpu', ASR_THREADS: '1', ASR_SPARES: '0', SOTTO_LOG: 'trace' },
    ...{ SOTTO_WEB: join(folder, 'web'), ASR_JOBS_DIR: join(folder, 'jobs') },
    ASR_WEBHOOK_SECRET: GIVEN.webhook,
  });
  const url = await server.address;
  const bytes = await readFile(fixturePath(CLIP));
  const samples = await loadFixture(CLIP);
  const headers = {
    authorization: `Bearer ${GIVEN.key}`,
    cookie: `session=${GIVEN.cookie}`,
    'x-anything': GIVEN.header,
    'idempotency-key': GIVEN.idempotency,
  };
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}${path.includes('?') ? '&' : '?'}key=${GIVEN.query}`, {
      ...init,
      headers: { ...headers, ...init.headers },
    });
  const body = (more: Record<string, string> = {}) => {
    const form = new FormData();
    form.set('file', new File([bytes], `${GIVEN.file}.wav`));
    const fields = { model: 'sotto-demo-en', prompt: GIVEN.prompt, 'terms[]': GIVEN.term, ...more };
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    return form;
  };
  const post = (path: string, content: FormData) => ask(path, { method: 'POST', body: content });

  // Requests that go well, and that go wrong in many ways.
  const answer = await post('/v1/audio/transcriptions', body());
  const { text } = (await answer.json()) as { text: string };
  expect(answer.status).toBe(200);
  await (await post('/v1/audio/transcriptions', body({ stream: 'true' }))).text();
  await (await post('/v1/audio/transcriptions', body({ model: GIVEN.path }))).text();
  await (await post('/v1/audio/transcriptions', body({ temperature: GIVEN.path }))).text();
  // The paths of pages and files are in it, without their queries.
  for (const path of [`/v1/${GIVEN.path}`, `/v1/models/${GIVEN.path}`, '/nowhere', '/models/none']) {
    await (await ask(path)).text();
  }
  await (await fetch(`${url}/v1/models`, { headers: { origin: `https://${GIVEN.host}` } })).text();

  // A job from a file, and one from an address, with webhooks.
  const hook = { webhook_url: `https://${GIVEN.host}/${GIVEN.path}`, webhook_secret: GIVEN.webhook };
  const job = (await (await post('/v1/jobs', body(hook))).json()) as { id: string };
  await until(async () => {
    const { status } = (await (await ask(`/v1/jobs/${job.id}`)).json()) as { status: string };
    return status === 'done';
  });
  await (await ask(`/v1/jobs/${job.id}/result`)).text();
  const named = { model: 'sotto-demo-en', url: `http://localhost:9/${GIVEN.path}`, ...hook };
  await ask('/v1/jobs', {
    method: 'POST',
    body: JSON.stringify(named),
    headers: { 'content-type': 'application/json', 'idempotency-key': `${GIVEN.idempotency}-2` },
  });

  // Live, both ways: with keys where browsers put them, and a client secret.
  const secret = (await (
    await ask('/v1/realtime/client_secrets', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
  ).json()) as { value: string };
  const protocols = ['realtime', `openai-insecure-api-key.${secret.value}`];
  const client = await connect(`${url}/v1/realtime?intent=transcription&x=${GIVEN.query}`, protocols);
  const turn = { type: 'transcription', audio: { input: { turn_detection: null } } };
  client.send({ type: 'session.update', session: turn });
  for (const event of appends(to24k(samples))) client.send(event);
  client.send({ type: 'input_audio_buffer.commit' });
  client.socket.send(`{"type":"${GIVEN.path}"}`);
  await client.next('conversation.item.input_audio_transcription.completed');
  client.socket.close();
  await client.closed;
  const pages = await connect(`${url}/v1/windows`, [WINDOW_PROTOCOL], { headers });
  pages.send({ type: 'hello', model: 'sotto-demo-en', priority: 'live' });
  await pages.next('ready');
  const window = samples.subarray(0, 80_000);
  pages.send({
    type: 'window',
    id: 1,
    samples: window.length,
    kind: 'final',
    task: 'transcribe',
    prompt: GIVEN.prompt,
  });
  pages.socket.send(pcm16(window));
  await pages.next('reading');
  pages.socket.send(`{"type":"${GIVEN.path}"}`);
  await pages.closed;
  expect((await refused(`${url}/v1/windows`, { headers: { origin: `https://${GIVEN.host}` } })).status).toBe(
    403,
  );

  server.child.kill('SIGTERM');
  const { stdout, stderr } = await server.ended;
  const written = stdout + stderr;
  await rm(folder, { recursive: true, force: true });

  // It did say something, of jobs and of requests.
  expect(written).toContain('"msg":"job"');
  const log = written.toLowerCase();
  for (const [what, given] of Object.entries({ ...GIVEN, secret: secret.value, job: job.id })) {
    expect(log.includes(given.toLowerCase()), what).toBe(false);
  }
  // Neither what was heard, nor what is known to be said, three words of it in a row.
  for (const said of [text, fixture(CLIP).text ?? '']) {
    const words = said.toLowerCase().match(/[a-z']+/g) ?? [];
    expect(words.length).toBeGreaterThan(4);
    for (let at = 0; at + 3 <= words.length; at += 1) {
      const three = words.slice(at, at + 3).join(' ');
      expect(log.includes(three), three).toBe(false);
    }
  }
  // Sound: some of its bytes as base64, as hex, and as numbers.
  const part = pcm16(samples.subarray(16_000, 16_012));
  for (const form of [part.toString('base64'), part.toString('hex'), [...part].join(',')]) {
    expect(log.includes(form.toLowerCase()), form).toBe(false);
  }
}, 120_000);
