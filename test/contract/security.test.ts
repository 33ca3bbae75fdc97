/** What docs/security.md promises of the front door, against a real server and raw sockets. */
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../server/cli/cli.ts';
import { hostAllowed, usualHosts } from '../../server/http/host-rules.ts';
import { createOutbound } from '../../server/jobs/outbound.ts';
import { createEarHost } from '../../server/media/ear-host.ts';
import { CATALOGUE, chooseDtype, modelFiles } from '../../shared/asr/catalogue.ts';
import { WINDOW_PROTOCOL } from '../../shared/protocol/window-session.ts';
import { FAKE_MODEL } from '../support/fake-service.ts';
import { form, type HttpWorld, startHttp, until } from '../support/http-world.ts';
import { startJobs } from '../support/jobs-world.ts';
import { connect, refused } from '../support/live-client.ts';
import { rawHttp } from '../support/raw-http.ts';

let world: HttpWorld;
/** method and address of every request that the parser made out of what came */
const seen: string[] = [];
// Nothing is heard here: the process that would hear is never started.
const ears = createEarHost({ vad: 'none' });
const SOCKETS = ['/v1/windows', '/v1/realtime?intent=transcription'];
beforeAll(async () => {
  world = await startHttp({
    services: { ears, v1: [async (app) => void app.post('/echo', ({ body }) => ({ body: body ?? null }))] },
  });
  world.app.server.prependListener('request', ({ method, url }) => void seen.push(`${method} ${url}`));
});
afterAll(async () => {
  await world.close();
  await ears.close();
});

/** All that is answered to these bytes, until the server closes or has answered once. */
async function speak(
  bytes: string,
): Promise<{ readonly statuses: readonly number[]; readonly text: string }> {
  const { socket, send } = await rawHttp(world.port);
  let text = '';
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.setEncoding('latin1').on('data', (data: string) => {
    text += data;
    socket.end();
  });
  await send(Buffer.from(bytes, 'latin1'));
  await closed;
  return { text, statuses: [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status)) };
}

