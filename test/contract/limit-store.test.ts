import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTenantsFile } from '../../server/tenants/database.ts';
import { createEmbeddedLimits } from '../../server/tenants/embedded-limits.ts';
import { dayOf } from '../../server/tenants/port.ts';
import { createTestWall, limitStoreContract } from './limit-store-cases.ts';

limitStoreContract('embedded', {
  async make(wall) {
    const db = openTenantsFile(':memory:');
    const store = createEmbeddedLimits(db, { wall: wall.now });
    return {
      ...store,
      async close() {
        await store.close();
        db.close();
      },
    };
  },
});

test('embedded: what was used today survives a restart, what was held does not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-limits-'));
  const wall = createTestWall();
  const day = dayOf(wall.now());
  try {
    const first = openTenantsFile(join(folder, 'keys.db'));
    const before = createEmbeddedLimits(first, { wall: wall.now });
    await before.hold({ kind: 'job', tenant: 'a', id: '1' }, 1);
    await before.reserveAudio({ tenant: 'a', id: '1' }, 60, 100);
    await before.settleAudio({ tenant: 'a', id: '2', model: 'm', seconds: 30.25, requests: 1 });
    await before.close();
    first.close();
    const second = openTenantsFile(join(folder, 'keys.db'));
    const after = createEmbeddedLimits(second, { wall: wall.now });
    expect(await after.audio('a', 100)).toMatchObject({ remainingSeconds: 69.75 });
    expect(await after.hold({ kind: 'job', tenant: 'a', id: '3' }, 1)).toMatchObject({ granted: true });
    // The process may have ended between counting it and writing down that it did.
    await after.settleAudio({ tenant: 'a', id: '2', model: 'm', seconds: 30.25, requests: 1 });
    expect(await after.usage('a', day, day)).toEqual([{ day, model: 'm', requests: 1, seconds: 30.25 }]);
    second.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
