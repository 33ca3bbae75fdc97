/** Keys, limits and usage over HTTP, with the unmodified `openai` client where it has the call. */
import { type APIError, AuthenticationError, PermissionDeniedError, RateLimitError, toFile } from 'openai';
import { type Logger, symbols } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createEarHost, type EarHost } from '../../server/media/ear-host.ts';
import { writeWav } from '../../shared/audio/wav.ts';
import type { ApiKey, ApiKeyList } from '../../shared/protocol/http-keys.ts';
import { apiFailure } from '../support/api-failure.ts';
import { FAKE_MODEL, script } from '../support/fake-service.ts';
import { until } from '../support/http-world.ts';
import { connect, refused } from '../support/live-client.ts';
import { startTenants, type TenantsWorld } from '../support/tenants-world.ts';

let tenants: TenantsWorld;
let ears: EarHost;
beforeAll(async () => {
  // Nothing is heard here: the process that would hear is never started.
  ears = createEarHost({ vad: 'none' });
  tenants = await startTenants({ ears, limits: { maxWaiting: 50 } });
});
afterEach(() => tenants.world.service.release());
afterAll(async () => {
  await tenants?.close();
  await ears?.close();
});

const TWO_SECONDS = Buffer.from(
  writeWav(new Float32Array(16_000), { sampleRate: 8_000, channels: 1, format: 'pcm16' }),
);

/** A file that says that it has two seconds, unless steps are given. */
const transcribe = async (secret: string, ...steps: string[]) =>
  tenants.client(secret).audio.transcriptions.create({
    file: await toFile(steps.length === 0 ? TWO_SECONDS : Buffer.from(script(...steps)), 'a.wav'),
    model: FAKE_MODEL,
  });

const errorOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error;

describe('who is let in', () => {
  test('without a key, or with a wrong one: 401 as OpenAI’s client knows it', async () => {
    const { secret } = await tenants.key();
    for (const wrong of ['sk-nonsense', `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`]) {
      const error = await apiFailure(transcribe(wrong));
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error).toMatchObject({ status: 401, code: 'invalid_api_key', type: 'invalid_request_error' });
      expect(error.message).not.toContain(wrong);
    }
    const answer = await tenants.get('/v1/models');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(await errorOf(answer)).toMatchObject({ code: 'key_missing', param: null });
    expect((await transcribe(secret)).text).toContain('Hello from the fake.');
  });

  test.each(['/', '/app-config.json', '/health/live', '/health/ready', '/openapi.json', '/docs/'])(
    '%s is open',
    async (path) => {
      expect((await tenants.get(path)).status).toBe(200);
    },
  );

  test('what tells of the server’s inside needs the scope metrics', async () => {
    const plain = await tenants.key();
    const watcher = await tenants.key({ scopes: ['metrics'] });
    for (const path of ['/health', '/metrics', '/v1/stats']) {
      expect([path, (await tenants.get(path)).status]).toEqual([path, 401]);
      expect([path, (await tenants.get(path, plain.secret)).status]).toEqual([path, 403]);
      expect([path, (await tenants.get(path, watcher.secret)).status]).toEqual([path, 200]);
    }
    expect(await (await tenants.get('/app-config.json')).json()).not.toHaveProperty('server');
  });

  test('a key does what its scopes say, and no more', async () => {
    const { secret } = await tenants.key({ scopes: ['jobs'] });
    const error = await apiFailure(transcribe(secret));
    expect(error).toBeInstanceOf(PermissionDeniedError);
    expect(error.code).toBe('scope_missing');
    expect((await tenants.get('/v1/jobs/job_none', secret)).status).toBe(404);
    expect((await tenants.get('/v1/admin/keys', secret)).status).toBe(403);
    const live = await tenants.key({ scopes: ['transcribe'] });
    expect(await refused(`${tenants.world.url}/v1/windows`, bearer(live.secret))).toMatchObject({
      status: 403,
    });
    const later = await tenants.world.post(['say Later.'], {
      path: '/v1/audio/transcriptions',
      headers: { prefer: 'respond-async', ...bearer(live.secret).headers },
    });
    expect(later.status).toBe(403);
  });

  test('other models than its own are not there, and other pages than its own are refused', async () => {
    const { secret } = await tenants.key({
      allowedModels: ['another/model'],
      allowedOrigins: ['https://a.example'],
    });
    expect((await tenants.client(secret).models.list()).data).toEqual([]);
    expect(await apiFailure(transcribe(secret))).toMatchObject({ status: 404, code: 'model_not_found' });
    const from = (origin: string) =>
      tenants.get('/v1/models', secret, { origin, 'sec-fetch-site': 'same-origin' });
    expect((await from('https://b.example')).status).toBe(403);
    expect((await from('https://a.example')).status).toBe(200);
  });

  test('a key that another process revokes is refused from the next request on; rotation overlaps', async () => {
    const { key, secret } = await tenants.key();
    expect((await tenants.get('/v1/models', secret)).status).toBe(200);
    const rotated = await tenants.keys.rotate(key.id, 3_600_000);
    expect((await tenants.get('/v1/models', secret)).status).toBe(200);
    expect((await tenants.get('/v1/models', rotated?.secret)).status).toBe(200);
    await tenants.keys.rotate(key.id, 0);
    expect((await tenants.get('/v1/models', secret)).status).toBe(401);
    expect((await tenants.get('/v1/models', rotated?.secret)).status).toBe(401);
    const last = await tenants.keys.rotate(key.id, 0);
    await tenants.keys.revoke(key.id);
    expect((await tenants.get('/v1/models', last?.secret)).status).toBe(401);
  });
});