describe('a second request within a first one', () => {
  const HIDDEN = 'GET /v1/hidden HTTP/1.1\r\nhost: localhost\r\n\r\n';
  const post = (headers: readonly string[], body: string) =>
    `POST /v1/echo HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
  const chunked = `0\r\n\r\n${HIDDEN}`;
  const length = `content-length: ${chunked.length}`;

  it.each<[what: string, bytes: string]>([
    ['a length and chunks', post([length, 'transfer-encoding: chunked'], chunked)],
    ['chunks and a length', post(['transfer-encoding: chunked', length], chunked)],
    ['two lengths', post(['content-length: 0', length], HIDDEN)],
    ['two equal lengths', post(['content-length: 2', 'content-length: 2'], `{}${HIDDEN}`)],
    ['a list of lengths', post(['content-length: 2, 2'], `{}${HIDDEN}`)],
    ['a length with a sign', post(['content-length: +2'], `{}${HIDDEN}`)],
    ['a length below nothing', post(['content-length: -1'], HIDDEN)],
    ['a hexadecimal length', post(['content-length: 0x2'], `{}${HIDDEN}`)],
    ['a length with a gap', post(['content-length: 2 2'], `{}${HIDDEN}`)],
    ['a space before the colon', post(['transfer-encoding : chunked', length], chunked)],
    ['a header that goes on in the next line', post(['transfer-encoding:', ' chunked', length], chunked)],
    ['chunked, but not last', post(['transfer-encoding: chunked, identity'], chunked)],
    ['another coding', post(['transfer-encoding: xchunked'], chunked)],
    ['chunked twice', post(['transfer-encoding: chunked', 'transfer-encoding: chunked', length], chunked)],
    ['a control character in the coding', post(['transfer-encoding: \x0bchunked', length], chunked)],
    ['NUL in a header', post(['x: a\0b', length], chunked)],
    ['a carriage return alone in a header', post(['x: a\rtransfer-encoding: chunked', length], chunked)],
    [
      'lines that end in a line feed alone',
      `POST /v1/echo HTTP/1.1\nhost: localhost\n${length}\n\n${chunked}`,
    ],
    ['a chunk of a hexadecimal size with 0x', post(['transfer-encoding: chunked'], `0x0\r\n\r\n${HIDDEN}`)],
    ['a chunk longer than it says', post(['transfer-encoding: chunked'], `1\r\n{}\r\n${chunked}`)],
    ['a space in the address', `GET /v1/echo ${HIDDEN}`],
    ['two hosts', 'GET /v1/models HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\n\r\n'],
    ['no host', 'GET /v1/models HTTP/1.1\r\n\r\n'],
  ])('%s is refused, and nothing after it is read', async (_what, bytes) => {
    seen.length = 0;
    const { statuses, text } = await speak(bytes);
    expect(statuses, text).toEqual([400]);
    expect(seen.filter((line) => line.includes('hidden'))).toEqual([]);
    expect(text).toMatch(/^connection: close/im);
  });

  it('one that is well-formed is a request of its own', async () => {
    seen.length = 0;
    await speak(post(['content-length: 2'], `{}${HIDDEN}`));
    expect(seen).toEqual(['POST /v1/echo', 'GET /v1/hidden']);
  });

  it('after a handshake that was refused the connection ends', async () => {
    const handshake = [
      'GET /v1/windows HTTP/1.1',
      'host: localhost',
      'origin: https://evil.example',
      'connection: upgrade',
      'upgrade: websocket',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version: 13',
      '\r\n',
    ].join('\r\n');
    seen.length = 0;
    expect((await speak(handshake + HIDDEN)).statuses).toEqual([403]);
    const rebound = handshake.replace('host: localhost', 'host: evil.example');
    expect((await speak(rebound + HIDDEN)).statuses).toEqual([421]);
    const old = handshake.replace('version: 13', 'version: 777').replace('https://evil.example', world.url);
    expect(
      (await speak(old.replace('host: localhost', `host: 127.0.0.1:${world.port}`) + HIDDEN)).statuses,
    ).toEqual([400]);
    expect(seen).toEqual([]);
  });
});

describe('names that point here', () => {
  const EVIL = 'rebound.example';
  const HANDSHAKE = { host: `${EVIL}:80`, origin: `http://${EVIL}:80`, 'sec-fetch-site': 'same-origin' };

  it.each<[header: string | undefined, names: readonly string[], allowed: boolean]>([
    ['localhost:8080', [], true],
    ['LocalHost.', [], true],
    ['app.localhost:1', [], true],
    ['127.0.0.1:8080', [], true],
    ['192.168.1.7', [], true],
    ['[::1]:8080', [], true],
    [undefined, [], true],
    [EVIL, [], false],
    ['localhost.evil.example', [], false],
    ['127.0.0.1.evil.example', [], false],
    ['evil-localhost', [], false],
    ['2130706433', [], false],
    ['0x7f000001', [], false],
    ['localhost@evil.example', [], false],
    ['evil.example/localhost', [], false],
    ['[evil.example]', [], false],
    ['', [], false],
    ['Speech.Example:443', ['speech.example'], true],
    ['speech.example.', ['speech.example'], true],
    ['other.example', ['speech.example'], false],
    [EVIL, ['*'], true],
  ])('%s with %j: %s', (header, names, allowed) => {
    expect(hostAllowed(header, names)).toBe(allowed);
  });

  it.each([
    ['127.0.0.1', []],
    ['127.1.2.3', []],
    ['::1', []],
    ['localhost', []],
    ['0.0.0.0', ['*']],
    ['::', ['*']],
    ['192.168.1.7', ['*']],
  ])('who listens on %s usually takes %j', (host, names) => expect(usualHosts(host)).toEqual(names));

  it('cannot use a server on this machine, its page, or its sockets', async () => {
    const ask = (path: string) => speak(`GET ${path} HTTP/1.1\r\nhost: ${EVIL}:${world.port}\r\n\r\n`);
    for (const path of [
      '/',
      '/v1/models',
      '/health',
      '/v1/jobs/job_x',
      '/app-config.json',
      '/nowhere',
      '/docs',
    ]) {
      expect((await ask(path)).statuses, path).toEqual([421]);
    }
    expect((await ask('/v1/models')).text).toContain('"code":"host_refused"');
    for (const path of SOCKETS) {
      expect((await refused(world.url + path, { headers: HANDSHAKE })).status).toBe(421);
    }
  });

  it('may where the operator names them', async () => {
    const proxied = await startHttp({ env: { SOTTO_HOSTS: `${EVIL}, speech.example` } });
    const client = await connect(`${proxied.url}/v1/windows`, [WINDOW_PROTOCOL], { headers: HANDSHAKE });
    client.socket.terminate();
    const other = { headers: { ...HANDSHAKE, host: 'another.example' } };
    expect((await refused(`${proxied.url}/v1/windows`, other)).status).toBe(421);
    await proxied.close();
    await expect(startHttp({ env: { SOTTO_HOSTS: 'https://speech.example' } })).rejects.toThrow(
      /SOTTO_HOSTS/,
    );
  });
});

