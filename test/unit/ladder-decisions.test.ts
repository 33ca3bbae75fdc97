/** What moves the work along the ladder, what the visitor allows, and what is kept when nothing works. */
import { describe, expect, test } from 'vitest';
import { CATALOGUE, chooseDtype } from '../../shared/asr/catalogue.ts';
import { type DeviceLimits, tooBig } from '../../shared/asr/fits.ts';
import { readWav } from '../../shared/audio/wav.ts';
import type { SpeechWindow } from '../../shared/speech/window.ts';
import { createServerOffer, type OfferMemory } from '../../web/app/server-offer.ts';
import { FRESH, fallsBehind, type Pace, paced, watchPace } from '../../web/client/keeping-up.ts';
import { createRungs } from '../../web/client/rungs.ts';
import { DEFAULT_PATIENCE, retryAfterMs, waitAfter, waitForPlace } from '../../web/client/server-tries.ts';
import { serverOf } from '../../web/client/site-config.ts';
import { createUnread } from '../../web/client/unread.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

describe('too big for the device', () => {
  const model = (id: string) => CATALOGUE.find((entry) => entry.id.includes(id));
  const why = (id: string, limits: Partial<DeviceLimits>) => {
    const entry = model(id);
    if (entry === undefined) throw new Error(id);
    const dtype = chooseDtype(entry, limits.maxBufferSize === undefined ? 'wasm' : 'webgpu', { fp16: true });
    return tooBig(entry, dtype, { maxBufferSize: undefined, deviceMemoryGib: undefined, ...limits });
  };
  test('a large model on a small device is, a small one is not, and in doubt nothing is', () => {
    expect(why('turbo', { deviceMemoryGib: 2 })).toMatch(/needed of 2 GiB/);
    expect(why('turbo', { deviceMemoryGib: 8 })).toBeUndefined();
    expect(why('turbo', {})).toBeUndefined();
    expect(why('turbo', { maxBufferSize: 128 * 2 ** 20 })).toMatch(/tensor of about/);
    expect(why('sotto-demo-en', { maxBufferSize: 128 * 2 ** 20, deviceMemoryGib: 0.5 })).toBeUndefined();
  });
  test('what every WebGPU adapter grants, 256 MiB, rules out nothing that is offered', () => {
    for (const entry of CATALOGUE) {
      const limits = { maxBufferSize: 2 ** 28, deviceMemoryGib: 8 };
      for (const fp16 of [true, false]) {
        expect(tooBig(entry, chooseDtype(entry, 'webgpu', { fp16 }), limits), entry.id).toBeUndefined();
      }
    }
  });
});

describe('keeping up', () => {
  const paceOf = (steps: readonly (readonly ['webgpu' | 'wasm', number, number])[]): Pace =>
    steps.reduce<Pace>((pace, [rung, seconds, ms]) => paced(pace, rung, seconds, ms), FRESH);
  test('four slow batches in a row on one rung, and no fewer', () => {
    const slow = ['webgpu', 2, 2_500] as const;
    expect(fallsBehind(paceOf([slow, slow, slow]))).toBe(false);
    expect(fallsBehind(paceOf([slow, slow, slow, slow]))).toBe(true);
    expect(fallsBehind(paceOf([slow, slow, slow, ['webgpu', 2, 900], slow]))).toBe(false);
    expect(fallsBehind(paceOf([slow, slow, ['wasm', 2, 2_500], ['wasm', 2, 2_500]]))).toBe(false);
  });
  test('it is measured while someone speaks, and gives way to a server only', async () => {
    const world = (live: boolean, below: 'server' | 'wasm') => {
      let now = 0;
      const left: string[] = [];
      const run = watchPace(
        async (batch) => {
          now += 3_000;
          return batch.windows.map(() => ({ ok: false, error: { code: 'poison' } as const }));
        },
        {
          live: () => live,
          rung: () => ({ here: 'webgpu', below }),
          now: () => now,
          onTooSlow: (rung, why) => left.push(`${rung} ${why.code}`),
        },
      );
      const batch = {
        windows: [{ samples: new Float32Array(16_000) }],
        options: { task: 'transcribe' as const },
      };
      return { left, read: () => run(batch, new AbortController().signal) };
    };
    for (const [live, below, expected] of [
      [true, 'server', ['webgpu too_slow']],
      [false, 'server', []],
      [true, 'wasm', []],
    ] as const) {
      const { left, read } = world(live, below);
      for (let i = 0; i < 5; i += 1) await read();
      expect(left).toEqual(expected);
    }
  });
});

describe('patience with a server', () => {
  test('waits grow twofold to a bound, the upper half by lot; Retry-After is the least', () => {
    const waits = [1, 2, 3, 4, 5, 9].map((tries) => waitAfter(tries, 1, DEFAULT_PATIENCE));
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000]);
    expect(waitAfter(3, 0, DEFAULT_PATIENCE)).toBe(1_000);
    expect([waitForPlace(4_000, 0), waitForPlace(4_000, 1)]).toEqual([4_000, 5_000]);
    expect(waitForPlace(3_600_000, 0)).toBe(60_000);
  });
  test('Retry-After in seconds, as a date, and as neither', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(retryAfterMs('7', now)).toBe(7_000);
    expect(retryAfterMs('Thu, 01 Jan 2026 00:00:09 GMT', now)).toBe(9_000);
    expect([retryAfterMs('soon', now), retryAfterMs(null, now)]).toEqual([undefined, undefined]);
  });
});

