/** What every store of keys must do, wherever they lie. */
import { beforeEach, describe, expect, test } from 'vitest';
import { type KeyStore, NO_LIMITS } from '../../server/tenants/port.ts';
import { createTestWall, type TestWall } from './limit-store-cases.ts';

export interface KeyStoreUnderTest {
  /** Empty, and time is the wall's. Called once a case. */
  make(wall: TestWall): Promise<KeyStore>;
  /** all that is written down anywhere, as text */
  kept(): Promise<string>;
}

export const ANYBODY = {
  name: 'x',
  weight: 1,
  scopes: ['transcribe'],
  allowedModels: undefined,
  allowedOrigins: undefined,
  expiresAt: undefined,
  limits: NO_LIMITS,
} as const;

const HOUR = 3_600_000;

export function keyStoreContract(name: string, { make, kept }: KeyStoreUnderTest): void {
  describe(`key store contract: ${name}`, () => {
    let wall: TestWall;
    let keys: KeyStore;
    beforeEach(async () => {
      wall = createTestWall();
      keys = await make(wall);
    });

    test('what is kept holds no secret, and no two are alike', async () => {
      const made = await Promise.all(Array.from({ length: 20 }, () => keys.create(ANYBODY)));
      expect(new Set(made.map(({ secret }) => secret)).size).toBe(20);
      const written = await kept();
      for (const { secret, key } of made) {
        expect(secret).toMatch(/^sk-sotto-[\w-]{51}$/);
        expect(written).toContain(key.prefix);
        expect(written).not.toContain(secret.slice(key.prefix.length));
        expect((await keys.check(secret))?.id).toBe(key.id);
      }
    });

    test('a key is what it was made as, in lists too, the oldest first', async () => {
      const whole = {
        ...{ name: '小白, "the" {first}', weight: 2.5, scopes: ['jobs', 'admin'] as const },
        ...{ allowedModels: ['a', 'b/c'], allowedOrigins: ['https://a.example'] },
        expiresAt: wall.now() + HOUR,
        limits: { ...NO_LIMITS, requestsPerMinute: 10, audioSecondsPerDay: 0.5, jobsAtOnce: 0 },
      };
      const { key } = await keys.create(whole);
      expect(key).toEqual({
        ...whole,
        ...{ id: expect.stringMatching(/^key_/), prefix: expect.stringMatching(/^sk-sotto-.{8}$/) },
        ...{ createdAt: wall.now(), revokedAt: undefined, previous: undefined },
      });
      wall.advance(1);
      const second = await keys.create(ANYBODY);
      expect(await keys.list()).toEqual([key, second.key]);
      expect(await keys.find(second.key.id)).toEqual(second.key);
      expect(await keys.find('key_none')).toBeUndefined();
    });

    test('only the whole secret is it', async () => {
      const { secret, key } = await keys.create(ANYBODY);
      const last = secret.endsWith('A') ? 'B' : 'A';
      const wrong = [
        '',
        key.prefix,
        secret.slice(0, -1),
        `${secret}A`,
        `${secret.slice(0, -1)}${last}`,
        `${secret.slice(0, 9)}AAAAAAAA${secret.slice(17)}`,
        secret.replaceAll('-', '_'),
        "sk-sotto-' OR 1=1 --",
      ];
      for (const text of wrong) expect([text, await keys.check(text)]).toEqual([text, undefined]);
    });

    test('an expiry, a rotation and a revocation end a secret at their moment', async () => {
      const { key, secret } = await keys.create({ ...ANYBODY, expiresAt: wall.now() + 3 * HOUR });
      const rotated = await keys.rotate(key.id, HOUR);
      expect(rotated?.key.previous).toEqual({ prefix: key.prefix, until: wall.now() + HOUR });
      expect(rotated?.key).toMatchObject({ id: key.id, expiresAt: key.expiresAt });
      wall.advance(HOUR - 1);
      expect(await keys.check(secret)).toBeDefined();
      wall.advance(1);
      expect(await keys.check(secret)).toBeUndefined();
      expect((await keys.find(key.id))?.previous).toBeUndefined();
      expect(await keys.check(rotated?.secret ?? '')).toBeDefined();
      wall.advance(2 * HOUR);
      expect(await keys.check(rotated?.secret ?? '')).toBeUndefined();
      const other = await keys.create(ANYBODY);
      const revoked = await keys.revoke(other.key.id);
      expect(revoked?.revokedAt).toBe(wall.now());
      expect(await keys.check(other.secret)).toBeUndefined();
      expect(await keys.rotate(other.key.id, HOUR)).toBeUndefined();
      expect(await keys.revoke('key_none')).toBeUndefined();
      wall.advance(1);
      expect((await keys.revoke(other.key.id))?.revokedAt).toBe(revoked?.revokedAt);
    });

    test('one old secret at a time, and none where none was wanted', async () => {
      const first = await keys.create(ANYBODY);
      const { id } = first.key;
      const second = await keys.rotate(id, HOUR);
      const third = await keys.rotate(id, HOUR);
      const taken = async (...secrets: (string | undefined)[]) =>
        Promise.all(secrets.map(async (secret = '') => (await keys.check(secret)) !== undefined));
      expect(await taken(first.secret, second?.secret, third?.secret)).toEqual([false, true, true]);
      const fourth = await keys.rotate(id, 0);
      expect(await taken(second?.secret, third?.secret, fourth?.secret)).toEqual([false, false, true]);
      expect(fourth?.key.previous).toBeUndefined();
    });

    test('a change is of what it names alone; undefined takes a bound away', async () => {
      const limits = { ...NO_LIMITS, requestsPerMinute: 10, jobsAtOnce: 4 };
      const { key, secret } = await keys.create({ ...ANYBODY, allowedModels: ['a'], limits });
      const soon = wall.now() + HOUR;
      const first = await keys.change(key.id, {
        ...{ name: 'y', weight: 3, scopes: ['live', 'jobs'], expiresAt: soon },
        ...{ allowedOrigins: ['https://a.example'], limits: { jobsAtOnce: 5, uploadBytes: 9 } },
      });
      const changed = {
        ...key,
        ...{ name: 'y', weight: 3, scopes: ['live', 'jobs'], expiresAt: soon },
        ...{ allowedOrigins: ['https://a.example'], limits: { ...limits, jobsAtOnce: 5, uploadBytes: 9 } },
      };
      expect(first).toEqual(changed);
      expect(await keys.check(secret)).toEqual(changed);
      const second = await keys.change(key.id, {
        ...{ allowedModels: undefined, expiresAt: undefined, limits: { requestsPerMinute: undefined } },
      });
      const open = { ...changed, allowedModels: undefined, expiresAt: undefined };
      expect(second).toEqual({ ...open, limits: { ...changed.limits, requestsPerMinute: undefined } });
      expect(await keys.change(key.id, {})).toEqual(second);
      expect(await keys.change('key_none', { name: 'z' })).toBeUndefined();
      await keys.revoke(key.id);
      expect(await keys.change(key.id, { name: 'z' })).toBeUndefined();
      expect((await keys.find(key.id))?.name).toBe('y');
    });

    test('changes at the same time are all there', async () => {
      const { key } = await keys.create(ANYBODY);
      await Promise.all([
        keys.change(key.id, { limits: { jobsAtOnce: 2 } }),
        keys.change(key.id, { limits: { sessionsAtOnce: 3 } }),
        keys.change(key.id, { name: 'y' }),
      ]);
      expect(await keys.find(key.id)).toMatchObject({
        name: 'y',
        limits: { jobsAtOnce: 2, sessionsAtOnce: 3 },
      });
    });
  });
}
