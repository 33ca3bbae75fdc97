import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cacheControl } from '../../server/http/static.ts';
import { ortFilesIn } from '../../shared/protocol/ort-files.ts';
import { holdWhileBusy, isBusy, whenFree } from '../../web/app/offline/busy.ts';
import { usedBy } from '../../web/app/offline/keep-used.ts';
import { losesText, NO_UPDATE, nextUpdate, type Update } from '../../web/app/offline/update.ts';
import type { TranscriberStatus } from '../../web/client/transcriber.ts';
import { type Answer, answerFor } from '../../web/offline/answer.ts';
import { cacheOf, toLetGo } from '../../web/offline/versions.ts';
import { createFakeLocks } from '../support/fake-locks.ts';
import { createFakeTranscriber } from '../support/fake-transcriber.ts';

const ORIGIN = 'https://sotto.example';
const site = { origin: ORIGIN, named: ['/', '/icons/icon-192.png'] };

describe('the service worker answers', () => {
  it.each<[what: string, answer: Answer, method?: string]>([
    ['open /', 'page'],
    ['open /?utm_source=x', 'page'],
    ['open /index.html', 'page'],
    ['open /embed', 'network'],
    ['open /docs', 'network'],
    ['open /examples/form.html', 'network'],
    ['open /share', 'network'],
    ['open /share', 'shared', 'POST'],
    ['/assets/index-abc.js', 'app'],
    ['/icons/icon-192.png', 'app'],
    ['/icons/unknown.png', 'network'],
    ['/ort/1.2.3/ort-wasm-simd-threaded.wasm', 'used'],
    ['/vad/silero_vad_v6_sequence.onnx', 'used'],
    ['/app-config.json', 'config'],
    ['/embed/sotto.js', 'network'],
    ['/lib/main.js', 'network'],
    ['/models/sotto-demo-en/config.json', 'network'],
    ['/v1/models', 'network'],
    ['/v1/audio/transcriptions', 'network', 'POST'],
    ['/health', 'network'],
    ['/metrics', 'network'],
    ['/', 'network', 'HEAD'],
    ['/sw.js', 'network'],
    ['https://hub.example/assets/x.js', 'network'],
  ])('%s: %s', (what, answer, method = 'GET') => {
    const [, opens, path = ''] = /^(open )?(.*)$/.exec(what) ?? [];
    const url = new URL(path, ORIGIN).href;
    expect(answerFor({ url, method, opens: opens !== undefined }, site)).toBe(answer);
  });

  it('lets earlier versions go when no other page runs one, and keeps the last two otherwise', () => {
    const names = ['sotto-models-1', cacheOf('a'), cacheOf('b'), 'other', cacheOf('c'), cacheOf('now')];
    expect(toLetGo(names, 'now', 1)).toEqual([cacheOf('a'), cacheOf('b'), cacheOf('c')]);
    expect(toLetGo(names, 'now', 2)).toEqual([cacheOf('a')]);
    expect(toLetGo([cacheOf('now')], 'now', 1)).toEqual([]);
  });
});

it('its script is asked for anew each time, as the page is', () => {
  expect([cacheControl('/sw.js'), cacheControl('/')]).toEqual(['no-cache', 'no-cache']);
});

describe('a new version', () => {
  const found = nextUpdate(NO_UPDATE, { type: 'found' });
  const agreed = nextUpdate(found, { type: 'agreed', loses: false });

  it('is offered, waits until nothing runs, and takes over then', () => {
    expect(found).toEqual({ name: 'offered' });
    expect(agreed).toEqual({ name: 'agreed', knowing: false });
    expect(nextUpdate(agreed, { type: 'free', loses: false })).toEqual({ name: 'applying' });
  });

  it('never takes over without being asked', () => {
    for (const update of [NO_UPDATE, found, nextUpdate(agreed, { type: 'put-off' })]) {
      expect(nextUpdate(update, { type: 'free', loses: false })).toBe(update);
    }
    expect(nextUpdate(NO_UPDATE, { type: 'agreed', loses: false })).toBe(NO_UPDATE);
  });

  it('asks again where text has come since that would be lost, not where that was said', () => {
    expect(nextUpdate(agreed, { type: 'free', loses: true })).toEqual({ name: 'offered' });
    const knowing = nextUpdate(found, { type: 'agreed', loses: true });
    expect(nextUpdate(knowing, { type: 'free', loses: true })).toEqual({ name: 'applying' });
  });

  it('that does not take over is offered again, and found again meanwhile changes nothing', () => {
    const applying: Update = { name: 'applying' };
    const failed = nextUpdate(applying, { type: 'failed' });
    expect(failed).toEqual({ name: 'failed' });
    expect(nextUpdate(failed, { type: 'agreed', loses: false }).name).toBe('agreed');
    for (const update of [found, agreed, applying]) {
      expect(nextUpdate(update, { type: 'found' })).toBe(update);
    }
  });

  it('loses text only where none is kept', () => {
    expect(losesText([{ hasText: true }], true)).toBe(false);
    expect(losesText([{ hasText: false }], false)).toBe(false);
    expect(losesText([{ hasText: false }, { hasText: true }], false)).toBe(true);
  });
});

