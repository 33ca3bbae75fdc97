import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLiveListener, PARTIAL_SECONDS_A_SECOND } from '../../shared/speech/live.ts';
import { DEFAULT_PLAN, livePlan, SENTENCE_PLAN } from '../../shared/speech/plans.ts';
import { createVad } from '../../shared/speech/vad.ts';
import type { LiveEvent, SpeechWindow, WindowPlan } from '../../shared/speech/window.ts';
import { energySession } from '../support/energy-vad.ts';
import { loadNodeVad } from '../support/node-media.ts';
import { concat, fixture, loadFixture } from '../support/pcm.ts';

const session = await loadNodeVad();
const PLAN = livePlan(SENTENCE_PLAN);

/** Each event with the seconds of sound that had been pushed when it came. */
interface Heard {
  readonly at: number;
  readonly event: LiveEvent;
}

async function listen(
  samples: Float32Array,
  lengths: readonly number[],
  options: { plan?: WindowPlan; real?: boolean } = {},
): Promise<Heard[]> {
  const vad = createVad(options.real ? session : energySession);
  const listener = createLiveListener({ vad, plan: options.plan ?? PLAN });
  const heard: Heard[] = [];
  let at = 0;
  for (let i = 0; at < samples.length; i++) {
    const length = lengths[i % lengths.length]!;
    const events = await listener.push(samples.subarray(at, at + length));
    at = Math.min(samples.length, at + length);
    heard.push(...events.map((event) => ({ at: at / 16_000, event })));
  }
  const last = await listener.finish();
  heard.push(...last.map((event) => ({ at: at / 16_000, event })));
  return heard;
}

/** Windows as short text: comparing arrays of samples one by one takes long. */
const digest = (windows: readonly SpeechWindow[]): string[] =>
  windows.map(({ samples, ...rest }) => {
    const hash = createHash('sha1').update(
      new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength),
    );
    return `${JSON.stringify(rest)} ${hash.digest('hex')}`;
  });

const finals = (heard: readonly Heard[]): SpeechWindow[] =>
  heard.flatMap(({ event }) => (event.type === 'final' ? [event.window] : []));

const bytes = (samples: Float32Array, length: number): Uint8Array =>
  new Uint8Array(samples.buffer, samples.byteOffset, 4 * length);

