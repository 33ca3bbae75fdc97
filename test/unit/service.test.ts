import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ServerEngine } from '../../server/engine/server-engine.ts';
import { createDecoderHost, type DecoderHost } from '../../server/media/decoder-host.ts';
import type {
  ReadNote,
  ServiceEvent,
  TranscribeRequest,
  TranscriptionService,
} from '../../server/service/port.ts';
import { createTranscriptionService, type ServiceOptions } from '../../server/service/service.ts';
import { findModel } from '../../shared/asr/catalogue.ts';
import type { EngineBatch, WindowReading } from '../../shared/asr/engine.ts';
import { SottoError } from '../../shared/errors.ts';
import { transcribe } from '../../shared/pipeline/transcribe.ts';
import type { RunBatch } from '../../shared/queue/port.ts';
import { fitPlan } from '../../shared/speech/plans.ts';
import { createVad } from '../../shared/speech/vad.ts';
import { speechWindows } from '../../shared/speech/windows.ts';
import { createTranscriptBuilder } from '../../shared/transcript/assemble.ts';
import { plainText } from '../../shared/transcript/transcript.ts';
import { bombFlac } from '../support/bomb.ts';
import { loadTestEngine } from '../support/models.ts';
import { loadNodeVad } from '../support/node-media.ts';
import { fixtureChunks, fixturePath } from '../support/pcm.ts';
import { startWatched, type WatchedEngine } from '../support/server-engine.ts';
import { SERVICE_OPTIONS, VAD_PATH } from '../support/service.ts';

const MODEL = 'sotto-demo-en';
const PARAGRAPH = 'paragraph-25s.flac';

let folder: string;
let watched: WatchedEngine;
let decoder: DecoderHost;
const services: TranscriptionService[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sotto-service-'));
  watched = await startWatched();
  decoder = createDecoderHost({ vad: VAD_PATH });
});
afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
});
afterAll(async () => {
  await Promise.all([watched.engine.close(), decoder.close()]);
  await rm(folder, { recursive: true });
});

/** A service over the engine and decoders of all these tests, which outlive it; `run` stands before the engine. */
async function serviceWith(
  options: Partial<ServiceOptions> = {},
  run: RunBatch = watched.engine.run,
  lanes = watched.engine.lanes(),
) {
  const engine: ServerEngine = { ...watched.engine, run, lanes: () => lanes, close: async () => {} };
  const parts = { engine, decoder: sharedDecoder() };
  const service = await createTranscriptionService({ ...SERVICE_OPTIONS, ...options }, parts);
  services.push(service);
  return service;
}

const sharedDecoder = (): DecoderHost => ({
  decode: (request) => decoder.decode(request),
  get restarts() {
    return decoder.restarts;
  },
  pids: () => decoder.pids(),
  close: async () => {},
});

const requestOf = (path: string, more: Partial<TranscribeRequest> = {}): TranscribeRequest => ({
  path,
  model: MODEL,
  options: { task: 'transcribe' },
  signal: new AbortController().signal,
  ...more,
});

/** An engine whose batches wait, one by one, to be let through. */
function gated() {
  const batches: EngineBatch[] = [];
  const waiting: (() => void)[] = [];
  let open = false;
  const run: RunBatch = async (batch, signal) => {
    batches.push(batch);
    if (!open) await new Promise<void>((resolve) => waiting.push(resolve));
    return watched.engine.run(batch, signal);
  };
  return {
    run,
    batches,
    next: () => waiting.shift()?.(),
    openAll() {
      open = true;
      for (const go of waiting.splice(0)) go();
    },
  };
}

