import { openAsBlob } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeWav } from '../../shared/audio/wav.ts';
import { decodeAudio, type MediaInfo, type MediaSource } from '../../shared/media/decode.ts';
import { serveFile } from '../support/file-server.ts';
import { damage, madeFormats, makeMedia, makeVideoOnly, relabel } from '../support/media-files.ts';
import { registerNodeDecoders } from '../support/node-media.ts';
import { concat, fixtureChunks, fixturePath, fixtures, joined, loadFixture } from '../support/pcm.ts';

registerNodeDecoders();
const SPEECH = 'us-female-question.wav';

const blobOf = (bytes: BlobPart): MediaSource => ({ kind: 'blob', blob: new Blob([bytes]) });

/** Seconds that were given, and the code of the error that ended it. */
async function outcome(source: MediaSource): Promise<{ seconds: number; code: string }> {
  let samples = 0;
  try {
    for await (const chunk of decodeAudio(source)) samples += chunk.length;
    return { seconds: samples / 16_000, code: 'ok' };
  } catch (thrown) {
    return { seconds: samples / 16_000, code: (thrown as { code?: string }).code ?? String(thrown) };
  }
}

/** Milliseconds by which `heard` is later than `original`, by cross-correlation, and how well they then agree. */
function lag(original: Float32Array, heard: Float32Array): { ms: number; correlation: number } {
  let best = { ms: 0, correlation: -1 };
  for (let shift = -1600; shift <= 1600; shift++) {
    let product = 0;
    let a = 0;
    let b = 0;
    for (let i = 6_400; i < 24_000; i++) {
      const x = original[i]!;
      const y = heard[i + shift] ?? 0;
      product += x * y;
      a += x * x;
      b += y * y;
    }
    const correlation = product / Math.sqrt(a * b + 1e-9);
    if (correlation > best.correlation) best = { ms: shift / 16, correlation };
  }
  return best;
}

describe('files that can be read', () => {
  test.each(fixtures)(
    '$path has its length, in chunks of a second',
    async ({ path, duration, sampleRate, channels }) => {
      let info: MediaInfo | undefined;
      const lengths: number[] = [];
      for await (const chunk of fixtureChunks(path, { onInfo: (told) => (info = told) }))
        lengths.push(chunk.length);
      const seconds = lengths.reduce((sum, length) => sum + length, 0) / 16_000;
      // mediabunny leaves out a last FLAC frame of less than 16 bytes: digital silence of at most 72 ms
      expect(Math.abs(seconds - duration)).toBeLessThan(0.08);
      expect(lengths.slice(0, -1).every((length) => length === 16_000)).toBe(true);
      expect(info).toMatchObject({ sampleRate, channels });
      expect(Math.abs(info!.durationSeconds! - duration)).toBeLessThan(0.1);
    },
  );

  test.each(madeFormats)(
    '%s: the same sound at the same time',
    async (format) => {
      const original = await loadFixture(SPEECH);
      const heard = await joined(decodeAudio(blobOf(await makeMedia(format, SPEECH))));
      const { ms, correlation } = lag(original, heard);
      expect(correlation).toBeGreaterThan(0.97);
      // AAC without an edit list does not say how much priming it holds (1024 samples here)
      expect(Math.abs(ms)).toBeLessThan(format.includes('aac') || format === 'mp4/fragmented' ? 24 : 1);
      expect(Math.abs(heard.length - original.length)).toBeLessThan(0.08 * 16_000);
    },
    30_000,
  );

  test('stereo is mixed down to the mean', async () => {
    const samples = new Float32Array(32_000);
    for (let i = 0; i < 16_000; i++) {
      samples[2 * i] = 0.5 * Math.sin(i / 10);
      samples[2 * i + 1] = 0.25;
    }
    const wav = writeWav(samples, { sampleRate: 16_000, channels: 2, format: 'float32' });
    const mono = await joined(decodeAudio(blobOf(wav)));
    expect(mono.length).toBe(16_000);
    for (const i of [0, 1, 500, 15_999]) expect(mono[i]).toBeCloseTo(0.25 * Math.sin(i / 10) + 0.125, 5);
  });

  test('a tenth of a second, and a header without sound', async () => {
    const shape = { sampleRate: 16_000, channels: 1, format: 'pcm16' } as const;
    expect(await outcome(blobOf(writeWav(new Float32Array(1_600), shape)))).toEqual({
      seconds: 0.1,
      code: 'ok',
    });
    expect((await outcome(blobOf(writeWav(new Float32Array(0), shape)))).seconds).toBe(0);
  });

  test('from an address, with ranges and without', async () => {
    const bytes = await readFile(fixturePath('opus.webm'));
    for (const ranges of [true, false]) {
      const server = await serveFile(bytes, { ranges });
      expect(await outcome({ kind: 'url', url: server.url })).toEqual({ seconds: 8.6335, code: 'ok' });
      await server.close();
    }
  });
});

