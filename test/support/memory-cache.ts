/** The Cache API's part that the model store uses, in memory, with a quota, for Node. */
export interface MemoryCaches {
  readonly caches: Pick<CacheStorage, 'open'>;
  /** bytes it will hold; more is refused as a browser does */
  quota: number;
  /** addresses held, in order of arrival */
  addresses(): string[];
  clear(): void;
}

interface Held {
  readonly status: number;
  readonly headers: [string, string][];
  readonly bytes: ArrayBuffer;
}

export function createMemoryCaches(): MemoryCaches {
  const held = new Map<string, Held>();
  const used = () => [...held.values()].reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  const memory: MemoryCaches = {
    quota: Number.POSITIVE_INFINITY,
    addresses: () => [...held.keys()],
    clear: () => held.clear(),
    caches: {
      async open() {
        const cache: Pick<Cache, 'match' | 'put' | 'delete' | 'keys'> = {
          async match(address) {
            const found = held.get(String(address));
            if (found === undefined) return undefined;
            const { status, headers, bytes } = found;
            return new Response(status === 204 ? null : bytes.slice(0), { status, headers });
          },
          async put(address, response) {
            const bytes = await response.arrayBuffer();
            if (used() + bytes.byteLength > memory.quota) {
              throw new DOMException('Quota exceeded.', 'QuotaExceededError');
            }
            held.set(String(address), { status: response.status, headers: [...response.headers], bytes });
          },
          async delete(address) {
            return held.delete(String(address));
          },
          async keys() {
            return [...held.keys()].map((address) => new Request(address));
          },
        };
        return cache as Cache;
      },
    },
  };
  return memory;
}