test('a tenant’s long recording lets another’s clip by between two windows, with one run at a time', async () => {
  const gate = gated();
  const service = await serviceWith({ maxConcurrent: 1, maxTenants: 2 }, gate.run, 1);
  const stop = new AbortController();
  const read = (id: string, path: string) =>
    service.reserve({ tenant: { id, weight: 1 } }).transcribe(requestOf(path, { signal: stop.signal }));
  const long = read('long', fixturePath('long-3min.flac'));
  long.catch(() => undefined);
  const soon = { timeout: 20_000 };
  await expect.poll(() => [gate.batches.length, service.status().batcher.waiting], soon).toEqual([1, 1]);
  const clip = read('clip', fixturePath('us-male.wav'));
  await expect.poll(() => service.status().batcher.waiting, soon).toBe(2);
  expect(service.status().admission).toMatchObject({ active: 2, waiting: 0 });
  gate.next();
  await expect.poll(() => gate.batches.length, soon).toBe(2);
  gate.next();
  // The batch that ran, and its own.
  expect((await clip).segments.length).toBeGreaterThan(0);
  expect(gate.batches.length).toBeLessThanOrEqual(3);
  stop.abort();
  gate.openAll();
  await expect(long).rejects.toMatchObject({ code: 'cancelled' });
});

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

/** What the page does, in this process: the same parts without a service. */
async function textHere(name: string): Promise<string> {
  const entry = findModel(MODEL);
  if (entry === undefined) throw new Error('no model');
  const engine = await loadTestEngine(MODEL, 'q8');
  const transcript = createTranscriptBuilder();
  await transcribe({
    windows: speechWindows(
      fixtureChunks(name),
      createVad(await loadNodeVad()),
      fitPlan(entry.plan, entry.windowSeconds),
    ),
    language: 'en',
    inFlight: () => 1,
    signal: new AbortController().signal,
    read: async ({ samples }) => {
      const [reading] = await engine.run({ windows: [{ samples }], options: { task: 'transcribe' } });
      if (reading === undefined) throw new Error('no reading');
      return reading;
    },
    onReading: (window, reading) => void transcript.append(window, reading),
    onLeftOut: () => expect.unreachable(),
  });
  await engine.dispose();
  return plainText(transcript.segments);
}

describe('text', () => {
  test.each(['us-male-numbers.flac', 'stereo-44k.mp3', 'aac.m4a'])(
    '%s: the same through the processes as with the page’s parts in one process',
    async (name) => {
      const service = await serviceWith();
      const result = await service.reserve().transcribe(requestOf(fixturePath(name)));
      expect(plainText(result.segments)).toBe(await textHere(name));
      expect(result.segments.length).toBeGreaterThan(0);
      expect(result.timings.decodeMs).toBeGreaterThan(0);
      expect(result.timings.inferenceMs).toBeGreaterThan(0);
    },
  );

  test('an engine and a decoder that are killed in mid-file change nothing of it', async () => {
    // One lane: what a quantised model makes of a window depends a little on those it is read with.
    const service = await serviceWith({}, watched.engine.run, 1);
    const calm = await service.reserve().transcribe(requestOf(fixturePath(PARAGRAPH)));
    const before = { engine: service.status().restarts.exit, decoder: service.status().decoderRestarts };
    const came: string[] = [];
    let hit = false;
    const shaken = await service.reserve().transcribe(
      requestOf(fixturePath(PARAGRAPH), {
        onSegments(segments) {
          came.push(...segments.map(({ text }) => text));
          if (hit) return;
          hit = true;
          // the older of the two has the file, the other is the spare
          const [pid] = decoder.pids();
          if (pid !== undefined) process.kill(pid, 'SIGKILL');
          void watched.nextRun().then((engine) => process.kill(engine.pid, 'SIGKILL'));
        },
      }),
    );
    expect(shaken.segments.map(({ text }) => text)).toEqual(calm.segments.map(({ text }) => text));
    expect(came).toEqual(calm.segments.map(({ text }) => text));
    expect(service.status().restarts.exit).toBe(before.engine + 1);
    expect(service.status().decoderRestarts).toBe(before.decoder + 1);
  });

  test('a file that ends in damage keeps what was read, and says so', async () => {
    const service = await serviceWith();
    const whole = await readFile(fixturePath(PARAGRAPH));
    const path = await file('cut.flac', whole.subarray(0, whole.length / 2));
    const result = await service.reserve().transcribe(requestOf(path));
    expect(result.endedEarly?.code).toBe('corrupt_media');
    expect(result.segments.length).toBeGreaterThan(0);
    expect(result.duration).toBeLessThan(20);
  });
});

