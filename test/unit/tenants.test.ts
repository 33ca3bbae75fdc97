import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../server/cli/cli.ts';
import { StartError } from '../../server/config.ts';
import { isLoopback } from '../../server/http/host-rules.ts';
import { tenancyServices } from '../../server/tenancy-services.ts';
import { openTenantsFile } from '../../server/tenants/database.ts';
import { createKeyStore } from '../../server/tenants/keys.ts';
import { NO_LIMITS } from '../../server/tenants/port.ts';
import { leftHeader, policyHeader } from '../../server/tenants/rate-headers.ts';
import { createSecret, isSecretOf } from '../../server/tenants/secret.ts';
import { waveSeconds } from '../../server/tenants/sound-length.ts';
import { wavHeader } from '../../shared/audio/wav.ts';
import { ANYBODY } from '../contract/key-store-cases.ts';
import { startServer } from '../support/server-process.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sotto-keys-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('nothing is the secret of a key that is not there', () => {
  expect(isSecretOf(createSecret().secret, undefined)).toBe(false);
});

describe('whether keys are asked for', () => {
  const services = (host: string, auth: 'auto' | 'on' | 'off', file: string) =>
    tenancyServices({
      host,
      tenants: { auth, file: join(folder, file), pageKey: undefined, watch: 'key', maxTenants: 8 },
    });

  test('not on loopback, and not where it is said', async () => {
    for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost']) {
      expect(isLoopback(host)).toBe(true);
      expect(await services(host, 'auto', 'none.db')).toBeUndefined();
    }
    expect(await services('0.0.0.0', 'off', 'none.db')).toBeUndefined();
  });

  test('elsewhere nothing starts before there is a key, or it is said to go without', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.2', 'speech.example', '127.0.0.1.example']) {
      await expect(services(host, 'auto', 'none.db')).rejects.toThrow(StartError);
    }
    await expect(services('::', 'auto', 'none.db')).rejects.toThrow(/sotto keys create.*ASR_AUTH=off/);
    const db = openTenantsFile(join(folder, 'some.db'));
    await expect(services('::', 'auto', 'some.db')).rejects.toThrow(StartError);
    await createKeyStore(db).create(ANYBODY);
    db.close();
    const open = await services('::', 'auto', 'some.db');
    expect(open).toBeDefined();
    await open?.close();
  });
});

test('a server on an address of others ends at once, before any child, and says what to do', async () => {
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  const server = startServer(['--host', '0.0.0.0', '--port', '0'], {
    ASR_ENABLED: 'on',
    ASR_KEYS_DB: join(folder, 'nowhere.db'),
    SOTTO_WEB: folder,
  });
  const { code, stderr, stdout } = await server.ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/there is no key in .*nowhere\.db: make one \(npx sotto keys create/);
});

