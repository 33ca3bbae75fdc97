/** What every store of client secrets must do, wherever they lie. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Secrets } from '../../server/realtime/secrets.ts';
import { firstConfig } from '../../server/realtime/session-config.ts';
import { createTestWall, type TestWall } from './limit-store-cases.ts';

export interface SecretsUnderTest {
  /** Empty, with room for so many, and time is the wall's. Called once a case. */
  make(wall: TestWall, most: number): Promise<Secrets>;
}

const CONFIG = { ...firstConfig('some-model'), language: 'zh', prompt: '小白 "x"', vad: undefined };
const REFUSED = expect.objectContaining({ code: 'key_refused' });

export function secretsContract(name: string, { make }: SecretsUnderTest): void {
  describe(`client secrets contract: ${name}`, () => {
    let wall: TestWall;
    let secrets: Secrets;
    beforeEach(async () => {
      wall = createTestWall();
      secrets = await make(wall, 3);
    });

    test('each opens what it was made for, counts for who gave it, and ends at its moment', async () => {
      const made = await secrets.create(CONFIG, 60_000, 'key_a');
      expect(made).toEqual({
        value: expect.stringMatching(/^ek_[\w-]{32}$/),
        expiresAt: Math.floor((wall.now() + 60_000) / 1_000),
      });
      const other = await secrets.create(firstConfig('other'), 120_000);
      expect(await secrets.check(made.value)).toEqual(CONFIG);
      expect(await secrets.hostOf(made.value)).toBe('key_a');
      expect(await secrets.hostOf(other.value)).toBeUndefined();
      wall.advance(59_999);
      expect(await secrets.check(made.value)).toEqual(CONFIG);
      wall.advance(1);
      await expect(secrets.check(made.value)).rejects.toEqual(REFUSED);
      expect(await secrets.hostOf(made.value)).toBeUndefined();
      expect(await secrets.check(other.value)).toEqual(firstConfig('other'));
    });

    test('nothing else is one', async () => {
      const { value } = await secrets.create(CONFIG, 60_000, 'key_a');
      for (const wrong of ['', 'ek_', value.slice(0, -1), `${value}A`, value.slice(3), `sk-sotto-${value}`]) {
        await expect(secrets.check(wrong)).rejects.toEqual(REFUSED);
        expect(await secrets.hostOf(wrong)).toBeUndefined();
      }
    });

    test('so many at once and no more, until one of them is over', async () => {
      const ends = await Promise.allSettled(
        Array.from({ length: 10 }, (_, index) => secrets.create(CONFIG, 1_000 * (index + 1))),
      );
      expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
      for (const end of ends) {
        if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'queue_full' });
      }
      wall.advance(1_000);
      await secrets.create(CONFIG, 60_000);
      await expect(secrets.create(CONFIG, 60_000)).rejects.toMatchObject({ code: 'queue_full' });
    });
  });
}