interface Seconds {
  readonly audio_seconds: number;
}

const bearer = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } });

describe('limits', () => {
  test('one key from many connections: exactly as many requests as a minute has', async () => {
    const { secret } = await tenants.key({ limits: { requestsPerMinute: 20 } });
    const answers = await Promise.all(Array.from({ length: 80 }, () => tenants.get('/v1/models', secret)));
    const ok = answers.filter(({ status }) => status === 200);
    const over = answers.filter(({ status }) => status === 429);
    expect([ok.length, over.length]).toEqual([20, 60]);
    const left = ok.map(
      (answer) => /^"requests";r=(\d+);t=60$/.exec(answer.headers.get('ratelimit') ?? '')?.[1],
    );
    expect(left.map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, r) => r));
    for (const answer of over) {
      expect(answer.headers.get('ratelimit-policy')).toBe('"requests";q=20;w=60');
      const seconds = Number(answer.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(50);
      expect(seconds).toBeLessThanOrEqual(60);
      expect(answer.headers.get('ratelimit')).toBe(`"requests";r=0;t=${seconds}`);
      const ms = Number(answer.headers.get('retry-after-ms'));
      expect(Math.ceil(ms / 1_000)).toBe(seconds);
    }
    const error = await apiFailure(tenants.client(secret).models.list());
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ code: 'rate_limit_exceeded', type: 'rate_limit_error' });
  });

  test('as many jobs at once as the key has, and again as soon as one has its answer', async () => {
    const { secret } = await tenants.key({ limits: { jobsAtOnce: 2 } });
    const all = Array.from({ length: 12 }, () => transcribe(secret, 'hold', 'say Held.'));
    const settled = Promise.allSettled(all);
    let ended = 0;
    for (const each of all)
      each.then(
        () => undefined,
        () => (ended += 1),
      );
    await until(() => ended === 10);
    tenants.world.service.release();
    const ends = await settled;
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    for (const end of ends) {
      if (end.status === 'rejected') {
        expect(end.reason).toMatchObject({ status: 429, code: 'too_many_jobs' });
        expect(Number((end.reason as APIError).headers?.get('retry-after'))).toBeGreaterThanOrEqual(1);
      }
    }
    // One after another, each right after the answer to the one before: never refused.
    for (let index = 0; index < 5; index += 1) await transcribe(secret);
    // What fails gives its place back too.
    for (let index = 0; index < 3; index += 1) {
      expect(await apiFailure(transcribe(secret, 'fail corrupt_media'))).toMatchObject({ status: 422 });
    }
    await transcribe(secret);
  });

  test('as much audio a day as the key has: not a second more, and all of it', async () => {
    const { key, secret } = await tenants.key({ limits: { audioSecondsPerDay: 7 } });
    const ends = await Promise.allSettled(Array.from({ length: 10 }, () => transcribe(secret)));
    const refusals = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as APIError] : []));
    expect(ends.length - refusals.length).toBe(3);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ status: 429, code: 'insufficient_quota' });
      const seconds = Number(refusal.headers?.get('retry-after'));
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(86_400);
    }
    expect(await apiFailure(transcribe(secret))).toMatchObject({ code: 'insufficient_quota' });
    await transcribe(secret, 'say One second.');
    const last = await apiFailure(transcribe(secret, 'say x'));
    expect(last).toMatchObject({ code: 'insufficient_quota' });
    expect(last.headers?.get('ratelimit-policy')).toBe('"audio";q=7;w=86400;qu="audio-seconds"');
    const usage = await (await tenants.get('/v1/usage', secret)).json();
    expect(usage).toMatchObject({
      key: key.id,
      data: [{ model: FAKE_MODEL, requests: 4, audio_seconds: 7 }],
      today: { audio_seconds_left: 0 },
    });
  });

  test('a file that does not say how long it is stops where the day’s audio ends', async () => {
    const { secret } = await tenants.key({ limits: { audioSecondsPerDay: 3 } });
    const steps = Array.from({ length: 20 }, (_, index) => [`say Word ${index}.`, 'wait 5']).flat();
    expect(await apiFailure(transcribe(secret, ...steps))).toMatchObject({ code: 'insufficient_quota' });
    const usage = (await (await tenants.get('/v1/usage', secret)).json()) as { data: Seconds[] };
    // It is told after the first window that 20 s are to come.
    expect(usage.data[0]?.audio_seconds).toBeLessThanOrEqual(2);
  });

  test('a file that fails counts for what was read of it', async () => {
    const { secret } = await tenants.key({ limits: { audioSecondsPerDay: 10 } });
    await apiFailure(transcribe(secret, 'say One.', 'say Two.', 'fail engine_exited'));
    const usage = await (await tenants.get('/v1/usage', secret)).json();
    expect(usage).toMatchObject({ data: [{ audio_seconds: 2 }], today: { audio_seconds_left: 8 } });
  });

  test('a file may be as large as the key says', async () => {
    const { secret } = await tenants.key({ limits: { uploadBytes: 1_000 } });
    expect(await apiFailure(transcribe(secret, `say ${'x'.repeat(2_000)}`))).toMatchObject({ status: 413 });
    await transcribe(secret, 'say Short.');
  });
});

