import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findModel, type ModelEntry, modelFiles } from '../../shared/asr/catalogue.ts';
import type { SottoError } from '../../shared/errors.ts';
import { type ModelStore, type ModelStoreOptions, openModelStore } from '../../web/engine/model-store.ts';
import { type Asked, factsOf } from '../../web/engine/store-download.ts';
import { type DownloadProgress, sumProgress } from '../../web/engine/store-progress.ts';
import { type Hub, type HubOptions, startHub } from '../support/hub-server.ts';
import { createMemoryCaches, type MemoryCaches } from '../support/memory-cache.ts';

const folder = fileURLToPath(new URL('../../public/models/sotto-demo-en/', import.meta.url));
const demo = findModel('sotto-demo-en')!;
const ENCODER = 'onnx/encoder_model_quantized.onnx';
const DECODER = 'onnx/decoder_model_merged_quantized.onnx';
const Q8 = { encoder: 'q8', decoder: 'q8' } as const;
/** A model of the hub whose files are the embedded one's. */
const tiny: ModelEntry = { ...findModel('onnx-community/whisper-tiny')!, sizes: demo.sizes };
const files = modelFiles(tiny, Q8);

let hub: Hub;
let memory: MemoryCaches;
const opened: Hub[] = [];

async function open(options: Partial<HubOptions> = {}): Promise<Hub> {
  const started = await startHub({ models: { [tiny.id]: folder }, commit: tiny.revision, ...options });
  opened.push(started);
  return started;
}