describe('WebSockets of other pages', () => {
  it('their own page and programs open them', async () => {
    for (const path of SOCKETS) {
      for (const headers of [{ origin: world.url }, {}]) {
        const client = await connect(world.url + path, [], { headers });
        client.socket.terminate();
      }
    }
  });

  it.each(['https://evil.example', 'null', 'file://', 'http://localhost.evil.example'])(
    '%s opens none, whatever it says of itself',
    async (origin) => {
      for (const path of SOCKETS) {
        for (const site of ['cross-site', 'same-site']) {
          const headers = { origin, 'sec-fetch-site': site };
          expect((await refused(world.url + path, { headers })).status).toBe(403);
        }
      }
      expect(world.service.status().admission.active).toBe(0);
    },
  );
});

/** As they would be written in an address, a form, a message or a command. */
const CLIMBING = [
  '../../etc/passwd',
  '..',
  '/etc/passwd',
  'a/../../b',
  '..\\..\\x',
  'a/b/c',
  '.hidden',
  'a\0b',
];

describe('names that would climb out of a folder', () => {
  it.each(CLIMBING)('%j is no model to anybody', async (name) => {
    const unknown = { status: 404, code: 'model_not_found' };
    const status = async (answer: Response) => ({
      status: answer.status,
      code: ((await answer.json()) as { error: { code: string } }).error.code,
    });
    // fetch would tidy the dots up: encoded they arrive.
    const path = encodeURIComponent(name).replaceAll('.', '%2e');
    const byAddress = await status(await fetch(`${world.url}/v1/models/${path}`));
    expect([unknown, { status: 404, code: 'not_found' }]).toContainEqual(byAddress);
    const { body, headers } = form([
      { name: 'file', value: 'RIFF', filename: name },
      { name: 'model', value: name },
    ]);
    const posted = { method: 'POST', body: new Uint8Array(body), headers };
    expect(await status(await fetch(`${world.url}/v1/audio/transcriptions`, posted))).toEqual(unknown);
    const client = await connect(`${world.url}/v1/windows`, [WINDOW_PROTOCOL]);
    client.send({ type: 'hello', model: name, priority: 'live' });
    expect((await client.closed).reason).toMatch(/^model_unknown/);

    const said: string[] = [];
    const output = {
      terminal: false,
      write: async (text: string) => void said.push(text),
      error: (line: string) => void said.push(line),
      status: () => undefined,
    };
    const cli = (...args: string[]) =>
      runCli({ args, env: { XDG_CACHE_HOME: join(tmpdir(), 'no-such') } }, output);
    expect(await cli('models', 'pull', name)).toBe(2);
    expect(await cli('models', 'verify', name)).toBe(2);
    expect(await cli('transcribe', '--model', name, 'x.wav')).toBe(2);
    expect(said.join('\n')).not.toMatch(/root:|ENOENT/);
  });

  it('an upload lies in the spool under a name of our own', async () => {
    const before = new Set(await readdir(tmpdir()));
    for (const filename of CLIMBING) {
      const { body, headers } = form([
        { name: 'model', value: FAKE_MODEL },
        { name: 'file', value: 'RIFF', filename: filename.replaceAll('"', '') },
      ]);
      const posted = { method: 'POST', body: new Uint8Array(body), headers };
      expect([200, 400]).toContain((await fetch(`${world.url}/v1/audio/transcriptions`, posted)).status);
      expect(await world.spooled()).toEqual([]);
    }
    const after = await readdir(tmpdir());
    expect(after.filter((name) => !before.has(name) && /passwd|hidden|^[abx]$/.test(name))).toEqual([]);
  });

  it.each([
    '/models/%252e%252e/%252e%252e/package.json',
    '/models/..;/..;/package.json',
    '/models/%c0%ae%c0%ae/package.json',
    '/models/%00/../package.json',
    '/models/sotto-demo-en/..%5c..%5cpackage.json',
    '/models//etc/passwd',
    '/models/C:/windows/win.ini',
    '/v1/../package.json',
    '/v1/jobs/..%2f..%2fdatabase',
    '/docs/..%2f..%2fpackage.json',
    '/docs/static/..%2f..%2f..%2fpackage.json',
    'http://localhost/../package.json',
  ])('%s is nothing', async (path) => {
    const { statuses, text } = await speak(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    expect([[400], [403], [404]]).toContainEqual(statuses);
    expect(text).not.toContain('"private"');
  });

  it('no model of the catalogue, nor any file of one, has such a name', () => {
    const names = CATALOGUE.flatMap((entry) => {
      const files = (['cpu', 'wasm', 'webgpu', 'cuda'] as const).flatMap((device) =>
        modelFiles(entry, chooseDtype(entry, device, { fp16: true })),
      );
      return [entry.id, ...files.map(({ path }) => path)];
    });
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) expect(name).toMatch(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/);
  });
});

