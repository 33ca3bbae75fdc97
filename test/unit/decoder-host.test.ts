import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDecoderHost, type DecodeRequest, type DecoderHost } from '../../server/media/decoder-host.ts';
import type { DecoderLimits } from '../../server/media/limits.ts';
import { SENTENCE_PLAN } from '../../shared/speech/plans.ts';
import { createVad } from '../../shared/speech/vad.ts';
import type { SpeechWindow } from '../../shared/speech/window.ts';
import { speechWindows } from '../../shared/speech/windows.ts';
import { bombFlac } from '../support/bomb.ts';
import { makeVideoOnly } from '../support/media-files.ts';
import { loadNodeVad } from '../support/node-media.ts';
import { fixture, fixtureChunks, fixturePath } from '../support/pcm.ts';

const VAD = fileURLToPath(new URL('../../public/vad/silero_vad_v6_sequence.onnx', import.meta.url));
const LONG = 'paragraph-25s.flac';

const hosts: DecoderHost[] = [];
let folder: string;
let expected: SpeechWindow[];
/** one for all tests in which no decoder comes to harm */
let calm: DecoderHost;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sotto-decoder-'));
  calm = hostWith();
  expected = [];
  const chunks = fixtureChunks(LONG);
  for await (const window of speechWindows(chunks, createVad(await loadNodeVad()), SENTENCE_PLAN)) {
    expected.push(window);
  }
});
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.close()));
  await rm(folder, { recursive: true });
});

function hostWith(limits: Partial<DecoderLimits> = {}): DecoderHost {
  const host = createDecoderHost({ vad: VAD, limits });
  hosts.push(host);
  return host;
}

const request = (path: string, more: Partial<DecodeRequest> = {}): DecodeRequest => ({
  path,
  plan: SENTENCE_PLAN,
  maxSeconds: 3_600,
  ahead: () => 2,
  signal: new AbortController().signal,
  ...more,
});

/** All windows and the code it ended with; `at` is called before each window is taken. */
async function outcome(host: DecoderHost, asked: DecodeRequest, at: (count: number) => void = () => {}) {
  const windows: SpeechWindow[] = [];
  const decoding = host.decode(asked);
  try {
    for await (const window of decoding.windows) {
      windows.push(window);
      at(windows.length);
    }
    return { windows, code: 'ok', decoding };
  } catch (thrown) {
    return { windows, code: (thrown as { code?: string }).code ?? String(thrown), decoding };
  }
}