describe('what runs', () => {
  const asleep = createFakeTranscriber('x').status;
  it.each<[Partial<TranscriberStatus>, boolean]>([
    [{}, false],
    [{ working: ['x'] }, true],
    [{ engine: { name: 'loading', rung: 'wasm', progress: undefined } }, true],
    [{ engine: { name: 'failed', error: { code: 'internal' } } }, false],
  ])('%j: %s', (patch, busy) => {
    expect(isBusy({ ...asleep, ...patch })).toBe(busy);
  });

  it('in any tab holds a new version back, and nothing else does', async () => {
    const locks = createFakeLocks();
    const tabs = [createFakeTranscriber('x'), createFakeTranscriber('x')];
    for (const tab of tabs) holdWhileBusy(tab, locks);
    const [first, second] = tabs as [(typeof tabs)[number], (typeof tabs)[number]];
    first.changeStatus({ working: ['x', 'y'] });
    const applied: string[] = [];
    const waiting = whenFree(locks, new AbortController().signal, async () => {
      applied.push(`${first.status.working.length} and ${second.status.working.length}`);
    });
    first.changeStatus({ working: ['x'] });
    // Behind the request for the whole lock, which must not overtake it all the same.
    second.changeStatus({ working: ['x'] });
    await locks.settled();
    expect(applied).toEqual([]);
    first.changeStatus({ working: [] });
    await locks.settled();
    expect(applied).toEqual([]);
    second.changeStatus({ working: [] });
    await waiting;
    expect(applied).toEqual(['0 and 0']);
    expect(await locks.query()).toEqual({ held: [], pending: [] });
  });

  it('is not waited for any longer once put off', async () => {
    const locks = createFakeLocks();
    const tab = createFakeTranscriber('x');
    holdWhileBusy(tab, locks);
    tab.changeStatus({ working: ['x'] });
    const putOff = new AbortController();
    const waiting = whenFree(locks, putOff.signal, async () => {
      throw new Error('not asked for any more');
    });
    putOff.abort();
    await expect(waiting).rejects.toThrow(/abort/i);
    tab.changeStatus({ working: [] });
    await locks.settled();
    expect(await locks.query()).toEqual({ held: [], pending: [] });
  });
});

describe('what an engine was started with', () => {
  const files = { ort: ortFilesIn('/ort/1/'), vad: '/vad/x.onnx' };
  const ready = (rung: 'wasm' | 'webgpu' | 'server'): TranscriberStatus['engine'] => ({
    name: 'ready',
    rung,
    info: { model: 'x', device: 'wasm', dtype: 'q8', windowSeconds: 10, lanes: 1 },
  });
  const names = (urls: readonly string[]) =>
    urls.map((url) => url.replace('/ort/1/ort-wasm-simd-threaded', ''));

  it('is the build of its device, the one that finds speech, and its model', () => {
    expect(names(usedBy(ready('wasm'), true, files))).toEqual(['.mjs', '.wasm', '/vad/x.onnx']);
    expect(names(usedBy(ready('webgpu'), true, files))).toEqual([
      '.jspi.mjs',
      '.jspi.wasm',
      '.mjs',
      '.wasm',
      '/vad/x.onnx',
    ]);
    expect(names(usedBy(ready('webgpu'), false, files))[0]).toBe('.asyncify.mjs');
    expect(usedBy(ready('server'), true, files)).toEqual([]);
    expect(usedBy({ name: 'asleep' }, true, files)).toEqual([]);
  });
});

describe('the manifest', () => {
  const root = new URL('../../', import.meta.url);
  const manifest = JSON.parse(readFileSync(new URL('web/app/manifest.webmanifest', root), 'utf8'));

  it('names icons that are there, as large as it says, one of each size to be cut out of', () => {
    const icons: { src: string; sizes: string; purpose: string }[] = manifest.icons;
    for (const { src, sizes } of icons) {
      const png = readFileSync(new URL(`public${src}`, root));
      // IHDR: width and height, 32 bits each, after signature and chunk header.
      expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`, src).toBe(sizes);
    }
    expect(icons.map(({ sizes, purpose }) => `${purpose} ${sizes}`).sort()).toEqual([
      'any 192x192',
      'any 512x512',
      'maskable 192x192',
      'maskable 512x512',
    ]);
  });

  it('sends shared files where the service worker takes them', () => {
    const { action, method, params } = manifest.share_target;
    expect(answerFor({ url: new URL(action, ORIGIN).href, method, opens: true }, site)).toBe('shared');
    expect(params.files[0].name).toBe('files');
  });
});