describe('the visitor’s leave', () => {
  function world(kept: Record<string, string> = {}) {
    const clock = createVirtualClock();
    const memory: OfferMemory = {
      recall: (name) => kept[name],
      remember: (name, value) => {
        kept[name] = value;
      },
    };
    const offer = createServerOffer({}, { page: 'https://example.org/app/', memory, clock });
    const asked = () => {
      const answer = { now: undefined as boolean | undefined };
      void offer.place.allowed(new AbortController().signal).then((yes) => {
        answer.now = yes;
      });
      return answer;
    };
    return { clock, kept, offer, asked };
  }

  test('says where to, asks once, and remembers a yes only where that was wanted', async () => {
    const first = world();
    expect(first.offer.host).toBe('example.org');
    expect(first.offer.place.address).toBe('https://example.org/v1/windows');
    expect(first.offer.ladder).toEqual(['webgpu', 'server', 'wasm']);
    const answer = first.asked();
    expect(first.offer.asking).toBe(true);
    first.offer.answer(true, false);
    await first.clock.settle();
    expect([answer.now, first.offer.asking]).toEqual([true, false]);
    const again = first.asked();
    await first.clock.settle();
    expect(again.now).toBe(true);
    expect(first.kept.consent).toBeUndefined();
    const second = world(first.kept);
    second.asked();
    expect(second.offer.asking).toBe(true);
    second.offer.answer(true, true);
    const third = world(second.kept);
    const known = third.asked();
    await third.clock.settle();
    expect([known.now, third.offer.asking]).toEqual([true, false]);
    // Agreement was given for one host.
    const elsewhere = world({ consent: 'other.example' });
    elsewhere.asked();
    expect(elsewhere.offer.asking).toBe(true);
  });

  test('a remembered no is "never": nobody is asked any more, and no server is on the ladder', async () => {
    const first = world();
    const answer = first.asked();
    first.offer.answer(false, true);
    await first.clock.settle();
    expect(answer.now).toBe(false);
    const second = world(first.kept);
    expect([second.offer.choice, second.offer.ladder]).toEqual(['device', ['webgpu', 'wasm']]);
    const later = second.asked();
    await second.clock.settle();
    expect([later.now, second.offer.asking]).toEqual([false, false]);
  });

  test('"never" withdraws an agreement, and a question that is open', async () => {
    const { clock, kept, offer, asked } = world({ consent: 'example.org' });
    offer.choose('device');
    const answer = asked();
    await clock.settle();
    expect([answer.now, kept.consent, kept.place]).toEqual([false, '', 'device']);
    offer.choose('server-first');
    expect(offer.ladder[0]).toBe('server');
    const open = asked();
    expect(offer.asking).toBe(true);
    offer.choose('device');
    await clock.settle();
    expect([open.now, offer.asking]).toEqual([false, false]);
  });

  test('nobody answers: it goes on here, and is asked again the next time', async () => {
    const { clock, offer, asked } = world();
    const answer = asked();
    await clock.advance(90_000);
    expect([answer.now, offer.asking, clock.pending]).toEqual([false, false, 0]);
    asked();
    expect(offer.asking).toBe(true);
    offer.stayHere();
    expect(offer.ladder).toEqual(['webgpu', 'wasm']);
  });

  test('what a site may say of its server', () => {
    expect(serverOf(undefined)).toBeUndefined();
    expect(serverOf({ windows: false })).toBeUndefined();
    expect(serverOf({ windows: true, model: 'a' })).toEqual({ windows: true, models: ['a'] });
    expect(serverOf({ windows: true, models: ['a', 'b'], origin: 'https://x.example' })).toEqual({
      windows: true,
      models: ['a', 'b'],
      origin: 'https://x.example',
    });
    const steps = (models: readonly string[] | undefined) =>
      createRungs(['webgpu', 'server', 'wasm'], 'a', {
        server: { address: 'https://x/', models, allowed: async () => true },
        priority: () => 'file',
        worker: () => {
          throw new Error('not started here');
        },
      }).map(({ id }) => id);
    expect(steps(undefined)).toEqual(['webgpu', 'server', 'wasm']);
    expect(steps(['b'])).toEqual(['webgpu', 'wasm']);
  });
});

describe('speech without text', () => {
  const windowOf = (index: number, start: number, seconds: number): SpeechWindow => ({
    index,
    samples: new Float32Array(seconds * 16_000).fill(0.1 * (index + 1)),
    start,
    end: start + seconds,
    speechStart: start,
    speechEnd: start + seconds,
  });

  test('is kept in order, each stretch once, long pauses cut short', async () => {
    const unread = createUnread(600);
    for (const window of [windowOf(0, 0, 2), windowOf(1, 3, 2), windowOf(2, 4, 2), windowOf(3, 60, 1)]) {
      unread.add(window);
    }
    unread.readUntil(2);
    const wav = readWav(new Uint8Array((await unread.recording()?.arrayBuffer()) ?? new ArrayBuffer(0)));
    // 2 s, 1 s of what overlapped, 2 s of a pause of 54, 1 s
    expect(wav.samples.length).toBe(6 * 16_000);
    const at = (seconds: number) => wav.samples[seconds * 16_000 + 8_000] ?? Number.NaN;
    expect([0, 1, 2, 3, 4, 5].map((second) => Math.round(at(second) * 10))).toEqual([2, 2, 3, 0, 0, 4]);
    expect(unread.seconds).toBe(5);
    unread.readUntil(61);
    expect(unread.recording()).toBeUndefined();
  });

  test('has a bound, which is told once; nothing is thrown away at it', async () => {
    const unread = createUnread(4);
    let full = false;
    void unread.full.then(() => {
      full = true;
    });
    unread.add(windowOf(0, 0, 3));
    await Promise.resolve();
    expect(full).toBe(false);
    unread.add(windowOf(1, 3, 3));
    await Promise.resolve();
    expect(full).toBe(true);
    expect(unread.seconds).toBe(6);
  });
});