beforeEach(async () => {
  hub = await open();
  memory = createMemoryCaches();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

const store = (options: Partial<ModelStoreOptions> = {}): ModelStore =>
  openModelStore({ hub: hub.base, site: hub.site, caches: memory.caches, ...options });

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (thrown) {
    return (thrown as SottoError).code;
  }
  return 'none';
};
const holds = (path: string) => memory.addresses().some((address) => address.endsWith(path));

describe('a model of the hub', () => {
  it('is fetched file by file, exactly as it lies there', async () => {
    const read = await store().fetchModel(tiny, files);
    for (const { path } of files) {
      expect(Buffer.from((await read(path))!).equals(await readFile(folder + path))).toBe(true);
    }
    expect(await read('onnx/encoder_model_fp16.onnx')).toBeUndefined();
  });

  it('needs no network the second time', async () => {
    await store().fetchModel(tiny, files);
    await hub.close();
    const said: DownloadProgress[] = [];
    const read = await store().fetchModel(tiny, files, { onProgress: (one) => said.push(one) });
    expect((await read(ENCODER))!.length).toBe(demo.sizes.encoder.q8);
    expect(said).toEqual([]);
  });

  it('is fetched anew for another commit, and the earlier one is dropped', async () => {
    await store().fetchModel(tiny, files);
    const commit = 'f'.repeat(40);
    hub = await open({ commit });
    await store().fetchModel({ ...tiny, revision: commit }, files);
    expect(memory.addresses().length).toBe(files.length);
    expect(memory.addresses().every((address) => address.includes(commit))).toBe(true);
  });

  it('keeps both dtypes of one commit', async () => {
    await store().fetchModel(tiny, files);
    await store().fetchModel(tiny, modelFiles(tiny, { encoder: 'fp32', decoder: 'fp32' }));
    expect(holds(ENCODER)).toBe(true);
    expect(holds('onnx/encoder_model.onnx')).toBe(true);
  });

  it('fetches again what the browser has cleared meanwhile', async () => {
    const read = await store().fetchModel(tiny, files);
    memory.clear();
    expect((await read(DECODER))!.length).toBe(demo.sizes.decoder.q8);
  });

  it('goes on where it stopped', async () => {
    hub.fault(DECODER, 'error');
    expect(
      await codeOf(
        store().fetchModel(
          tiny,
          files.filter((file) => file.path !== ENCODER),
        ),
      ),
    ).toBe('model_source_failed');
    await store().fetchModel(
      tiny,
      files.filter((file) => file.path !== DECODER),
    );
    hub.fault(DECODER, undefined);
    hub.requests.length = 0;
    await store().fetchModel(tiny, files);
    expect(hub.requests.filter((request) => request.includes('/cdn/'))).toEqual([
      `GET /cdn/${tiny.id}/${DECODER}`,
    ]);
  });

  it('says how many bytes it takes, and goes away', async () => {
    const models = store();
    await models.fetchModel(tiny, files);
    const sizes = await Promise.all(files.map(async ({ path }) => (await readFile(folder + path)).length));
    expect(await models.cachedBytes(tiny)).toBe(sizes.reduce((a, b) => a + b));
    await models.deleteModel(tiny);
    expect(await models.cachedBytes(tiny)).toBe(0);
    expect(memory.addresses()).toEqual([]);
  });
});

describe('what is kept', () => {
  /** The file as it is kept, changed behind the store's back. */
  async function damage(path: string, change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) {
    const cache = await memory.caches.open('any');
    const address = memory.addresses().find((one) => one.endsWith(path))!;
    const found = (await cache.match(address))!;
    const { status, headers } = found;
    const bytes = change(new Uint8Array(await found.arrayBuffer()));
    await cache.put(address, new Response(bytes, { status, headers }));
  }
  const flipped = (bytes: Uint8Array<ArrayBuffer>) => {
    bytes[bytes.length >> 1]! ^= 1;
    return bytes;
  };
  const damaged = async () =>
    (await store().verify(tiny)).filter(({ verdict }) => verdict === 'damaged').map(({ path }) => path);

  it('is listed file by file with its true size, whatever version it is of', async () => {
    await store().fetchModel(tiny, [...files, { path: 'onnx/none.onnx', bytes: 1, optional: true }]);
    const { revision, files: held } = await store().held(tiny);
    expect(revision).toBe(tiny.revision);
    const size = async (path: string) => (await readFile(folder + path)).length;
    for (const { path } of files) {
      expect(held.find((file) => file.path === path)).toMatchObject({ revision, bytes: await size(path) });
    }
    expect(held.find(({ path }) => path === 'onnx/none.onnx')).toEqual({
      revision,
      path: 'onnx/none.onnx',
      bytes: undefined,
    });
    expect(await store().held({ ...tiny, revision: 'main' })).toMatchObject({ revision: undefined });
  });

  it('is checked without asking anybody: a flipped bit is found, fetched again, and is whole', async () => {
    await store().fetchModel(tiny, files);
    hub.requests.length = 0;
    const seen: string[] = [];
    const verified = await store().verify(tiny, { onFile: (done, total) => seen.push(`${done}/${total}`) });
    expect(verified.map(({ verdict }) => verdict)).toEqual(files.map(() => 'same'));
    expect(seen.at(-1)).toBe(`${files.length}/${files.length}`);
    await damage(DECODER, flipped);
    expect(await damaged()).toEqual([DECODER]);
    expect(hub.requests).toEqual([]);

    await store().dropFiles(tiny, [DECODER]);
    await store().fetchModel(tiny, files);
    expect(hub.requests.filter((request) => request.includes('/cdn/'))).toEqual([
      `GET /cdn/${tiny.id}/${DECODER}`,
    ]);
    expect(await damaged()).toEqual([]);
  });

  it('is damaged when it is shorter, and cannot be told from whole by length alone where no digest is', async () => {
    await store().fetchModel(tiny, files);
    await damage('config.json', (bytes) => bytes.slice(1));
    expect(await damaged()).toEqual(['config.json']);
    vi.stubGlobal('crypto', undefined);
    try {
      expect((await store().verify(tiny)).find(({ path }) => path === ENCODER)?.verdict).toBe('length');
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('is checked until one stops it', async () => {
    await store().fetchModel(tiny, files);
    const stop = new AbortController();
    const onFile = (done: number) => {
      if (done === 2) stop.abort();
    };
    expect(await codeOf(store().verify(tiny, { signal: stop.signal, onFile }))).toBe('cancelled');
  });
});

describe('every request', () => {
  it('is told with its host, and what came back', async () => {
    const told: Asked[] = [];
    const onAsked = (asked: Asked) => told.push(asked);
    await store({ onAsked }).fetchModel(tiny, files);
    const { host } = new URL(hub.base);
    const requests = told.reduce((sum, asked) => sum + asked.requests, 0);
    // A redirect within one host is one request more for the host than is seen from here.
    expect(requests).toBe(hub.requests.filter((request) => !request.includes('/cdn/')).length);
    expect(new Set(told.map((asked) => asked.host))).toEqual(new Set([host]));
    const sizes = await Promise.all(files.map(async ({ path }) => (await readFile(folder + path)).length));
    expect(told.reduce((sum, asked) => sum + asked.bytes, 0)).toBe(sizes.reduce((a, b) => a + b));
    told.length = 0;
    await store({ onAsked }).fetchModel(tiny, files);
    await store({ onAsked }).verify(tiny);
    expect(told).toEqual([]);
  });

  it('that fails is told too', async () => {
    await hub.close();
    const told: Asked[] = [];
    expect(await codeOf(store({ onAsked: (asked) => told.push(asked) }).fetchModel(tiny, files))).toBe(
      'model_offline',
    );
    expect(told.length).toBeGreaterThan(0);
    expect(told.every(({ requests, bytes }) => requests === 1 && bytes === 0)).toBe(true);
  });
});

describe('a model pinned to main', () => {
  const main: ModelEntry = { ...tiny, revision: 'main' };

  it('is pinned to the commit found first', async () => {
    await store().fetchModel(main, files);
    const large = hub.requests.filter(
      (request) => request.includes('/resolve/') && request.endsWith('.onnx'),
    );
    expect(large).toEqual([
      `GET /${main.id}/resolve/${hub.commit}/${ENCODER}`,
      `GET /${main.id}/resolve/${hub.commit}/${DECODER}`,
    ]);
  });

  it('is found offline afterwards', async () => {
    await store().fetchModel(main, files);
    await hub.close();
    const read = await store().fetchModel(main, files);
    expect((await read(ENCODER))!.length).toBe(demo.sizes.encoder.q8);
  });

  it('keeps its commit when main moves on', async () => {
    await store().fetchModel(main, files.slice(0, 3));
    hub = await open({ commit: 'e'.repeat(40) });
    expect(await codeOf(store().fetchModel(main, files))).toBe('model_not_found');
    await store().deleteModel(main);
    await store().fetchModel(main, files);
    expect(memory.addresses().filter((address) => address.includes('e'.repeat(40))).length).toBe(
      files.length,
    );
  });
});

describe('the site', () => {
  it('comes before the hub when the operator has put the model there', async () => {
    hub = await open({ site: { [tiny.id]: folder } });
    await store().fetchModel(tiny, files);
    expect(hub.requests.filter((request) => !request.includes(' /models/'))).toEqual([]);
    expect(hub.requests.filter((request) => request.startsWith('HEAD')).length).toBe(1);
  });

  it('is asked once a model when it does not have it', async () => {
    await store().fetchModel(tiny, files);
    expect(hub.requests.filter((request) => request.includes(' /models/'))).toEqual([
      `HEAD /models/${tiny.id}/config.json`,
    ]);
  });

  it('is not believed when it answers with a page', async () => {
    const site = await open({ site: { [tiny.id]: folder } });
    site.fault('config.json', 'page');
    const read = await store({ site: site.site }).fetchModel(tiny, files);
    expect((await read(ENCODER))!.length).toBe(demo.sizes.encoder.q8);
    expect(site.requests).toEqual([`HEAD /models/${tiny.id}/config.json`]);
  });

  it('is completed by the hub where it lacks a dtype', async () => {
    const site = await open({ site: { [tiny.id]: folder } });
    site.fault(DECODER, 'missing');
    await store({ site: site.site }).fetchModel(tiny, files);
    expect(hub.requests.filter((request) => request.includes('/cdn/'))).toEqual([
      `GET /cdn/${tiny.id}/${DECODER}`,
    ]);
  });

  it('alone has the embedded model', async () => {
    hub = await open({ models: {}, site: { [demo.id]: folder } });
    const read = await store().fetchModel(demo, modelFiles(demo, Q8));
    expect((await read(ENCODER))!.length).toBe(demo.sizes.encoder.q8);
    hub.fault(ENCODER, 'missing');
    await store().deleteModel(demo);
    expect(await codeOf(store().fetchModel(demo, modelFiles(demo, Q8)))).toBe('model_not_found');
  });
});

describe('progress', () => {
  it('counts the bytes of all files, never goes back, and ends whole', async () => {
    const said: DownloadProgress[] = [];
    let clock = 0;
    // Wrong on purpose: the server knows better.
    const guessed = files.map((file) => ({ ...file, bytes: file.bytes / 3 }));
    await store({ now: () => (clock += 1000) }).fetchModel(tiny, guessed, {
      onProgress: (one) => said.push(one),
    });
    expect(said.length).toBeGreaterThan(files.length);
    for (const [i, { loaded, total }] of said.entries()) {
      expect(loaded).toBeLessThanOrEqual(total);
      const before = said[i - 1] ?? { loaded: 0, total: 1 };
      expect(loaded).toBeGreaterThanOrEqual(before.loaded);
      expect(loaded / total + 1e-6).toBeGreaterThanOrEqual(before.loaded / before.total);
    }
    const whole = await Promise.all(files.map(async ({ path }) => (await readFile(folder + path)).length));
    const sum = whole.reduce((a, b) => a + b);
    expect(said.at(-1)).toMatchObject({ loaded: sum, total: sum });
  });

  it('is said at most ten times a second', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const times: number[] = [];
      const sum = sumProgress(
        files,
        new Map(),
        () => times.push(performance.now()),
        () => performance.now(),
      );
      for (let i = 1; i <= 300; i++) {
        sum.set(ENCODER, i, 300);
        vi.advanceTimersByTime(7);
      }
      sum.finish();
      const gaps = times.slice(1, -1).map((time, i) => time - times[i]!);
      expect(times.length).toBeGreaterThan(15);
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what is not whole', () => {
  const ways = [
    { name: 'cut off in mid-body', fault: 'truncate', api: false },
    { name: 'shorter than the hub lists it', fault: 'short', api: true },
    { name: 'of the right length and another content', fault: 'corrupt', api: true },
  ] as const;

  it.each(ways)('is thrown away: $name', async ({ fault, api }) => {
    hub = await open({ api });
    hub.fault(ENCODER, fault);
    expect(await codeOf(store().fetchModel(tiny, files))).toBe('model_incomplete');
    expect(holds(ENCODER)).toBe(false);
    hub.fault(ENCODER, undefined);
    const read = await store().fetchModel(tiny, files);
    expect((await read(ENCODER))!.length).toBe(demo.sizes.encoder.q8);
  });

  it('is thrown away: a configuration that is no JSON', async () => {
    hub.fault('config.json', 'truncate');
    expect(await codeOf(store().fetchModel(tiny, files))).toBe('model_incomplete');
    expect(holds('/config.json')).toBe(false);
  });
});

describe('failures', () => {
  it.each([
    ['missing', 'model_not_found'],
    ['page', 'model_not_found'],
    ['error', 'model_source_failed'],
    ['unauthorized', 'model_source_failed'],
  ] as const)('%s is %s', async (fault, code) => {
    hub.fault(DECODER, fault);
    expect(await codeOf(store().fetchModel(tiny, files))).toBe(code);
    expect(holds(DECODER)).toBe(false);
  });

  it('a model that the hub does not have is model_not_found', async () => {
    hub = await open({ models: {} });
    expect(await codeOf(store().fetchModel(tiny, files))).toBe('model_not_found');
  });

  it('no connection is model_offline', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const nowhere = `http://127.0.0.1:${port}`;
    expect(await codeOf(store({ hub: nowhere, site: `${nowhere}/models/` }).fetchModel(tiny, files))).toBe(
      'model_offline',
    );
  });

  it('a source that falls silent is model_source_failed', async () => {
    hub.fault(ENCODER, 'stall');
    expect(await codeOf(store({ stallMs: 300 }).fetchModel(tiny, files))).toBe('model_source_failed');
  });

  it('an optional file that is missing is undefined, and not asked for again', async () => {
    hub.fault('generation_config.json', 'missing');
    const read = await store().fetchModel(tiny, files);
    expect(await read('generation_config.json')).toBeUndefined();
    await hub.close();
    expect(await (await store().fetchModel(tiny, files))('generation_config.json')).toBeUndefined();
  });

  it('a cancelled download is cancelled, and keeps what was whole', async () => {
    hub.fault(ENCODER, 'stall');
    const controller = new AbortController();
    let clock = 0;
    const fetching = store({ now: () => (clock += 1000) }).fetchModel(tiny, files, {
      signal: controller.signal,
      onProgress: ({ file }) => {
        if (file === ENCODER) controller.abort();
      },
    });
    expect(await codeOf(fetching)).toBe('cancelled');
    expect(holds(ENCODER)).toBe(false);
  });
});

describe('where nothing can be kept', () => {
  it('runs from memory when the quota is used up, and says so once', async () => {
    memory.quota = 1_000_000;
    const reasons: string[] = [];
    const read = await store({ onUncached: (reason) => reasons.push(reason) }).fetchModel(tiny, files);
    expect((await read(ENCODER))!.length).toBe(demo.sizes.encoder.q8);
    expect((await read(DECODER))!.length).toBe(demo.sizes.decoder.q8);
    expect(reasons).toEqual(['quota']);
    expect(holds(ENCODER)).toBe(false);
  });

  it.each([
    ['no Cache API', undefined],
    ['one that refuses', { open: () => Promise.reject(new DOMException('no', 'SecurityError')) }],
  ])('runs from memory with %s', async (_, caches) => {
    const reasons: string[] = [];
    const read = await store({ caches, onUncached: (reason) => reasons.push(reason) }).fetchModel(
      tiny,
      files,
    );
    expect((await read(ENCODER))!.length).toBe(demo.sizes.encoder.q8);
    expect(reasons).toEqual(['unavailable']);
  });
});

describe('what the headers say of a file', () => {
  const digest = 'a'.repeat(64);
  const of = (headers: Record<string, string>) => factsOf(new Response('', { headers }));

  it.each([
    [
      'the hub of a large file',
      { 'x-linked-size': '7', 'x-linked-etag': `"${digest}"` },
      { size: 7, sha256: digest },
    ],
    ['the hub of its own answer', { 'x-repo-commit': '1', etag: `W/"${digest}"` }, { sha256: digest }],
    ['the hub of a small file', { 'x-repo-commit': '1', etag: `"${'b'.repeat(40)}"` }, {}],
    ['a store with hashes of its own', { 'x-repo-commit': '1', 'x-xet-hash': digest, etag: digest }, {}],
    ['any other server', { etag: `"${digest}"`, 'content-length': '7' }, { size: 7 }],
    ['one that compresses', { 'content-encoding': 'gzip', 'content-length': '7' }, {}],
  ])('%s', (_, headers, facts) => {
    expect(of(headers as Record<string, string>)).toEqual(facts);
  });
});