describe('jobs', () => {
  test('of another key are not there, and idempotency keys are each key’s own', async () => {
    const [mine, other] = [await tenants.key(), await tenants.key()];
    const submit = async (secret: string) => {
      const headers = { 'idempotency-key': 'one', ...bearer(secret).headers };
      const answer = await tenants.world.post(['say Mine.'], { headers });
      expect(answer.status).toBe(202);
      return ((await answer.json()) as { id: string }).id;
    };
    const id = await submit(mine.secret);
    expect(await submit(mine.secret)).toBe(id);
    expect(await submit(other.secret)).not.toBe(id);
    for (const path of [`/v1/jobs/${id}`, `/v1/jobs/${id}/events`, `/v1/jobs/${id}/result`]) {
      expect([path, (await tenants.get(path, other.secret)).status]).toEqual([path, 404]);
    }
    expect((await tenants.post(`/v1/jobs/${id}`, other.secret, undefined, 'DELETE')).status).toBe(204);
    await until(async () => (await tenants.get(`/v1/jobs/${id}/result`, mine.secret)).status === 200);
  });

  test('are promised their audio while they wait; a repeated request needs none, and no place', async () => {
    const { secret } = await tenants.key({ limits: { audioSecondsPerDay: 3, jobsAtOnce: 1 } });
    const other = await tenants.key();
    const submit = (of: string, key: string) => {
      const body = new FormData();
      body.set('file', new File([TWO_SECONDS], 'a.wav'));
      body.set('model', FAKE_MODEL);
      const headers = { ...bearer(of).headers, 'idempotency-key': key };
      return fetch(`${tenants.world.url}/v1/jobs`, { method: 'POST', body, headers });
    };
    tenants.world.service.breakEngine({ code: 'engine_exited' });
    // What the service refuses is not held.
    try {
      expect((await submit(secret, 'one')).status).toBe(503);
    } finally {
      tenants.world.service.breakEngine(undefined);
    }
    const first = await submit(secret, 'two');
    expect(first.status).toBe(202);
    const { id } = (await first.json()) as { id: string };
    const again = await submit(secret, 'two');
    expect([again.status, ((await again.json()) as { id: string }).id]).toEqual([202, id]);
    await until(async () => (await tenants.get(`/v1/jobs/${id}/result`, secret)).status === 200);
    await until(async () => (await submit(secret, 'three')).status === 429);
    expect(await errorOf(await submit(secret, 'four'))).toMatchObject({ code: 'insufficient_quota' });
    expect((await submit(other.secret, 'two')).status).toBe(202);
  });

  test('count among the jobs at once until they are finished, also over a restart, and once', async () => {
    const own = await startTenants();
    try {
      const { secret } = await own.key({ limits: { jobsAtOnce: 2, audioSecondsPerDay: 100 } });
      const submit = (...steps: string[]) => own.world.post(steps, bearer(secret));
      const first = await submit('say One.', 'hold', 'say Two.');
      expect(first.status).toBe(202);
      expect((await submit('say Three.')).status).toBe(202);
      expect(await errorOf(await submit('say Four.'))).toMatchObject({ code: 'too_many_jobs' });
      await own.world.restart();
      await until(() => own.world.service.started.length > 0);
      expect(await errorOf(await submit('say Four.'))).toMatchObject({ code: 'too_many_jobs' });
      own.world.service.release();
      await until(async () => (await submit('say Five.')).status === 202);
      await until(async () => {
        const usage = await (await own.get('/v1/usage', secret)).json();
        return (usage as { data: { requests: number }[] }).data[0]?.requests === 3;
      });
      const usage = await (await own.get('/v1/usage', secret)).json();
      // The first was read in two goes and counts once.
      expect(usage).toMatchObject({ data: [{ audio_seconds: 4 }], today: { audio_seconds_left: 96 } });
    } finally {
      await own.close();
    }
  });
});

