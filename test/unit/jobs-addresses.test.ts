import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkUrl, isPublic } from '../../server/jobs/address-rules.ts';
import { createFetchSource } from '../../server/jobs/fetch-source.ts';
import { createOutbound, type OutboundOptions } from '../../server/jobs/outbound.ts';
import { SottoError } from '../../shared/errors.ts';
import { realClock } from '../../shared/queue/port.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

describe('which addresses are public', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::ffff:0:7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::7f00:1',
    '100::1',
    '2001:0:1::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    'localhost',
    '',
  ])('%j is not', (address) => expect(isPublic(address)).toBe(false));

  it.each(['1.1.1.1', '8.8.8.8', '100.63.255.255', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
    '%s is',
    (address) => expect(isPublic(address)).toBe(true),
  );

  it.each([
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://①②⑦.0.0.1/',
    'ftp://a.example/',
    'file:///etc/passwd',
    'http://me@a.example/',
    'http://me:pw@a.example/',
    'nonsense',
  ])('%s is refused by its looks', (url) => {
    expect(() => checkUrl(url, false)).toThrow(expect.objectContaining({ code: 'address_refused' }));
  });
});

describe('fetching', () => {
  let server: Server;
  let port: number;
  let folder: string;
  let listener: RequestListener;
  let asked = 0;
  beforeEach(async () => {
    asked = 0;
    folder = await mkdtemp(join(tmpdir(), 'sotto-fetch-'));
    server = createServer((request, response) => {
      asked += 1;
      listener(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  const limits = { maxBytes: 1_000, totalMs: 5_000 };
  async function take(
    url: string,
    options: Partial<OutboundOptions> = {},
    { signal = new AbortController().signal, clock = realClock } = {},
  ) {
    const outbound = createOutbound({ allowPrivate: true, ...options });
    const to = join(folder, 'file');
    try {
      await createFetchSource(outbound, limits, clock)(url, to, signal);
      return await readFile(to, 'utf8');
    } catch (error) {
      expect(await readdir(folder)).toEqual([]);
      if (!(error instanceof SottoError)) throw error;
      expect(`${error.message} ${error.detail}`).not.toMatch(/127\.0|example|secret/);
      return error.code;
    }
  }

  it('connects to the address that was checked, whatever the name says the next time', async () => {
    listener = (request, response) => response.end(request.headers.host);
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    const resolve = async () => answers.shift() ?? [];
    expect(await take(`http://a.example:${port}/`, { resolve })).toBe(`a.example:${port}`);
    expect(answers).toHaveLength(1);
  });

  it('refuses a name that means a private address, also among public ones, and asks nobody', async () => {
    listener = (_request, response) => response.end('secret');
    for (const addresses of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::ffff:127.0.0.1']]) {
      const code = await take(`http://a.example:${port}/`, {
        allowPrivate: false,
        resolve: async () => addresses,
      });
      expect(code).toBe('address_refused');
    }
    expect(asked).toBe(0);
  });

  it('checks every hop of a redirect, and follows five', async () => {
    listener = (request, response) => {
      const hop = Number(request.url?.slice(1));
      if (hop > 0) response.writeHead(302, { location: `/${hop - 1}` }).end();
      else response.end('there');
    };
    expect(await take(`http://127.0.0.1:${port}/5`)).toBe('there');
    expect(await take(`http://127.0.0.1:${port}/6`)).toBe('source_failed');
    listener = (_request, response) => response.writeHead(307, { location: 'file:///etc/passwd' }).end();
    expect(await take(`http://127.0.0.1:${port}/`)).toBe('address_refused');
  });

  it('stops at the size that is announced, and at the size that comes', async () => {
    listener = (_request, response) => response.writeHead(200, { 'content-length': 5_000 }).flushHeaders();
    expect(await take(`http://127.0.0.1:${port}/`)).toBe('too_large');
    listener = (_request, response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(400)), 1);
      response.once('close', () => clearInterval(timer));
    };
    expect(await take(`http://127.0.0.1:${port}/`)).toBe('too_large');
    listener = (_request, response) => response.end();
    expect(await take(`http://127.0.0.1:${port}/`)).toBe('empty_file');
  });

  it('ends when its time is over, when it is cancelled, and when the other side breaks off', async () => {
    const clock = createVirtualClock();
    listener = (_request, response) => {
      response.write('some');
      void clock.advance(limits.totalMs);
    };
    expect(await take(`http://127.0.0.1:${port}/`, {}, { clock })).toBe('source_failed');
    const controller = new AbortController();
    listener = (_request, response) => {
      response.write('some');
      controller.abort(new SottoError('cancelled'));
    };
    expect(await take(`http://127.0.0.1:${port}/`, {}, { signal: controller.signal })).toBe('cancelled');
    listener = (request, response) => {
      response.writeHead(200, { 'content-length': 900 }).write('some', () => request.socket.destroy());
    };
    expect(await take(`http://127.0.0.1:${port}/`)).toBe('source_failed');
    expect(await take('http://127.0.0.1:1/')).toBe('source_failed');
    expect(await take('http://a.example/', { resolve: async () => [] })).toBe('source_failed');
  });
});
