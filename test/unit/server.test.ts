import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../server/app.ts';
import { type Config, readConfig, StartError } from '../../server/config.ts';
import { startServer } from '../support/server-process.ts';

const IMMUTABLE = 'public, max-age=31536000, immutable';
const REVALIDATE = 'public, max-age=0, must-revalidate';
const model = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256));

const FILES: Readonly<Record<string, string | Buffer>> = {
  'web/index.html': '<!doctype html><title>Sotto</title>',
  'web/manifest.webmanifest': '{}',
  'web/embed.html': '<!doctype html><title>Embed</title>',
  'web/embed/sotto.js': 'export {};',
  'web/assets/index-D3adB33f.js': 'export {};',
  'web/assets/index-D3adB33f.css': 'body {}',
  'web/ort/1.2.3/ort.mjs': 'export {};',
  'web/ort/1.2.3/ort.wasm': 'wasm',
  'web/vad/silero_vad_v6_sequence.onnx': 'vad',
  'web/models/demo/onnx/encoder.onnx': model,
  'web/models/demo/config.json': '{"from":"the build"}',
  'web/.secret': 'secret',
  'models/org/large/config.json': '{"from":"the operator"}',
  'models/org/large/encoder.onnx_data': 'weights',
  'outside.txt': 'outside',
};

let folder: string;
let config: Config;
let app: FastifyInstance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sotto-server-'));
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const env = { SOTTO_WEB: join(folder, 'web'), SOTTO_MODELS: join(folder, 'models') };
  config = readConfig(['--port', '0'], env);
  app = await buildApp(config);
});

afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

describe('files', () => {
  it.each([
    ['/', 'text/html', 'no-cache'],
    ['/index.html', 'text/html', 'no-cache'],
    ['/manifest.webmanifest', 'application/manifest+json', 'no-cache'],
    ['/embed', 'text/html', 'no-cache'],
    ['/embed.html', 'text/html', 'no-cache'],
    ['/embed/sotto.js', 'text/javascript', 'no-cache'],
    ['/assets/index-D3adB33f.js', 'text/javascript', IMMUTABLE],
    ['/assets/index-D3adB33f.css', 'text/css', IMMUTABLE],
    ['/ort/1.2.3/ort.mjs', 'text/javascript', IMMUTABLE],
    ['/ort/1.2.3/ort.wasm', 'application/wasm', IMMUTABLE],
    ['/vad/silero_vad_v6_sequence.onnx', 'application/octet-stream', IMMUTABLE],
    ['/models/demo/onnx/encoder.onnx', 'application/octet-stream', REVALIDATE],
    ['/models/demo/onnx/encoder.onnx?v=', 'application/octet-stream', REVALIDATE],
    ['/models/demo/onnx/encoder.onnx?v=1a2b3c', 'application/octet-stream', IMMUTABLE],
    ['/models/org/large/config.json', 'application/json', REVALIDATE],
    ['/models/org/large/encoder.onnx_data', 'application/octet-stream', REVALIDATE],
  ])('%s is %s, %s', async (url, type, cache) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(200);
    expect(String(answer.headers['content-type']).split(';')[0]).toBe(type);
    expect(answer.headers['cache-control']).toBe(cache);
    expect(answer.headers['content-length']).toBe(String(answer.rawPayload.length));
  });

  it('answers a part of a file', async () => {
    const answer = await get('/models/demo/onnx/encoder.onnx', { range: 'bytes=300-309' });
    expect(answer.statusCode).toBe(206);
    expect(answer.headers['content-range']).toBe('bytes 300-309/1000');
    expect([...answer.rawPayload]).toEqual([...model.subarray(300, 310)]);
    const beyond = await get('/models/demo/onnx/encoder.onnx', { range: 'bytes=1000-' });
    expect(beyond.statusCode).toBe(416);
  });

  it('says that a kept copy is still good, and only then', async () => {
    const { etag } = (await get('/models/demo/config.json')).headers;
    const again = await get('/models/demo/config.json', { 'if-none-match': String(etag) });
    expect(again.statusCode).toBe(304);
    expect(again.headers['cache-control']).toBe(REVALIDATE);
    const other = await get('/models/demo/config.json', { 'if-none-match': 'W/"another"' });
    expect(other.statusCode).toBe(200);
  });

  it('answers HEAD with the length and no body', async () => {
    const answer = await app.inject({ method: 'HEAD', url: '/models/demo/onnx/encoder.onnx' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-length']).toBe('1000');
    expect(answer.rawPayload.length).toBe(0);
  });
});

describe('what is not there', () => {
  it.each(['/models/demo/missing.json', '/models/', '/ort/1.2.3/x.mjs', '/vad/x.onnx', '/assets/x.js'])(
    '%s is never answered with HTML or kept',
    async (url) => {
      const answer = await get(url, { accept: 'text/html' });
      expect(answer.statusCode).toBeGreaterThanOrEqual(403);
      expect(answer.statusCode).toBeLessThanOrEqual(404);
      expect(answer.headers['content-type']).toMatch(/^text\/plain/);
      expect(answer.headers['cache-control']).toBe('no-store');
    },
  );

  it('is a page for a person and a line for a program', async () => {
    const page = await get('/nowhere', { accept: 'text/html,*/*' });
    expect(page.statusCode).toBe(404);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    const line = await get('/nowhere', { accept: '*/*' });
    expect(line.statusCode).toBe(404);
    expect(line.payload).toBe('Not found\n');
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'] as const)('%s is not allowed', async (method) => {
    const answer = await app.inject({ method, url: '/index.html' });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD');
  });
});

describe('headers', () => {
  it.each(['/', '/ort/1.2.3/ort.mjs', '/models/demo/missing.json', '/nowhere', '/%zz'])(
    '%s isolates the page and names its policy',
    async (url) => {
      const { headers } = await get(url);
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
      expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
      const isFile = /^\/(ort|models)\//.test(url);
      expect(headers['cross-origin-resource-policy']).toBe(isFile ? 'cross-origin' : 'same-origin');
      expect(headers['access-control-allow-origin']).toBe(isFile ? '*' : undefined);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['permissions-policy']).toContain('microphone=(self), display-capture=(self)');
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/,
      );
      expect(headers['content-security-policy']).not.toContain('unsafe-inline');
    },
  );

  it('lets the page reach a hub without https that the operator named', async () => {
    const hub = 'http://127.0.0.1:9000';
    const local = await buildApp({ ...config, hub });
    const answer = await local.inject('/');
    await local.close();
    expect(answer.headers['content-security-policy']).toContain(
      `connect-src 'self' https: blob: data: ${hub};`,
    );
  });

  it('tells the page where the hub is', async () => {
    const answer = await get('/app-config.json');
    expect(answer.json()).toEqual({ hub: 'https://huggingface.co' });
    expect(answer.headers['cache-control']).toBe('no-store');
    // For the element, on pages of other sites.
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.headers['cross-origin-resource-policy']).toBe('cross-origin');
  });
});