describe('files that cannot', () => {
  test('each says why', async () => {
    const mp4 = await makeMedia('mp4/aac', SPEECH);
    const cases: [string, MediaSource][] = [
      ['empty_file', blobOf('')],
      ['not_media', blobOf('Dear diary, '.repeat(400))],
      ['not_media', blobOf('<!doctype html><html></html>')],
      ['not_media', blobOf('{"a":1}')],
      ['not_media', blobOf(new Uint8Array(5_000))],
      ['not_media', blobOf(new Uint8Array(1))],
      ['no_audio_track', blobOf(await makeVideoOnly())],
      ['protected_media', blobOf(relabel(mp4, 'mp4a', 'enca'))],
      ['codec_unsupported', blobOf(relabel(await makeMedia('mov/pcm', SPEECH), 'sowt', 'xyzw'))],
    ];
    for (const [code, source] of cases) expect(await outcome(source)).toEqual({ seconds: 0, code });
  });

  test.each([
    ['mp3/mp3', 2.7],
    ['flac/flac', 2.7],
    ['wav/pcm24', 2.8],
    ['mov/aac', 2.6],
    ['webm/opus', 1.9],
    ['ogg/opus', 1.2],
  ] as const)('%s truncated at 60 %%: what is there is given, then the error', async (format, least) => {
    const bytes = await makeMedia(format, SPEECH);
    const { seconds, code } = await outcome(blobOf(bytes.slice(0, bytes.length * 0.6)));
    expect(code).toBe('corrupt_media');
    expect(seconds).toBeGreaterThan(least);
    expect(seconds).toBeLessThan(2.9);
  });

  test.each([
    ['flac/flac', 2.8],
    ['mov/aac', 2.7],
    ['ogg/vorbis', 2.6],
  ] as const)('%s damaged at 60 %%: everything before is given, and sounds right', async (format, least) => {
    const bytes = damage(await makeMedia(format, SPEECH), 0.6, 3_000);
    const parts: Float32Array[] = [];
    const reading = (async () => {
      for await (const chunk of decodeAudio(blobOf(bytes))) parts.push(chunk);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'corrupt_media' });
    const heard = parts.reduce((sum, part) => sum + part.length, 0) / 16_000;
    expect(heard).toBeGreaterThan(least);
    const whole = await loadFixture(SPEECH);
    expect(lag(whole, concat(parts)).correlation).toBeGreaterThan(0.97);
  });

  test('a file that changed after it was chosen', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sotto-'));
    const path = join(folder, 'a.wav');
    await writeFile(path, await readFile(fixturePath('us-male.wav')));
    const blob = await openAsBlob(path);
    await writeFile(path, 'gone');
    expect(await outcome({ kind: 'blob', blob })).toEqual({ seconds: 0, code: 'file_unreadable' });
    await rm(folder, { recursive: true });
  });

  test('addresses: an error, a web page, nobody there, a connection that always drops', async () => {
    const bytes = await readFile(fixturePath('long-3min.flac'));
    for (const answer of [{ status: 404 }, { status: 500 }, { type: 'text/html; charset=utf-8' }]) {
      const server = await serveFile(Buffer.from('<html></html>'), answer);
      expect(await outcome({ kind: 'url', url: server.url })).toEqual({
        seconds: 0,
        code: 'source_unreachable',
      });
      await server.close();
    }
    const gone = await serveFile(bytes);
    await gone.close();
    expect((await outcome({ kind: 'url', url: gone.url })).code).toBe('source_unreachable');
    const flaky = await serveFile(bytes, { dieAfter: 0 });
    expect((await outcome({ kind: 'url', url: flaky.url })).code).toBe('source_unreachable');
    await flaky.close();
  }, 60_000);

  test('a connection that drops once in a while is taken up again', async () => {
    const bytes = (await readFile(fixturePath('paragraph-25s.flac'))).subarray();
    const server = await serveFile(bytes, { dieAfter: 131_072 });
    expect(await outcome({ kind: 'url', url: server.url })).toEqual({ seconds: 21.456, code: 'ok' });
    await server.close();
  }, 60_000);
});

describe('stopping', () => {
  test('abort before and in the middle is `cancelled`', async () => {
    const before = AbortSignal.abort();
    await expect(joined(fixtureChunks('us-male.wav', { signal: before }))).rejects.toMatchObject({
      code: 'cancelled',
    });
    const controller = new AbortController();
    let chunks = 0;
    const reading = (async () => {
      for await (const _ of fixtureChunks('long-3min.flac', { signal: controller.signal })) {
        if (++chunks === 3) controller.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    expect(chunks).toBe(3);
  });

  test('abort while an address does not answer', async () => {
    const controller = new AbortController();
    const server = createServer();
    const connected = new Promise<void>((resolve) => server.once('connection', () => resolve()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const source = { kind: 'url', url: `http://127.0.0.1:${port}/` } as const;
    const reading = joined(decodeAudio(source, { signal: controller.signal }));
    const rejected = expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    await connected;
    controller.abort();
    await rejected;
    server.close();
  });

  test('nothing is read ahead of a consumer that waits', async () => {
    const hour = new Uint8Array(60 * 60 * 16_000 * 2 + 44);
    hour.set(writeWav(new Float32Array(0), { sampleRate: 16_000, channels: 1, format: 'pcm16' }));
    new DataView(hour.buffer).setUint32(40, hour.length - 44, true);
    const server = await serveFile(hour);
    const chunks = decodeAudio({ kind: 'url', url: server.url });
    for (let i = 0; i < 3; i++) await chunks.next();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.sent).toBeLessThan(hour.length / 4);
    await chunks.return();
    await server.close();
  });
});