describe('addresses that callers name', () => {
  it('no job and no webhook reaches what is not public, by number or by name', async () => {
    let asked = 0;
    const secret = createServer((_request, response) => {
      asked += 1;
      response.end('RIFF secret');
    });
    await new Promise<void>((resolve) => secret.listen(0, '127.0.0.1', resolve));
    const { port } = secret.address() as AddressInfo;
    // As a resolver that whoever owns the name has set up: one public address among others, then only this machine's.
    const answers = [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::ffff:127.0.0.1'], ['127.0.0.1']];
    const outbound = createOutbound({ allowPrivate: false, resolve: async () => answers.shift() ?? ['::1'] });
    const jobs = await startJobs({ env: { ASR_ALLOW_PRIVATE_URLS: 'no' }, parts: { outbound } });
    const submit = async (url: string, more: object = {}) => {
      const answer = await fetch(`${jobs.url}/v1/jobs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: FAKE_MODEL, url, ...more }),
      });
      return {
        status: answer.status,
        body: (await answer.json()) as { id: string; error?: { code: string } },
      };
    };
    for (const host of ['127.0.0.1', '[::1]', '0x7f.1', '2130706433', '169.254.169.254', '[::ffff:7f00:1]']) {
      expect(await submit(`http://${host}:${port}/`)).toMatchObject({
        status: 400,
        body: { error: { code: 'address_refused' } },
      });
    }
    const hook = { webhook_url: `http://127.0.0.1:${port}/`, webhook_secret: `whsec_${'QUJD'.repeat(10)}` };
    expect((await submit('https://a.example/', hook)).status).toBe(400);
    for (let name = 0; name < 3; name += 1) {
      const { body } = await submit(`http://rebound-${name}.example:${port}/`);
      let job: { status: string; error?: { code: string } } = { status: 'queued' };
      await until(async () => {
        job = (await (await jobs.get(`/v1/jobs/${body.id}`)).json()) as typeof job;
        return job.status === 'failed';
      });
      expect(job.error?.code).toBe('address_refused');
    }
    const { body } = await jobs
      .post(['say hello'], {
        fields: { webhook_url: `http://rebound.example:${port}/`, webhook_secret: hook.webhook_secret },
      })
      .then(async (answer) => ({ body: (await answer.json()) as { id: string } }));
    await until(async () => {
      const job = (await (await jobs.get(`/v1/jobs/${body.id}`)).json()) as { webhook: string };
      return job.webhook === 'given_up';
    });
    expect(asked).toBe(0);
    await jobs.close();
    secret.close();
  });
});

describe('docs/security.md', () => {
  const text = readFileSync('docs/security.md', 'utf8');

  it('names tests that are there', () => {
    const named = [...text.matchAll(/`((?:unit|contract|e2e)\/[\w-]+)`/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !existsSync(`test/${name}.test.ts`))).toEqual([]);
  });

  it('says of each attack at the front door which test shows its defence', () => {
    const [, table = ''] = text.split('|---|---|---|');
    const rows = table.split('\n\n')[0]?.trim().split('\n') ?? [];
    expect(rows.length).toBeGreaterThan(6);
    expect(rows.filter((row) => !/`(unit|contract)\/[\w-]+`[^|]*\|$/.test(row))).toEqual([]);
  });
});