describe('live', () => {
  const windows = () => `${tenants.world.url}/v1/windows`;
  const hello = { type: 'hello', model: FAKE_MODEL, priority: 'live' };
  const sound = (id: number, more: object = {}) => ({
    type: 'window',
    id,
    samples: 16_000,
    shift: 0,
    kind: 'final',
    task: 'transcribe',
    ...more,
  });

  test('a WebSocket needs a key: by its header, by a subprotocol, or as a page’s short-lived secret', async () => {
    expect((await refused(windows())).status).toBe(401);
    expect((await refused(windows(), bearer('sk-sotto-nonsense'))).status).toBe(401);
    const { key, secret } = await tenants.key();
    (await connect(windows(), ['sotto.windows.1'], bearer(secret))).socket.close();
    const byProtocol = await connect(windows(), ['sotto.windows.1', `openai-insecure-api-key.${secret}`]);
    expect(byProtocol.socket.protocol).toBe('sotto.windows.1');
    byProtocol.socket.close();
    const given = await tenants.post('/v1/realtime/client_secrets', secret, {});
    const { value } = (await given.json()) as { value: string };
    const page = await connect(`${tenants.world.url}/v1/realtime?intent=transcription`, [
      'realtime',
      `openai-insecure-api-key.${value}`,
    ]);
    await page.next('session.created');
    page.socket.close();
    // A page's secret is for live sessions alone, and ends with the key that gave it.
    expect((await tenants.get('/v1/jobs/job_x', value)).status).toBe(403);
    await tenants.keys.revoke(key.id);
    expect((await refused(windows(), bearer(value))).status).toBe(401);
  });

  test('as many sessions at once as the key has, and one more when one was closed', async () => {
    const { secret } = await tenants.key({ limits: { sessionsAtOnce: 1 } });
    const first = await connect(windows(), ['sotto.windows.1'], bearer(secret));
    const second = await refused(windows(), bearer(secret));
    expect(second.status).toBe(429);
    expect(JSON.parse(second.body)).toMatchObject({ error: { code: 'too_many_sessions' } });
    first.socket.close();
    await first.closed;
    await until(async () => (await tenants.get('/v1/windows', secret)).status === 426);
  });

  test('each second of sound counts once, drafts of it included, and none beyond the day’s', async () => {
    const { secret } = await tenants.key({ limits: { audioSecondsPerDay: 2.5 } });
    const client = await connect(windows(), ['sotto.windows.1'], bearer(secret));
    client.send(hello);
    await client.next('ready');
    const send = async (id: number, more: object = {}) => {
      client.send(sound(id, more));
      client.socket.send(Buffer.alloc(32_000));
      return client.next((message) => message.id === id);
    };
    expect(await send(1, { kind: 'partial', key: 'a' })).toMatchObject({ type: 'reading' });
    expect(await send(2, { key: 'a' })).toMatchObject({ type: 'reading' });
    expect(await send(3)).toMatchObject({ type: 'reading' });
    expect(await send(4)).toMatchObject({ type: 'error', error: { code: 'quota_used' } });
    client.socket.close();
    const usage = await (await tenants.get('/v1/usage', secret)).json();
    expect(usage).toMatchObject({ data: [{ requests: 1, audio_seconds: 2 }] });
  });

  test('a session ends when its key is revoked', async () => {
    const { key, secret } = await tenants.key();
    const client = await connect(windows(), ['sotto.windows.1'], bearer(secret));
    await tenants.keys.revoke(key.id);
    expect(await client.closed).toMatchObject({ code: 1008, reason: 'key_refused' });
  });
});