describe('the gate', () => {
  test('jobs that run at once share batches', async () => {
    const gate = gated();
    const service = await serviceWith({ maxConcurrent: 3 }, gate.run);
    const [first, ...others] = ['us-male.wav', 'us-female-question.wav', 'slt-female.wav'].map(
      (name) => () => service.reserve().transcribe(requestOf(fixturePath(name))),
    );
    const jobs = [first?.()];
    await expect.poll(() => gate.batches.length, { timeout: 20_000 }).toBe(1);
    jobs.push(...others.map((start) => start()));
    await expect.poll(() => service.status().batcher.waiting, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    gate.openAll();
    const results = await Promise.all(jobs);
    expect(gate.batches[1]?.windows.length).toBeGreaterThanOrEqual(2);
    const texts = results.map((result) => plainText(result?.segments ?? []));
    expect(new Set(texts).size).toBe(3);
  });

  test('a canary goes before the windows of files that wait', async () => {
    const gate = gated();
    const service = await serviceWith({}, gate.run);
    const controller = new AbortController();
    const job = service
      .reserve()
      .transcribe(requestOf(fixturePath(PARAGRAPH), { signal: controller.signal }));
    const ended = expect(job).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => service.status().batcher.waiting, { timeout: 20_000 }).toBeGreaterThan(0);
    const canaries = [1, 2, 3].map(() => service.canary(AbortSignal.timeout(30_000)));
    gate.next();
    await expect.poll(() => gate.batches.length).toBe(2);
    // one for all three
    expect(gate.batches[1]?.windows.map(({ samples }) => samples.length)).toEqual([8_000]);
    gate.next();
    expect((await Promise.all(canaries)).map(({ text }) => text)).toEqual(Array(3).fill('Where did'));
    controller.abort();
    gate.openAll();
    await ended;
  });

  test('an engine that reads the clip wrong fails the canary', async () => {
    const wrong: WindowReading = { segments: [], tokens: [], noSpeechProb: 0 };
    const service = await serviceWith({}, async ({ windows }) =>
      windows.map(() => ({ ok: true, value: wrong })),
    );
    await expect(service.canary(AbortSignal.timeout(5_000))).rejects.toMatchObject({
      code: 'self_test_failed',
    });
  });

  test('cancelled in mid-file: its windows leave the gate and its decoder is gone', async () => {
    const gate = gated();
    const service = await serviceWith({}, gate.run);
    const controller = new AbortController();
    const before = new Set(decoder.pids());
    const job = service
      .reserve()
      .transcribe(requestOf(fixturePath(PARAGRAPH), { signal: controller.signal }));
    const ended = expect(job).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => service.status().batcher.waiting, { timeout: 20_000 }).toBeGreaterThan(0);
    controller.abort();
    gate.openAll();
    await ended;
    expect(service.status().batcher.waiting).toBe(0);
    expect(service.status().admission).toMatchObject({ active: 0, waiting: 0, cancelled: 1 });
    // the spare took its place among two at most: the one that decoded is none of them
    await expect.poll(() => decoder.pids().length, { timeout: 10_000 }).toBe(1);
    expect(decoder.pids().some((pid) => before.has(pid))).toBe(false);
  });
});