async function file(name: string, bytes: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function gone(pids: readonly number[]): Promise<void> {
  await expect.poll(() => pids.filter(alive), { timeout: 10_000 }).toEqual([]);
}

describe('a decoder process', () => {
  test('gives the very windows of the same code in this process, and says how far it is', async () => {
    const host = calm;
    const positions: number[] = [];
    let stated: number | undefined;
    const { windows, code, decoding } = await outcome(
      host,
      request(fixturePath(LONG), {
        onPosition: (seconds) => positions.push(seconds),
        onInfo: (seconds) => {
          stated = seconds;
        },
      }),
    );
    expect(code).toBe('ok');
    expect(windows).toEqual(expected);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    const { duration } = fixture(LONG);
    expect(Math.abs(decoding.seconds - duration)).toBeLessThan(0.1);
    expect(Math.abs((stated ?? 0) - duration)).toBeLessThan(0.1);
    expect(decoding.busyMs).toBeGreaterThan(0);
    expect(host.restarts).toBe(0);
  });

  test('leaves out what ends before a time', async () => {
    const from = expected[3]?.speechEnd ?? 0;
    const { windows } = await outcome(calm, request(fixturePath(LONG), { from }));
    expect(windows).toEqual(expected.slice(4));
  });

  test('decodes no further ahead than it is asked to', async () => {
    const host = calm;
    let furthest = 0;
    const decoding = host.decode(
      request(fixturePath(LONG), {
        onPosition: (seconds) => {
          furthest = seconds;
        },
      }),
    );
    const windows = decoding.windows[Symbol.asyncIterator]();
    await windows.next();
    // two more are on their way, and a third is cut but may not be sent
    const limit = expected[5]?.end ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(furthest).toBeLessThan(limit);
    await windows.return?.();
  });

  test.each(['SIGKILL', 'SIGSTOP'] as const)(
    '%s in the middle of a file: no window is lost or given twice',
    async (signal) => {
      const host = hostWith(signal === 'SIGSTOP' ? { stallMs: 4_000 } : {});
      let hit: number | undefined;
      const { windows, code } = await outcome(host, request(fixturePath(LONG)), (count) => {
        if (count !== 3) return;
        // the older one has the file, the younger one is the spare
        [hit] = host.pids();
        if (hit !== undefined) process.kill(hit, signal);
      });
      expect(hit).toBeDefined();
      expect(code).toBe('ok');
      expect(windows).toEqual(expected);
      expect(host.restarts).toBe(1);
      await gone([hit as number]);
    },
  );

  test('killed again and again it fails, and the next file is read', async () => {
    const host = hostWith();
    const { windows, code } = await outcome(host, request(fixturePath(LONG)), (count) => {
      if (count < 3) return;
      for (const pid of host.pids()) process.kill(pid, 'SIGKILL');
    });
    expect(code).toBe('decoder_failed');
    expect(windows).toEqual(expected.slice(0, windows.length));
    expect((await outcome(host, request(fixturePath('us-male.wav')))).code).toBe('ok');
  });

  test('what is wrong with a file comes across by its name', async () => {
    const host = calm;
    const whole = await readFile(fixturePath(LONG));
    const garbage = Uint8Array.from({ length: 50_000 }, (_, i) => (i * 7919 + (i >> 3)) & 255);
    const files = {
      empty_file: await file('empty', ''),
      not_media: await file('garbage', garbage),
      no_audio_track: await file('film.webm', await makeVideoOnly()),
      file_unreadable: join(folder, 'nowhere'),
    };
    for (const [code, path] of Object.entries(files)) {
      expect(await outcome(host, request(path))).toMatchObject({ code, windows: [] });
    }
    const truncated = await outcome(
      host,
      request(await file('cut.flac', whole.subarray(0, whole.length / 2))),
    );
    expect(truncated.code).toBe('corrupt_media');
    expect(truncated.windows.length).toBeGreaterThan(expected.length / 3);
    expect(host.restarts).toBe(0);
  });

  test('a long file is refused by what it says, a small one that claims years by what comes out', async () => {
    const host = calm;
    const honest = await outcome(host, request(fixturePath(LONG), { maxSeconds: 20 }));
    expect(honest).toMatchObject({ code: 'too_long', windows: [] });
    const bomb = await outcome(host, request(await file('bomb.flac', bombFlac(4_000)), { maxSeconds: 100 }));
    expect(bomb).toMatchObject({ code: 'too_long', windows: [] });
    const boast = await outcome(
      host,
      request(await file('boast.flac', bombFlac(2, 8e6)), { maxSeconds: 60 }),
    );
    expect(boast.code).not.toBe('too_long');
  });

  test('one that uses too much memory or processor is ended, and not tried again', async () => {
    const fat = hostWith({ memoryMb: 1 });
    expect(
      (await outcome(fat, request(await file('b.flac', bombFlac(4_000)), { maxSeconds: 1e9 }))).code,
    ).toBe('decoder_failed');
    const busy = hostWith({ cpuFloorMs: 100, cpuMsPerSecond: 0 });
    expect(
      (await outcome(busy, request(await file('c.flac', bombFlac(4_000)), { maxSeconds: 1e9 }))).code,
    ).toBe('decoder_failed');
    expect([fat.restarts, busy.restarts]).toEqual([0, 0]);
  });

  test('cancelled or left in the middle, its process is gone', async () => {
    const host = hostWith();
    const controller = new AbortController();
    const [pid] = host.pids();
    const cancelled = await outcome(
      host,
      request(fixturePath(LONG), { signal: controller.signal }),
      (count) => {
        if (count === 3) controller.abort();
      },
    );
    expect(cancelled.code).toBe('cancelled');
    expect(cancelled.windows).toHaveLength(3);
    await gone([pid as number]);
    const all = host.pids();
    await host.close();
    expect(all.filter(alive)).toEqual([]);
    expect((await outcome(host, request(fixturePath(LONG)))).code).toBe('closed');
  });
});