test('the server’s own page counts for its key where one was named, and may read live alone', async () => {
  const own = await startTenants({ watch: 'open' });
  try {
    for (const path of ['/metrics', '/health']) expect((await own.get(path)).status).toBe(200);
    expect((await own.get('/v1/stats')).status).toBe(401);
    const { key } = await own.key({ limits: { sessionsAtOnce: 1 } });
    await own.letPageIn(key.id);
    expect(await (await own.get('/app-config.json')).json()).toMatchObject({ server: { windows: true } });
    const windows = `${own.world.url}/v1/windows`;
    const headers = { origin: own.world.url };
    const page = await connect(windows, ['sotto.windows.1'], { headers });
    expect((await refused(windows, { headers })).status).toBe(429);
    page.socket.close();
    expect((await refused(windows)).status).toBe(401);
    expect((await own.get('/v1/windows', undefined, { 'sec-fetch-site': 'cross-site' })).status).toBe(401);
    expect((await own.get('/v1/jobs/job_x', undefined, headers)).status).toBe(403);
  } finally {
    await own.close();
  }
});

test('the log has the key’s id, and nothing of its secret', async () => {
  const own = await startTenants({ env: { SOTTO_LOG: 'debug' } });
  const lines: string[] = [];
  Object.assign(own.world.app.log as Logger, {
    [symbols.streamSym]: { write: (line: string) => void lines.push(line) },
  });
  try {
    const { key, secret } = await own.key();
    const answer = await own.world.post(['say Hello.'], {
      path: '/v1/audio/transcriptions',
      ...bearer(secret),
    });
    expect(answer.status).toBe(200);
    await own.get(`/health?key=${secret}`, secret);
    await own.get('/v1/models', `${secret.slice(0, -4)}AAAA`);
    await (
      await connect(`${own.world.url}/v1/windows`, [`openai-insecure-api-key.${secret}`, 'sotto.windows.1'])
    ).socket.terminate();
    const jobs = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'job');
    expect(jobs).toMatchObject([{ end: 'done', key: key.id }]);
    expect(lines.join('')).not.toContain(key.prefix);
  } finally {
    await own.close();
  }
});

