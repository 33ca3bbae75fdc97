/** The lanes found for this device, in the Cache API: workers have no localStorage, and one number needs no database. */
import type { LaneMemory } from '../../shared/asr/calibrate.ts';

const CACHE = 'sotto-lanes-1';
/** Only names what is kept: nothing is ever asked of it. */
const addressOf = (key: string) => `https://lanes.invalid/${encodeURIComponent(key)}`;

/** `caches` is undefined in an insecure context. What cannot be kept or read is found anew at the next start. */
export function createLaneMemory(caches: Pick<CacheStorage, 'open'> | undefined): LaneMemory {
  return {
    async get(key) {
      const found = await orUndefined(async () => (await caches?.open(CACHE))?.match(addressOf(key)));
      const lanes = Number(await orUndefined(async () => found?.text()));
      return Number.isInteger(lanes) && lanes >= 1 ? lanes : undefined;
    },
    async set(key, lanes) {
      await orUndefined(async () =>
        (await caches?.open(CACHE))?.put(addressOf(key), new Response(String(lanes))),
      );
    },
  };
}

/** A full or forbidden store is no reason not to start. */
async function orUndefined<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
