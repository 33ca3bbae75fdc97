/** Where model files lie between visits: the Cache API, or this session's memory where that is missing or full. */

import { addressOf, keyAt } from '../../shared/asr/model-keys.ts';
import { sha256 } from './store-digest.ts';

/** Why files could not be kept on the device. */
export type UncachedReason = 'unavailable' | 'quota' | 'failed';

export interface ShelfOptions {
  /** undefined where the browser offers none (an insecure page) */
  readonly caches: Pick<CacheStorage, 'open'> | undefined;
  readonly cacheName: string;
  readonly onUncached: (reason: UncachedReason) => void;
}

/** `absent`: the source is known not to have it, so nobody need ask again. */
export type Shelved =
  /** `sha256`: of the file as it came, where that was noted */
  { readonly name: 'whole'; readonly bytes: number; readonly sha256?: string } | { readonly name: 'absent' };

/** Keys are paths without a leading slash. Only whole files are ever visible. */
export interface Shelf {
  look(key: string): Promise<Shelved | undefined>;
  read(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  keep(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  keepAbsent(key: string): Promise<void>;
  keys(prefix: string): Promise<string[]>;
  drop(keys: readonly string[]): Promise<void>;
}

const LENGTH = 'content-length';
const DIGEST = 'x-sotto-sha256';
/** A response with this status and no body stands for `absent`. */
const NO_CONTENT = 204;

export function openShelf({ caches, cacheName, onUncached }: ShelfOptions): Shelf {
  const memory = new Map<string, Uint8Array<ArrayBuffer> | 'absent'>();
  const told = new Set<UncachedReason>();
  let opening: Promise<Cache | undefined> | undefined;

  function tell(reason: UncachedReason): void {
    if (told.has(reason)) return;
    told.add(reason);
    onUncached(reason);
  }

  async function openCache(): Promise<Cache | undefined> {
    try {
      const cache = await caches?.open(cacheName);
      if (cache === undefined) tell('unavailable');
      return cache;
    } catch {
      // Private windows and sandboxed frames have the API and refuse its use.
      tell('unavailable');
      return undefined;
    }
  }
  const cache = (): Promise<Cache | undefined> => {
    opening ??= openCache();
    return opening;
  };

  /** put() makes an entry visible only when it is whole. */
  async function put(key: string, response: Response, fallback: Uint8Array<ArrayBuffer> | 'absent') {
    const open = await cache();
    if (open === undefined) {
      memory.set(key, fallback);
      return;
    }
    try {
      await open.put(addressOf(key), response);
    } catch (thrown) {
      memory.set(key, fallback);
      tell(thrown instanceof Error && thrown.name === 'QuotaExceededError' ? 'quota' : 'failed');
    }
  }

  return {
    async look(key) {
      const held = memory.get(key);
      if (held !== undefined) {
        return held === 'absent' ? { name: 'absent' } : { name: 'whole', bytes: held.length };
      }
      const found = await (await cache())?.match(addressOf(key));
      if (found === undefined) return undefined;
      if (found.status === NO_CONTENT) return { name: 'absent' };
      const digest = found.headers.get(DIGEST);
      const bytes = Number(found.headers.get(LENGTH));
      return { name: 'whole', bytes, ...(digest === null ? {} : { sha256: digest }) };
    },
    async read(key) {
      const held = memory.get(key);
      if (held !== undefined) return held === 'absent' ? undefined : held;
      const found = await (await cache())?.match(addressOf(key));
      if (found === undefined || found.status === NO_CONTENT) return undefined;
      return new Uint8Array(await found.arrayBuffer());
    },
    async keep(key, bytes) {
      const digest = await sha256(bytes);
      const headers = {
        [LENGTH]: String(bytes.length),
        ...(digest === undefined ? {} : { [DIGEST]: digest }),
      };
      await put(key, new Response(bytes, { headers }), bytes);
    },
    async keepAbsent(key) {
      await put(key, new Response(null, { status: NO_CONTENT }), 'absent');
    },
    async keys(prefix) {
      const cached = (await (await cache())?.keys()) ?? [];
      const all = [...memory.keys(), ...cached.map((request) => keyAt(request.url))];
      return [...new Set(all)].filter((key) => key.startsWith(prefix));
    },
    async drop(keys) {
      const open = await cache();
      for (const key of keys) {
        memory.delete(key);
        await open?.delete(addressOf(key));
      }
    },
  };
}