describe('files that do harm', () => {
  const poisoned = (isPoison: (batch: EngineBatch, index: number) => boolean) => {
    let asked = 0;
    const run: RunBatch = async (batch, signal) => {
      asked += 1;
      const outcomes = await watched.engine.run(batch, signal);
      return outcomes.map((outcome, index) =>
        isPoison(batch, index) ? { ok: false, error: { code: 'poison' } } : outcome,
      );
    };
    return { run, asked: () => asked };
  };

  test('one of nothing but poison is refused, and then at once, by its content', async () => {
    const { run, asked } = poisoned(() => true);
    const service = await serviceWith({}, run);
    const bytes = await readFile(fixturePath('us-male.wav'));
    const path = await file('poison.wav', bytes);
    await expect(service.reserve().transcribe(requestOf(path))).rejects.toMatchObject({ code: 'poison' });
    const [runs, starts] = [asked(), [] as string[]];
    const again = requestOf(await file('other-name.wav', bytes), { onStart: () => starts.push('started') });
    await expect(service.reserve().transcribe(again)).rejects.toMatchObject({ code: 'poison' });
    expect([asked(), starts]).toEqual([runs, []]);
    expect(service.status().admission).toMatchObject({ active: 0, waiting: 0 });
  });

  test('one bad stretch is left out of a long one, and the rest is there', async () => {
    let seen = 0;
    const { run } = poisoned(() => {
      seen += 1;
      return seen === 2;
    });
    const service = await serviceWith({}, run);
    const notes: ReadNote[] = [];
    const onNote = (note: ReadNote) => notes.push(note);
    const result = await service.reserve().transcribe(requestOf(fixturePath(PARAGRAPH), { onNote }));
    expect(result.leftOut).toHaveLength(1);
    const [gap] = result.leftOut;
    expect(gap?.error.code).toBe('poison');
    expect(result.segments.some(({ end }) => end <= (gap?.start ?? 0))).toBe(true);
    expect(result.segments.some(({ start }) => start >= (gap?.end ?? 0))).toBe(true);
    expect(notes).toEqual([{ name: 'left-out', ...gap }]);
    // Who goes on after that stretch still says that it is missing.
    const resume = { from: result.segments.at(-1)?.end ?? 0, segments: result.segments, notes };
    const resumed = await service.reserve().transcribe(requestOf(fixturePath(PARAGRAPH), { resume }));
    expect(resumed.leftOut).toEqual(result.leftOut);
  });

  test('a decoder bomb is too long, whatever it claims, and counted as a failure of decoding', async () => {
    const service = await serviceWith({ maxAudioSeconds: 60 });
    const events: ServiceEvent[] = [];
    service.observe((event) => events.push(event));
    const path = await file('bomb.flac', bombFlac(4_000, 8e6));
    await expect(service.reserve().transcribe(requestOf(path))).rejects.toMatchObject({ code: 'too_long' });
    expect(events).toContainEqual({ type: 'decode-failed', code: 'too_long' });
    await expect(service.reserve().transcribe(requestOf(fixturePath('us-male.wav')))).resolves.toMatchObject({
      leftOut: [],
    });
  });
});

test('an engine that does not start: newcomers are told why at once', async () => {
  const error = { code: 'model_not_found', detail: 'onnx/encoder_model.onnx' } as const;
  const engine: ServerEngine = {
    ...watched.engine,
    status: () => ({ ...watched.engine.status(), state: { name: 'failed', error } }),
    ready: () => Promise.reject(new SottoError('model_not_found')),
    close: async () => {},
  };
  const service = await createTranscriptionService(SERVICE_OPTIONS, { engine, decoder: sharedDecoder() });
  const events: ServiceEvent[] = [];
  service.observe((event) => events.push(event));
  expect(() => service.reserve()).toThrow(
    expect.objectContaining({
      code: 'engine_unavailable',
      detail: 'model_not_found: onnx/encoder_model.onnx',
    }),
  );
  expect(events).toEqual([{ type: 'refused', reason: 'engine_unavailable' }]);
  await service.close();
});