describe('createLiveListener', () => {
  test('two sentences spoken: begin, partials at least once a second, final at the pause, end', async () => {
    const samples = await loadFixture('us-male-numbers.flac');
    const heard = await listen(samples, [1_600], { real: true });
    const sentences = fixture('us-male-numbers.flac').sentences!;
    const starts = heard.flatMap(({ event }) => (event.type === 'speech-start' ? [event.at] : []));
    expect(starts.length).toBe(2);
    starts.forEach((at, i) => {
      expect(Math.abs(at - sentences[i]!.start)).toBeLessThan(0.1);
    });
    for (const [index, sentence] of sentences.entries()) {
      const partials = heard.filter(({ event }) => event.type === 'partial' && event.window.index === index);
      const moments = [sentence.start, ...partials.map(({ at }) => at), sentence.end];
      for (let i = 1; i < moments.length; i++) expect(moments[i]! - moments[i - 1]!).toBeLessThan(1.001);
    }
    const ends = heard.filter(({ event }) => event.type === 'final');
    expect(ends.length).toBe(2);
    // the pause after the first one lasts a second: it is final within it
    expect(ends[0]!.at - sentences[0]!.end).toBeLessThan(0.8);
    expect(heard.at(-1)!.event).toEqual({ type: 'end', seconds: samples.length / 16_000 });
  });

  test.each([
    ['sentence by sentence', SENTENCE_PLAN],
    ['long windows', DEFAULT_PLAN],
  ])(
    '%s: a final comes within a second of sound after the speech that it ends with',
    async (_, plan) => {
      let pauses = 0;
      for (const name of [
        'us-male-two-sentences.flac',
        'us-male-numbers.flac',
        'paragraph-25s.flac',
        'noisy-15db.flac',
      ]) {
        // in pieces of 32 ms and a bit, with a second of silence after the end
        const samples = concat([await loadFixture(name), new Float32Array(16_000)]);
        const heard = await listen(samples, [600], { real: true, plan: livePlan(plan) });
        const sentences = fixture(name).sentences!;
        for (const { at, event } of heard) {
          if (event.type !== 'final') continue;
          const { speechEnd } = event.window;
          expect(at - speechEnd, `${name} at ${speechEnd}`).toBeLessThanOrEqual(1);
          expect(Math.min(...sentences.map(({ end }) => Math.abs(end - speechEnd)))).toBeLessThan(0.2);
          pauses++;
        }
        // and no pause of that length is left without one
        for (const [i, { end }] of sentences.entries()) {
          if ((sentences[i + 1]?.start ?? Number.POSITIVE_INFINITY) - end < 1) continue;
          const closed = heard.some(({ at, event }) => event.type === 'final' && at > end && at <= end + 1);
          expect(closed, `${name}, pause at ${end}`).toBe(true);
        }
      }
      expect(pauses).toBeGreaterThan(4);
    },
    60_000,
  );

  test('partials of a long window come less often: what is read again each second is bounded', async () => {
    const loud = Float32Array.from({ length: 60 * 16_000 }, (_, i) => 0.3 * Math.sin(i / 9));
    for (const plan of [PLAN, livePlan(DEFAULT_PLAN), { ...livePlan(DEFAULT_PLAN), maxSeconds: 28 }]) {
      const heard = await listen(loud, [1_600], { plan });
      const partials = heard.flatMap(({ at, event }) =>
        event.type === 'partial' ? [{ at, window: event.window }] : [],
      );
      for (let from = 0; from < 50; from += 10) {
        const read = partials
          .filter(({ at }) => at > from && at <= from + 10)
          .reduce((sum, { window }) => sum + window.end - window.start, 0);
        expect(read / 10).toBeLessThanOrEqual(PARTIAL_SECONDS_A_SECOND * 1.15);
        expect(read).toBeGreaterThan(0);
      }
      const longest = Math.max(...finals(heard).map(({ start, end }) => end - start));
      expect(longest).toBeLessThanOrEqual(plan.maxSeconds + 1e-6);
    }
    expect(livePlan(DEFAULT_PLAN).maxSeconds).toBeLessThanOrEqual(15);
  }, 60_000);

  test('a partial is the beginning of its final, up to the sound heard', async () => {
    const samples = await loadFixture('paragraph-25s.flac');
    const heard = await listen(samples, [800], { real: true });
    const done = finals(heard);
    let partials = 0;
    for (const { at, event } of heard) {
      if (event.type !== 'partial') continue;
      partials++;
      const { window } = event;
      const final = done.find(({ index }) => index === window.index)!;
      expect(window.start).toBe(final.start);
      expect(window.end).toBeLessThanOrEqual(at);
      const common = Math.min(window.samples.length, final.samples.length);
      expect(Buffer.compare(bytes(window.samples, common), bytes(final.samples, common))).toBe(0);
    }
    expect(partials).toBeGreaterThan(done.length);
    expect(done.map(({ index }) => index)).toEqual(done.map((_, i) => i));
    expect(done.length).toBe(8);
  });

  test('finals are the same whatever the pieces, one after another or all at once', async () => {
    const samples = concat([await loadFixture('us-female-question.wav'), await loadFixture('rms-male.flac')]);
    const whole = digest(finals(await listen(samples, [samples.length])));
    expect(whole.length).toBeGreaterThan(2);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 8 }),
        async (lengths) => {
          const pieces = lengths.some((length) => length > 200) ? lengths : [...lengths, 2_000];
          expect(digest(finals(await listen(samples, pieces)))).toEqual(whole);
        },
      ),
      { numRuns: 25 },
    );
    const listener = createLiveListener({ vad: createVad(energySession), plan: PLAN });
    const pushes: Promise<LiveEvent[]>[] = [];
    const piece = new Float32Array(3_000);
    for (let at = 0; at < samples.length; at += piece.length) {
      const part = samples.subarray(at, at + piece.length);
      piece.set(part);
      // the caller's buffer is used again at once
      pushes.push(listener.push(piece.subarray(0, part.length)));
      piece.fill(9);
    }
    const events = (await Promise.all([...pushes, listener.finish()])).flat();
    expect(digest(finals(events.map((event) => ({ at: 0, event }))))).toEqual(whole);
  }, 120_000);

  test('who never pauses is cut at the longest window, and goes on in the next', async () => {
    const loud = Float32Array.from({ length: 25 * 16_000 }, (_, i) => 0.3 * Math.sin(i / 9));
    const heard = await listen(loud, [4_096]);
    const done = finals(heard);
    expect(done.length).toBe(4);
    for (const [i, window] of done.entries()) {
      expect(window.end - window.start).toBeLessThanOrEqual(PLAN.maxSeconds);
      const before = done[i - 1];
      expect(window.overlap?.end).toBe(before?.end);
      expect(before?.goesOnAt).toBe(before && window.start);
      if (before) expect(before.end - window.start).toBeGreaterThanOrEqual(2 - 0.04);
    }
    expect(done.at(-1)!.end).toBe(25);
    // no partial ever held more than the final window does
    for (const { event } of heard) {
      if (event.type !== 'partial') continue;
      expect(event.window.end).toBeLessThanOrEqual(done[event.window.index]!.end);
    }
    const moments = heard.filter(({ event }) => event.type === 'partial').map(({ at }) => at);
    for (let i = 1; i < moments.length; i++) expect(moments[i]! - moments[i - 1]!).toBeLessThan(1.3);
  });

  test('ten levels a second; a dead input is told after three seconds, and that it lives again', async () => {
    const samples = concat([
      new Float32Array(5 * 16_000),
      (await loadFixture('us-male.wav')).subarray(6_400),
    ]);
    const heard = await listen(samples, [1_600]);
    const levels = heard.flatMap(({ event }) => (event.type === 'level' ? [event] : []));
    expect(levels.length).toBe(Math.floor(samples.length / 1_600));
    expect(levels[0]).toEqual({ type: 'level', rms: 0, seconds: 0.1 });
    expect(Math.max(...levels.map(({ rms }) => rms))).toBeGreaterThan(0.05);
    const silence = heard.filter(
      ({ event }) => event.type === 'digital-silence' || event.type === 'sound-again',
    );
    expect(silence.map(({ at, event }) => [event.type, at])).toEqual([
      ['digital-silence', 3],
      ['sound-again', 5.1],
    ]);
  });

  test('a microphone that stops in mid-sentence: what was said is final', async () => {
    const samples = (await loadFixture('us-male.wav')).subarray(0, 16_000);
    const heard = await listen(samples, [1_000], { real: true });
    expect(heard.slice(-2).map(({ event }) => event.type)).toEqual(['final', 'end']);
    expect(finals(heard)[0]!.end).toBe(1);
  });

  test('nothing said: only levels and the end', async () => {
    const types = (await listen(await loadFixture('noise.flac'), [1_600], { real: true })).map(
      ({ event }) => event.type,
    );
    expect(new Set(types)).toEqual(new Set(['level', 'end']));
  });
});
