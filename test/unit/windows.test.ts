import { openAsBlob } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { wavHeader } from '../../shared/audio/wav.ts';
import { SottoError } from '../../shared/errors.ts';
import { decodeAudio } from '../../shared/media/decode.ts';
import { DEFAULT_PLAN, SENTENCE_PLAN } from '../../shared/speech/plans.ts';
import { createVad } from '../../shared/speech/vad.ts';
import type { SpeechWindow, WindowPlan } from '../../shared/speech/window.ts';
import { speechWindows } from '../../shared/speech/windows.ts';
import { energySession } from '../support/energy-vad.ts';
import { loadNodeVad, registerNodeDecoders } from '../support/node-media.ts';
import { type FixtureSentence, fixtureChunks, fixtures, loadFixture } from '../support/pcm.ts';

registerNodeDecoders();
const session = await loadNodeVad();

async function windowsOf(chunks: AsyncIterable<Float32Array>, plan: WindowPlan): Promise<SpeechWindow[]> {
  const windows: SpeechWindow[] = [];
  for await (const window of speechWindows(chunks, createVad(session), plan)) windows.push(window);
  return windows;
}

async function* chunked(samples: Float32Array, length: number): AsyncGenerator<Float32Array> {
  for (let at = 0; at < samples.length; at += length) yield samples.subarray(at, at + length);
}

const overlaps = (window: SpeechWindow, sentence: FixtureSentence): boolean =>
  sentence.start < window.speechEnd - 0.1 && sentence.end > window.speechStart + 0.1;

const edges = ({ samples, ...rest }: SpeechWindow): object => ({ ...rest, length: samples.length });

const percentile = (values: readonly number[], part: number): number =>
  values.map(Math.abs).sort((a, b) => a - b)[Math.floor(part * (values.length - 1))]!;

describe('speechWindows on the fixtures', () => {
  test('each sentence of group `seen` is its own window, with the times of the manifest', async () => {
    const starts: number[] = [];
    const ends: number[] = [];
    for (const { path, group, sentences = [] } of fixtures) {
      if (group !== 'seen') continue;
      const windows = await windowsOf(fixtureChunks(path), SENTENCE_PLAN);
      expect(
        windows.map((window) => sentences.filter((one) => overlaps(window, one)).length),
        path,
      ).toEqual(sentences.map(() => 1));
      sentences.forEach((sentence, i) => {
        starts.push(windows[i]!.speechStart - sentence.start);
        ends.push(windows[i]!.speechEnd - sentence.end);
      });
    }
    expect(starts.length).toBe(97);
    for (const errors of [starts, ends]) {
      expect(percentile(errors, 0.5)).toBeLessThan(0.02);
      expect(percentile(errors, 0.95)).toBeLessThan(0.05);
      expect(percentile(errors, 1)).toBeLessThan(0.2);
    }
  }, 180_000);

  test('a long window is filled, and cut between sentences', async () => {
    const { sentences = [] } = fixtures.find(({ path }) => path === 'long-3min.flac')!;
    const windows = await windowsOf(fixtureChunks('long-3min.flac'), DEFAULT_PLAN);
    for (const window of windows.slice(0, -1)) {
      expect(window.end - window.start).toBeGreaterThan(DEFAULT_PLAN.targetSeconds);
      expect(window.end - window.start).toBeLessThanOrEqual(DEFAULT_PLAN.maxSeconds);
    }
    for (const sentence of sentences) {
      expect(
        windows.filter((window) => window.start <= sentence.start && sentence.end <= window.end).length,
      ).toBe(1);
    }
  }, 120_000);

  test.each(['real/two_cities.flac', 'real/jfk.flac'])(
    'people: %s is cut into whole windows',
    async (path) => {
      const windows = await windowsOf(fixtureChunks(path), DEFAULT_PLAN);
      expect(windows.length).toBeGreaterThan(0);
      let before = 0;
      for (const window of windows) {
        expect(window.start).toBeGreaterThanOrEqual(before);
        expect(window.end - window.start).toBeLessThanOrEqual(DEFAULT_PLAN.maxSeconds);
        before = window.end;
      }
    },
  );

  test.each(['silence.wav', 'noise.flac'])('%s has none', async (path) => {
    expect(await windowsOf(fixtureChunks(path), SENTENCE_PLAN)).toEqual([]);
  });
});

