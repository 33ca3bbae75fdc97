/** One shape of error for everything under /v1, whoever says it; who may come in; and the description of it all. */
import Value from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SottoError } from '../../shared/errors.ts';
import { ErrorEnvelope } from '../../shared/protocol/http.ts';
import { FAKE_MODEL } from '../support/fake-service.ts';
import { form, type HttpWorld, startHttp } from '../support/http-world.ts';
import { rawHttp } from '../support/raw-http.ts';

let world: HttpWorld;
beforeAll(async () => {
  world = await startHttp({
    env: { ASR_MODEL_ALIASES: `whisper-1=${FAKE_MODEL},nothing=gone`, SOTTO_HOSTS: 'upstream' },
    services: {
      v1: [
        async (app) => {
          const schema = {
            body: { type: 'object', required: ['url'], properties: { url: { type: 'string' } } },
          };
          app.post('/echo', { schema }, ({ body }) => body);
          app.get('/broken', () => {
            throw new Error('a secret at /home/me');
          });
        },
      ],
    },
  });
});
afterAll(() => world.close());

const ask = (path: string, init: RequestInit = {}) => fetch(world.url + path, init);
async function errorOf(answer: Response) {
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(answer.headers.get('x-request-id')).toMatch(/^[\w.:-]+$/);
  const body: unknown = await answer.json();
  if (!Value.Check(ErrorEnvelope, body)) throw new Error(`not the envelope: ${JSON.stringify(body)}`);
  return { status: answer.status, ...body.error };
}

describe('the envelope', () => {
  const json = { 'content-type': 'application/json' };
  const AUDIO = '/v1/audio/transcriptions';
  const cut = { 'content-type': 'multipart/form-data; boundary=x' };
  it.each<[what: string, path: string, init: RequestInit, status: number, code: string, param?: string]>([
    ['no route', '/v1/nope', {}, 404, 'not_found'],
    ['no route, with a body', '/v1/nope', { method: 'POST', body: 'x' }, 404, 'not_found'],
    ['the root', '/v1', {}, 404, 'not_found'],
    ['another method', AUDIO, {}, 405, 'method_not_allowed'],
    ['another method of a model', '/v1/models/a/b', { method: 'DELETE' }, 405, 'method_not_allowed'],
    ['no type', AUDIO, { method: 'POST' }, 415, 'unsupported_media_type', 'content-type'],
    [
      'JSON',
      AUDIO,
      { method: 'POST', body: '{}', headers: json },
      415,
      'unsupported_media_type',
      'content-type',
    ],
    [
      'no boundary',
      AUDIO,
      { method: 'POST', body: 'x', headers: { 'content-type': 'multipart/form-data' } },
      400,
      'bad_request',
    ],
    [
      'a form cut off',
      AUDIO,
      { method: 'POST', body: '--x\r\ncontent-disposi', headers: cut },
      400,
      'bad_request',
    ],
    ['malformed JSON', '/v1/echo', { method: 'POST', body: '{', headers: json }, 400, 'bad_request'],
    ['JSON that lacks', '/v1/echo', { method: 'POST', body: '{}', headers: json }, 400, 'bad_request', 'url'],
    [
      'JSON of another type',
      '/v1/echo',
      { method: 'POST', body: '{"url":{}}', headers: json },
      400,
      'bad_request',
      'url',
    ],
    [
      'too much JSON',
      '/v1/echo',
      { method: 'POST', body: `"${'x'.repeat(2e6)}"`, headers: json },
      413,
      'too_large',
    ],
    ['an address that cannot be decoded', '/v1/models/%zz', {}, 400, 'bad_request'],
    ['a model by an alias of none', '/v1/models/nothing', {}, 404, 'model_not_found', 'model'],
    ['an accident', '/v1/broken', {}, 500, 'internal'],
  ])('%s', async (_what, path, init, status, code, param) => {
    const error = await errorOf(await ask(path, init));
    expect(error).toMatchObject({ status, code, param: param ?? null });
    expect(error.message).not.toContain('secret');
  });

  it('names the methods that there are', async () => {
    expect((await ask('/v1/audio/translations')).headers.get('allow')).toBe('POST');
    expect((await ask('/v1/models', { method: 'PUT' })).headers.get('allow')).toBe('GET, HEAD');
  });

  it.each<[what: string, bytes: string, status: number]>([
    ['what is not HTTP', 'HELO there\r\n\r\n', 400],
    ['headers too large', `GET /v1/models HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`, 431],
    [
      'two lengths',
      'POST /v1/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
    ],
  ])('%s', async (_what, bytes, status) => {
    const exchange = await rawHttp(world.port);
    const answer = exchange.answer();
    await exchange.send(bytes);
    expect((await answer).status).toBe(status);
    expect(Value.Check(ErrorEnvelope, JSON.parse((await answer).body))).toBe(true);
  });

  it('is not for the page', async () => {
    const answer = await ask('/nowhere', { headers: { accept: 'text/html' } });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'/);
    expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
  });
});

describe('request ids', () => {
  it.each([
    ['client-1.2:3_x', 'client-1.2:3_x'],
    ['a b', undefined],
    ['x'.repeat(200), undefined],
  ])('%s', async (given, kept) => {
    const answer = await ask('/v1/models', { headers: { 'x-request-id': given } });
    const id = answer.headers.get('x-request-id');
    if (kept === undefined) expect(id).toMatch(/^req_[0-9a-f]{32}$/);
    else expect(id).toBe(kept);
  });
});