describe('/v1/admin/keys', () => {
  test('makes, lists, rotates and revokes keys; a secret is told once', async () => {
    const admin = (await tenants.key({ scopes: ['admin'] })).secret;
    const made = await tenants.post('/v1/admin/keys', admin, {
      name: 'a newspaper',
      scopes: ['transcribe'],
      weight: 3,
      limits: { requests_per_minute: 100 },
      expires_at: '2099-01-01T00:00:00Z',
    });
    expect(made.status).toBe(201);
    const { secret, ...key } = (await made.json()) as { secret: string; id: string; prefix: string };
    expect(secret.startsWith(key.prefix)).toBe(true);
    expect(key).toMatchObject({
      name: 'a newspaper',
      weight: 3,
      limits: { requests_per_minute: 100, jobs_at_once: null },
      expires_at: '2099-01-01T00:00:00.000Z',
      revoked_at: null,
    });
    const answer = await tenants.get('/v1/models', secret);
    expect(answer.headers.get('ratelimit')).toBe('"requests";r=99;t=60');
    const list = await (await tenants.get('/v1/admin/keys', admin)).text();
    expect(list).toContain(key.id);
    expect(list).not.toContain(secret.slice(key.prefix.length));
    const rotated = await tenants.post(`/v1/admin/keys/${key.id}/rotate`, admin, { overlap_seconds: 0 });
    const { secret: second } = (await rotated.json()) as { secret: string };
    expect((await tenants.get('/v1/models', secret)).status).toBe(401);
    expect((await tenants.get('/v1/models', second)).status).toBe(200);
    const revoked = await tenants.post(`/v1/admin/keys/${key.id}`, admin, undefined, 'DELETE');
    expect(await revoked.json()).toMatchObject({ id: key.id, revoked_at: expect.any(String) });
    expect((await tenants.get('/v1/models', second)).status).toBe(401);
    expect((await tenants.post('/v1/admin/keys/key_none/rotate', admin, {})).status).toBe(404);
    expect((await tenants.post('/v1/admin/keys', admin, { name: '', weight: 0 })).status).toBe(400);
    const usage = await tenants.get(`/v1/usage?key=${key.id}`, admin);
    expect(await usage.json()).toMatchObject({ key: key.id, data: [] });
  });

  test('a change holds from the next request on, under the same secret, and its usage stays', async () => {
    const admin = (await tenants.key({ scopes: ['admin'] })).secret;
    const { key, secret } = await tenants.key({ limits: { audioSecondsPerDay: 2 } });
    const change = async (body: object, by = admin) => {
      const answer = await tenants.post(`/v1/admin/keys/${key.id}`, by, body, 'PATCH');
      return { status: answer.status, body: (await answer.json()) as ApiKey & { error: { code: string } } };
    };
    await transcribe(secret);
    expect(await apiFailure(transcribe(secret))).toMatchObject({ code: 'insufficient_quota' });
    const more = await change({ name: 'a radio', limits: { audio_seconds_per_day: 5, jobs_at_once: 3 } });
    expect(more).toMatchObject({
      status: 200,
      body: { id: key.id, name: 'a radio', limits: { audio_seconds_per_day: 5, jobs_at_once: 3 } },
    });
    expect(JSON.stringify(more.body)).not.toContain(secret.slice(key.prefix.length));
    await transcribe(secret);
    expect(await (await tenants.get('/v1/usage', secret)).json()).toMatchObject({
      data: [{ requests: 2, audio_seconds: 4 }],
      today: { audio_seconds_left: 1 },
    });

    await change({ scopes: ['jobs'] });
    expect(await apiFailure(transcribe(secret))).toMatchObject({ status: 403 });
    await change({ scopes: ['transcribe'], allowed_models: ['another'], limits: { jobs_at_once: null } });
    expect(await apiFailure(transcribe(secret))).toMatchObject({ status: 404 });
    await change({ allowed_models: null, allowed_origins: ['https://radio.example'] });
    const from = (origin: string) => tenants.get('/v1/models', secret, { origin });
    const origins = [await from('https://radio.example'), await from(tenants.world.url)];
    expect(origins.map(({ status }) => status)).toEqual([403, 403]);
    await change({ allowed_origins: null, expires_at: '2099-01-01T00:00:00Z' });
    const list = (await (await tenants.get('/v1/admin/keys', admin)).json()) as ApiKeyList;
    expect(list.data.find(({ id }) => id === key.id)).toMatchObject({
      name: 'a radio',
      scopes: ['transcribe'],
      allowed_models: null,
      allowed_origins: null,
      expires_at: '2099-01-01T00:00:00.000Z',
      limits: { audio_seconds_per_day: 5, jobs_at_once: null },
    });

    for (const wrong of [
      {},
      { nmae: 'x' },
      { name: null },
      { scopes: [] },
      { limits: { jobs: 1 } },
      { expires_at: '2020-01-01' },
    ]) {
      expect([wrong, (await change(wrong)).status]).toEqual([wrong, 400]);
    }
    expect((await change({ name: 'mine' }, secret)).status).toBe(403);
    await tenants.keys.revoke(key.id);
    expect((await change({ name: 'x' })).body.error.code).toBe('key_unknown');
  });

  test('is described', async () => {
    const described = (await (await tenants.get('/openapi.json')).json()) as { paths: object };
    expect(Object.keys(described.paths)).toEqual(
      expect.arrayContaining([
        '/v1/admin/keys',
        '/v1/admin/keys/{id}',
        '/v1/admin/keys/{id}/rotate',
        '/v1/usage',
      ]),
    );
  });
});