describe('configuration', () => {
  it('prefers the command line, then the environment', () => {
    expect(readConfig([], {})).toMatchObject({ host: '127.0.0.1', port: 8080, log: 'silent' });
    expect(readConfig([], { PORT: '81', HOST: '::1' })).toMatchObject({ host: '::1', port: 81 });
    expect(readConfig(['--port', '82', '--host=0.0.0.0'], { PORT: '81' })).toMatchObject({
      host: '0.0.0.0',
      port: 82,
    });
    expect(readConfig([], { SOTTO_HUB: 'https://hub.example/models/' }).hub).toBe(
      'https://hub.example/models',
    );
  });

  it.each<[string[], Record<string, string>]>([
    [['--port', '65536'], {}],
    [['--port', 'http'], {}],
    [['--colour'], {}],
    [[], { SOTTO_HUB: 'huggingface.co' }],
    [[], { SOTTO_HUB: 'file:///etc' }],
    [[], { SOTTO_LOG: 'loud' }],
    [[], { SOTTO_MODELS: '/no/such/folder' }],
  ])('refuses %j %j', (argv, env) => {
    expect(() => readConfig(argv, env)).toThrow(StartError);
  });

  it('says how to build a page that has not been built', async () => {
    await expect(buildApp({ ...config, web: tmpdir() })).rejects.toThrow(/npm run build/);
  });
});

describe('the process', () => {
  const env = () => ({ SOTTO_WEB: config.web, SOTTO_LOG: '', HOST: '', PORT: '' });

  it.each(['SIGINT', 'SIGTERM'] as const)('prints one line, serves, and stops on %s', async (signal) => {
    const server = startServer(['--port', '0'], env());
    const address = await server.address;
    const answer = await fetch(address);
    expect(await answer.text()).toBe(FILES['web/index.html']);
    // npm and the terminal both pass the signal on.
    server.child.kill(signal);
    server.child.kill(signal);
    const end = await server.ended;
    expect(end).toEqual({ code: 0, signal: null, stdout: `Sotto is ready at ${address}\n`, stderr: '' });
  });

  it('says in one sentence that its port is taken', async () => {
    const first = startServer(['--port', '0'], env());
    const { port } = new URL(await first.address);
    const second = await startServer(['--port', port], env()).ended;
    first.child.kill('SIGTERM');
    await first.ended;
    expect(second.code).toBe(1);
    expect(second.stdout).toBe('');
    expect(second.stderr).toMatch(new RegExp(`^Port ${port} is in use [^\n]*\n$`));
  });

  it('gives nothing outside its folders, and logs no queries', async () => {
    const server = startServer(['--port', '0'], { ...env(), SOTTO_LOG: 'info' });
    const address = await server.address;
    const status = (path: string) => rawStatus(address, path);
    for (const path of [
      '/../outside.txt',
      '/models/../../outside.txt',
      '/%2e%2e/outside.txt',
      '/..%2foutside.txt',
      '/models/..%2f..%2foutside.txt',
      '/..%5coutside.txt',
      '//outside.txt',
      '/.secret',
      '/%2esecret',
    ]) {
      expect([400, 403, 404], path).toContain(await status(path));
    }
    expect(await status('/models/demo/config.json?said=private')).toBe(200);
    server.child.kill('SIGINT');
    const { stdout } = await server.ended;
    expect(stdout).toContain('/models/demo/config.json');
    expect(stdout).not.toContain('private');
  });
});

/** The status of a path sent exactly as written: URL and fetch would tidy it up first. */
function rawStatus(address: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(address);
    request({ hostname, port, path }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    })
      .once('error', reject)
      .end();
  });
}