describe('pages of other sites', () => {
  const PAGE = 'https://page.example';
  const from = (origin: string, more: Record<string, string> = {}) => ({ headers: { origin, ...more } });

  it('may not use it unless they were allowed', async () => {
    expect(await errorOf(await ask('/v1/models', from(PAGE)))).toMatchObject({
      status: 403,
      code: 'origin_refused',
      type: 'permission_error',
    });
    expect((await ask('/v1/models', from(world.url))).status).toBe(200);
    expect((await ask('/v1/models', from('null'))).status).toBe(403);
  });

  it('may when the operator says so, and browsers are told', async () => {
    const allowing = await startHttp({ env: { ASR_CORS_ORIGINS: `${PAGE}, https://other.example` } });
    const asked = await fetch(`${allowing.url}/v1/audio/transcriptions`, {
      method: 'OPTIONS',
      headers: {
        origin: PAGE,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, x-stainless-lang',
      },
    });
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(asked.headers.get('access-control-allow-methods')).toContain('POST');
    expect(asked.headers.get('access-control-allow-headers')).toBe('authorization, x-stainless-lang');
    const answer = await fetch(`${allowing.url}/v1/models`, from(PAGE));
    expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(answer.headers.get('vary')).toBe('Origin');
    expect(answer.headers.get('access-control-expose-headers')).toContain('retry-after-ms');
    // Errors too: a page that cannot read them cannot say what is wrong.
    const failed = await fetch(`${allowing.url}/v1/nope`, from(PAGE));
    expect(failed.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect((await fetch(`${allowing.url}/v1/models`, from('https://third.example'))).status).toBe(403);
    await allowing.close();
  });

  it('are known by what browsers say, also behind a proxy that changed the host', async () => {
    const exchange = await rawHttp(world.port);
    const answer = exchange.answer();
    await exchange.send(
      `GET /v1/models HTTP/1.1\r\nhost: upstream\r\norigin: ${PAGE}\r\nsec-fetch-site: same-origin\r\n\r\n`,
    );
    expect((await answer).status).toBe(200);
    exchange.socket.destroy();
  });
});

describe('Prefer: respond-async', () => {
  it('takes no place in line and hands the upload over', async () => {
    const handed: string[] = [];
    const async = await startHttp({
      limits: { maxActive: 1, maxWaiting: 0 },
      services: {
        async admitAsync({ headers }) {
          if (headers.prefer === 'respond-async') throw new SottoError('queue_full');
        },
        async respondAsync(upload, { model }) {
          handed.push(model, upload.sha256);
          await upload.discard();
          return { location: '/v1/jobs/1', body: { id: '1' } };
        },
      },
    });
    const { body, headers } = form([
      { name: 'file', value: 'RIFF', filename: 'a' },
      { name: 'model', value: FAKE_MODEL },
    ]);
    const answer = await fetch(`${async.url}/v1/audio/transcriptions`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { ...headers, prefer: 'wait=1, respond-async' },
    });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe('/v1/jobs/1');
    expect(answer.headers.get('preference-applied')).toBe('respond-async');
    expect(await answer.json()).toEqual({ id: '1' });
    expect(handed).toEqual([FAKE_MODEL, expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(await async.spooled()).toEqual([]);
    const refused = await fetch(`${async.url}/v1/audio/transcriptions`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { ...headers, prefer: 'respond-async' },
    });
    expect(await errorOf(refused)).toMatchObject({ status: 503, code: 'queue_full' });
    expect(handed).toHaveLength(2);
    await async.close();
  });
});

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
}

describe('the description', () => {
  it('holds every route with its errors, from the schemas', async () => {
    const description = (await (await ask('/openapi.json')).json()) as OpenApi;
    expect(description.openapi).toBe('3.1.0');
    expect(Object.keys(description.paths)).toEqual(
      expect.arrayContaining([
        '/v1/audio/transcriptions',
        '/v1/audio/translations',
        '/v1/models',
        '/v1/models/{model}',
      ]),
    );
    const transcribe = description.paths['/v1/audio/transcriptions']?.post;
    expect(transcribe?.requestBody?.content['multipart/form-data']?.schema).toMatchObject({
      required: ['file', 'model'],
      properties: {
        file: { type: 'string', format: 'binary' },
        response_format: { enum: ['json', 'text', 'srt', 'verbose_json', 'vtt'] },
      },
    });
    expect(Object.keys(transcribe?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '400', '404', '408', '413', '415', '422', '503']),
    );
  });

  it('is well formed: unique names, every reference and path parameter there', async () => {
    const text = await (await ask('/openapi.json')).text();
    const { paths } = JSON.parse(text) as OpenApi;
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    const ids = operations.map(({ operationId }) => operationId).filter((id) => id !== undefined);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { responses } of operations) {
      for (const { description } of Object.values(responses)) expect(description).toEqual(expect.any(String));
    }
    for (const [path, methods] of Object.entries(paths)) {
      for (const [, name = ''] of path.matchAll(/\{(\w+)\}/g)) {
        expect(JSON.stringify(methods), `${path} describes ${name}`).toContain(`"name":"${name}"`);
      }
    }
    expect([...text.matchAll(/"\$ref":"([^"]+)"/g)]).toEqual([]);
  });

  it('has a page that asks nobody else', async () => {
    const page = await ask('/docs/');
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('http');
    const html = await page.text();
    expect(html).not.toMatch(/(?:src|href)="https?:/);
    for (const [, file = ''] of html.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)) {
      expect((await fetch(new URL(file, `${world.url}/docs/`))).status, file).toBe(200);
    }
  });
});