describe('speechWindows', () => {
  test('samples are exactly those of the source, whatever the chunks', async () => {
    const samples = await loadFixture('us-female-question.wav');
    const windows = await windowsOf(chunked(samples, 16_000), SENTENCE_PLAN);
    expect(windows.map((window) => window.index)).toEqual([0, 1]);
    for (const window of windows) {
      const from = Math.round(window.start * 16_000);
      const exact = samples.slice(from, from + window.samples.length);
      expect(Buffer.from(window.samples.buffer).equals(Buffer.from(exact.buffer))).toBe(true);
      expect(window.end).toBe(window.start + window.samples.length / 16_000);
    }
    for (const length of [1_237, samples.length]) {
      const others = await windowsOf(chunked(samples, length), SENTENCE_PLAN);
      expect(others.map(edges)).toEqual(windows.map(edges));
    }
  });

  test('speech up to the very end is given; 0.1 s and nothing do no harm', async () => {
    const samples = (await loadFixture('us-male.wav')).subarray(0, 20_001);
    const [only] = await windowsOf(chunked(samples, 4_000), SENTENCE_PLAN);
    expect(only!.end).toBe(20_001 / 16_000);
    expect(
      (await windowsOf(chunked(samples.subarray(10_000, 11_600), 4_000), SENTENCE_PLAN)).length,
    ).toBeLessThan(2);
    expect(await windowsOf(chunked(new Float32Array(0), 1), SENTENCE_PLAN)).toEqual([]);
  });

  test('when the source fails, what was being said is given before the error', async () => {
    const samples = await loadFixture('us-male.wav');
    const broken = (async function* () {
      yield samples.subarray(0, 20_000);
      throw new SottoError('corrupt_media');
    })();
    const windows: SpeechWindow[] = [];
    const reading = (async () => {
      for await (const window of speechWindows(broken, createVad(session), SENTENCE_PLAN))
        windows.push(window);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'corrupt_media' });
    expect(windows.map((window) => window.end)).toEqual([1.25]);
  });

  test('asks for no chunk before a window was taken, tells its position, closes the source when left', async () => {
    const samples = await loadFixture('us-female-question.wav');
    let asked = 0;
    let closed = false;
    const source = (async function* () {
      try {
        for await (const chunk of chunked(samples, 16_000)) {
          asked++;
          yield chunk;
        }
      } finally {
        closed = true;
      }
    })();
    const positions: number[] = [];
    const windows = speechWindows(source, createVad(session), SENTENCE_PLAN, {
      onPosition: (seconds) => positions.push(seconds),
    });
    await windows.next();
    const before = asked;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(asked).toBe(before);
    expect(asked).toBeLessThan(4);
    expect(positions).toEqual(Array.from({ length: asked }, (_, i) => i + 1));
    await windows.return();
    expect(closed).toBe(true);
  });
});

/** Bytes held after a collection, outside the heap too. */
function held(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  // arrayBuffers is a part of external
  return heapUsed + external;
}

describe('constant memory', () => {
  test('three hours of a file, decoder to windows, grow memory by less than 64 MB', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sotto-'));
    try {
      const path = join(folder, 'three-hours.wav');
      await writeHours(path, 3);
      const blob = await openAsBlob(path);
      const start = held();
      let highest = 0;
      let position = 0;
      let speech = 0;
      let measured = 0;
      const chunks = decodeAudio({ kind: 'blob', blob });
      const onPosition = (seconds: number): void => {
        position = seconds;
        if (seconds < measured + 300) return;
        measured = seconds;
        highest = Math.max(highest, held() - start);
      };
      for await (const window of speechWindows(chunks, createVad(energySession), DEFAULT_PLAN, {
        onPosition,
      })) {
        speech += window.speechEnd - window.speechStart;
      }
      expect(position).toBeCloseTo(3 * 3_600, 1);
      expect(speech).toBeGreaterThan(3_600);
      expect(highest).toBeLessThan(64 * 2 ** 20);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 300_000);

  test('five minutes through the real detector hold no more than one', async () => {
    const samples = await loadFixture('long-3min.flac');
    let highest = 0;
    let start = 0;
    let chunks = 0;
    const source = (async function* () {
      for (let minute = 0; minute < 5; minute++) {
        for await (const chunk of chunked(samples.subarray(0, 60 * 16_000), 16_000)) {
          if (++chunks === 60) start = held();
          if (chunks > 60 && chunks % 30 === 0) highest = Math.max(highest, held() - start);
          yield chunk;
        }
      }
    })();
    let count = 0;
    for await (const _ of speechWindows(source, createVad(session), SENTENCE_PLAN)) count++;
    expect(count).toBeGreaterThan(80);
    expect(highest).toBeLessThan(8 * 2 ** 20);
  }, 120_000);
});

/** A WAVE file, mono, 8 kHz: the long fixture's first two minutes again and again. */
async function writeHours(path: string, hours: number): Promise<void> {
  const speech = (await loadFixture('long-3min.flac')).subarray(0, 120 * 16_000);
  const block = Buffer.alloc(speech.length);
  for (let i = 0; i < speech.length / 2; i++) {
    block.writeInt16LE(Math.round(((speech[2 * i]! + speech[2 * i + 1]!) / 2) * 32_000), 2 * i);
  }
  const file = await open(path, 'w');
  const frames = hours * 3_600 * 8_000;
  await file.write(wavHeader({ sampleRate: 8_000, channels: 1, format: 'pcm16' }, frames));
  for (let i = 0; i < hours * 30; i++) await file.write(block);
  await file.close();
}