describe('sotto keys', () => {
  async function cli(...args: string[]) {
    const said = { out: '', error: '' };
    const code = await runCli(
      { args: ['keys', ...args], env: { ASR_KEYS_DB: join(folder, 'cli.db') } },
      {
        terminal: false,
        async write(text) {
          said.out += text;
        },
        error(line) {
          said.error += `${line}\n`;
        },
        status() {},
      },
    );
    return { code, ...said };
  }

  test('makes, lists, rotates and revokes', async () => {
    const made = await cli('create', '--name', 'me', '--scopes', 'admin,metrics', '--jobs', '3', '--json');
    expect(made.code).toBe(0);
    const key = JSON.parse(made.out);
    expect(key).toMatchObject({ name: 'me', scopes: ['admin', 'metrics'], limits: { jobs_at_once: 3 } });
    const list = await cli('list');
    expect(list.out).toContain(`${key.id}  ${key.prefix}…  valid  admin,metrics  me`);
    expect(list.out).not.toContain(key.secret);
    const rotated = await cli('rotate', key.id, '--overlap', '60');
    expect(rotated.out).toMatch(/^sk-sotto-[\w-]{51}\n$/);
    expect(rotated.error).toContain(`${key.prefix}… is taken until`);
    expect(await cli('revoke', key.id)).toMatchObject({ code: 0, out: `${key.id} (me) is revoked.\n` });
    expect((await cli('list')).out).toContain('revoked');
    expect(await cli('rotate', key.id)).toMatchObject({ code: 1 });
    expect(await cli('change', key.id, '--name', 'you')).toMatchObject({ code: 1 });
  });

  test('changes what is said, and nothing else', async () => {
    const made = await cli('create', '--name', 'me', '--jobs', '3', '--models', 'a,b', '--json');
    const { secret: _, ...key } = JSON.parse(made.out);
    const changed = await cli(
      ...['change', key.id, '--jobs', 'none', '--models', 'none', '--requests-per-minute', '60', '--json'],
      ...['--scopes', 'live', '--expires', '2099-01-01'],
    );
    expect(JSON.parse(changed.out)).toEqual({
      ...key,
      ...{ scopes: ['live'], allowed_models: null, expires_at: '2099-01-01T00:00:00.000Z' },
      limits: { ...key.limits, jobs_at_once: null, requests_per_minute: 60 },
    });
    const again = await cli('change', key.id, '--expires', 'none', '--name', 'you');
    expect(again).toMatchObject({ code: 0, out: `${key.id} (you) is changed.\n` });
    expect((await cli('list')).out).toMatch(new RegExp(`${key.prefix}…  valid +live +you`));
  });

  test.each([
    [[], /say create/],
    [['create'], /--name/],
    [['create', '--name', 'x', '--scopes', 'everything'], /scopes/],
    [['create', '--name', 'x', '--jobs', 'many'], /jobs_at_once/],
    [['create', '--name', 'x', '--weight', '0'], /weight/],
    [['create', '--name', 'x', '--expires', 'yesterday'], /expires_at/],
    [['revoke'], /name the key/],
    [['change', 'key_x'], /say what/],
    [['change', '--jobs', '3'], /name the key/],
    [['change', 'key_x', '--weight', 'none'], /weight/],
    [['change', 'key_x', '--expires', '2020-01-01'], /expires_at/],
    [['list', '--redis', 'http://nowhere'], /ASR_REDIS_URL/],
    [['rotate', 'key_x', '--overlap', '-1'], /overlap/i],
    [['list', 'a', 'b'], /too much/],
  ])('%j is wrong usage', async (args, message) => {
    const { code, error } = await cli(...args);
    expect(code).toBe(2);
    expect(error).toMatch(message);
  });
});

test('the rate headers are structured fields that promise whole numbers', () => {
  const limits = { ...NO_LIMITS, requestsPerMinute: 100, jobsAtOnce: 4, audioSecondsPerDay: 3600.5 };
  expect(policyHeader(limits)).toBe(
    '"requests";q=100;w=60, "jobs";q=4;qu="concurrent-requests", "audio";q=3600;w=86400;qu="audio-seconds"',
  );
  const requests = { granted: true, remaining: 7, resetMs: 1_001 };
  const audio = { granted: true, remainingSeconds: 12.9, resetMs: 3_000 };
  expect(leftHeader({ requests, audio })).toBe('"requests";r=7;t=2, "audio";r=12;t=3');
  expect(policyHeader(NO_LIMITS)).toBeUndefined();
  expect(leftHeader({ audio: { ...audio, remainingSeconds: Number.POSITIVE_INFINITY } })).toBeUndefined();
});

test('a WAVE file says how long it is; what says nothing, or too much, is not believed', () => {
  const shape = { sampleRate: 16_000, channels: 2, format: 'pcm16' } as const;
  const head = Buffer.from(wavHeader(shape, 32_000));
  expect(waveSeconds(head, 44 + 128_000)).toBe(2);
  expect(waveSeconds(head, 44 + 64_000)).toBe(1);
  head.writeUInt32LE(0xffff_ffff, 40);
  expect(waveSeconds(head, 44 + 64_000)).toBe(1);
  expect(waveSeconds(head.subarray(0, 30), 1_000)).toBeUndefined();
  expect(waveSeconds(Buffer.from('ID3 and more than twelve'), 1_000)).toBeUndefined();
});
