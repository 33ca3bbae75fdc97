import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_PLAN, fitPlan, livePlan, SENTENCE_PLAN } from '../../shared/speech/plans.ts';
import { type Cut, createSegmenter, type Frame } from '../../shared/speech/segmenter.ts';
import { FRAME } from '../../shared/speech/silero.ts';
import type { WindowPlan } from '../../shared/speech/window.ts';

const RATE = 16_000;

function frame(probability: number, db: number, samples = FRAME): Frame {
  return { probability, levels: new Float32Array(Math.ceil(samples / 128)).fill(db), samples };
}

/** "s" is a frame of speech, "." one without; numbers repeat: "s20.10". */
function frames(script: string): Frame[] {
  return [...script.matchAll(/([s.])(\d+)/g)].flatMap(([, kind, count]) =>
    Array.from({ length: Number(count) }, () => (kind === 's' ? frame(0.9, -20) : frame(0.05, -90))),
  );
}

function cutsOf(plan: WindowPlan, input: readonly Frame[]): Cut[] {
  const segmenter = createSegmenter(plan);
  return [...input.flatMap((one) => segmenter.push(one)), ...segmenter.finish()];
}

const seconds = (cut: Cut): number[] =>
  [cut.start, cut.speechStart, cut.speechEnd, cut.end].map((x) => x / RATE);

describe('createSegmenter', () => {
  test('one stretch of speech: exact edges, padding on both sides, no further than the source', () => {
    expect(cutsOf(SENTENCE_PLAN, frames('.50s50.50')).map(seconds)).toEqual([[1.3, 1.6, 3.2, 3.5]]);
    expect(cutsOf(SENTENCE_PLAN, frames('.5s50.5')).map(seconds)).toEqual([[0, 0.16, 1.76, 1.92]]);
    expect(cutsOf(SENTENCE_PLAN, frames('s50')).map(seconds)).toEqual([[0, 0, 1.6, 1.6]]);
  });

  test('two sentences share the pause between them', () => {
    const [first, second] = cutsOf(SENTENCE_PLAN, frames('.50s50.12s50.50'));
    expect(first!.end).toBe(second!.start);
    expect(second!.start - first!.speechEnd).toBe(6 * FRAME);
  });

  test('a pause below splitSilence does not cut, nor one below the target unless it is an end', () => {
    expect(cutsOf(SENTENCE_PLAN, frames('s50.8s50.50')).length).toBe(1);
    const plan = { ...DEFAULT_PLAN, targetSeconds: 4 };
    expect(cutsOf(plan, frames('s50.20s50.20s50.60')).length).toBe(1);
    expect(cutsOf(plan, frames('s50.20s80.20s50.60')).length).toBe(2);
    expect(cutsOf(plan, frames('s50.50s50.60')).length).toBe(2);
  });

  test('a click is dropped, and takes no padding from what follows', () => {
    expect(cutsOf(SENTENCE_PLAN, frames('.50s2.50'))).toEqual([]);
    const [only] = cutsOf(SENTENCE_PLAN, frames('s2.25s50.50'));
    expect(seconds(only!)[1]).toBe(0.864);
    expect(only!.speechStart - only!.start).toBe(0.3 * RATE);
  });

  test('speech without a pause is cut where it is quietest near the end, and nothing of it is lost', () => {
    const speech = frames('.10s400.30');
    speech[10 + 280] = frame(0.6, -45);
    const cuts = cutsOf({ ...SENTENCE_PLAN, overlap: 0 }, speech);
    expect(cuts.length).toBe(2);
    expect(cuts[0]!.end).toBe(cuts[1]!.start);
    expect(Math.abs(cuts[0]!.end / FRAME - 290.5)).toBeLessThan(1);
    expect(cuts[1]!.speechEnd).toBe(410 * FRAME);
  });

  test('an early pause is preferred to cutting into speech as well, if it is the only one', () => {
    const cuts = cutsOf(SENTENCE_PLAN, frames('.10s60.8s277.30'));
    expect(cuts.map(({ speechEnd }) => speechEnd / FRAME)).toEqual([70, 355]);
    expect(cuts[1]!.speechStart).toBe(78 * FRAME);
    expect(cuts[1]!.overlap).toBeUndefined();
  });

  test('what is cut in speech overlaps by as much on both sides of the cut, which is told to both', () => {
    const speech = frames('.10s400.30');
    speech[10 + 260] = frame(0.6, -45);
    const [first, second] = cutsOf(SENTENCE_PLAN, speech);
    expect(first!.end - second!.start).toBe(2 * RATE);
    expect(first!.goesOnAt).toBe(second!.start);
    expect(second!.overlap).toEqual({ end: first!.end, seam: (first!.end + second!.start) / 2 });
    expect(Math.abs(second!.overlap!.seam / FRAME - 270.5)).toBeLessThan(1);
    expect([first!.overlap, second!.goesOnAt]).toEqual([undefined, undefined]);
  });

  test('`when-heard`: a full window keeps what follows the gap at which the next begins', () => {
    const plan = { ...SENTENCE_PLAN, forcedEnd: 'when-heard' } as const;
    const [first, second] = cutsOf(plan, frames('.10s200.6s250.30'));
    expect(second!.speechStart).toBe(216 * FRAME);
    expect(second!.overlap).toEqual({ end: first!.end, seam: 213 * FRAME });
    expect(first!.end).toBeGreaterThan(300 * FRAME);
    expect(first!.goesOnAt).toBe(second!.start);
  });

  test('a pause too short to split is preferred to cutting into speech', () => {
    const cuts = cutsOf(SENTENCE_PLAN, frames('.10s200.6s250.30'));
    expect(cuts.length).toBe(2);
    expect(cuts[0]!.speechEnd).toBe(210 * FRAME);
    expect(cuts[1]!.speechStart).toBe(216 * FRAME);
  });

  test('padding does not make a window longer than the longest', () => {
    const [only, ...others] = cutsOf(SENTENCE_PLAN, frames('.10s300.40'));
    expect(others).toEqual([]);
    expect(only!.speechEnd).toBe(310 * FRAME);
    expect(only!.end - only!.start).toBe(10 * RATE);
  });

  test('a late answer of the detector is set right by the loudness', () => {
    const late = [
      ...frames('.30'),
      ...Array.from({ length: 4 }, () => frame(0.2, -30)),
      ...frames('s40'),
      ...Array.from({ length: 5 }, () => frame(0.6, -90)),
      ...frames('.40'),
    ];
    const [only] = cutsOf(SENTENCE_PLAN, late);
    expect(only!.speechStart).toBe(30 * FRAME);
    expect(only!.speechEnd).toBe(74 * FRAME);
  });

  test('speech that begins within a frame: the window still holds the whole frame', () => {
    const first: Frame = { ...frame(0.9, 0), levels: Float32Array.of(-90, -90, -20, -20) };
    const [only] = cutsOf({ ...SENTENCE_PLAN, padding: 0 }, [...frames('.30'), first, ...frames('s20.40')]);
    expect(only!.speechStart).toBe(30 * FRAME + 256);
    expect(only!.start).toBe(30 * FRAME);
  });

  test('hysteresis: begins at 0.5, goes on down to 0.35', () => {
    const at = (...values: number[]): Frame[] => values.map((value) => frame(value, -20));
    const silence = frames('.40');
    expect(cutsOf({ ...SENTENCE_PLAN, minSpeech: 0 }, [...at(0.4, 0.45, 0.49), ...silence])).toEqual([]);
    const cuts = cutsOf({ ...SENTENCE_PLAN, minSpeech: 0 }, [
      ...silence,
      ...at(0.5, 0.36, 0.36, 0.36),
      ...silence,
    ]);
    expect(cuts.map((cut) => cut.speechEnd)).toEqual([44 * FRAME]);
  });

  test('nothing in, nothing out; it may be open at the end', () => {
    expect(cutsOf(SENTENCE_PLAN, [])).toEqual([]);
    const segmenter = createSegmenter(SENTENCE_PLAN);
    expect(segmenter.open).toBeUndefined();
    for (const one of frames('.20s2')) segmenter.push(one);
    expect(segmenter.open?.certain).toBe(false);
    for (const one of frames('s4')) segmenter.push(one);
    expect(segmenter.open).toMatchObject({ certain: true, speechStart: 20 * FRAME, speechEnd: 26 * FRAME });
  });
});

const anyPlan: fc.Arbitrary<WindowPlan> = fc.record({
  maxSeconds: fc.double({ min: 1, max: 12, noNaN: true }),
  targetSeconds: fc.double({ min: 0, max: 6, noNaN: true }),
  endSilence: fc.double({ min: 0.1, max: 2, noNaN: true }),
  splitSilence: fc.double({ min: 0.1, max: 1, noNaN: true }),
  padding: fc.double({ min: 0, max: 0.5, noNaN: true }),
  minSpeech: fc.constant(0),
  overlap: fc.constantFrom(0, 0, 0.3, 2),
  forcedEnd: fc.constantFrom('at-gap', 'at-gap', 'when-heard'),
});

const anyStretch = fc.record({
  spoken: fc.boolean(),
  length: fc.integer({ min: 1, max: 120 }),
  db: fc.integer({ min: -120, max: -10 }),
});

describe('for any speech and any plan', () => {
  test('every speech frame is in one window, or in two that say so; none is too long; ends are ends', () => {
    fc.assert(
      fc.property(
        anyPlan,
        fc.array(anyStretch, { maxLength: 25 }),
        fc.integer({ min: 1, max: FRAME }),
        (plan, parts, tail) => {
          const input = parts.flatMap(({ spoken, length, db }) =>
            Array.from({ length }, (_, i) =>
              frame(
                spoken ? 0.5 + 0.4 * ((i * 7) % 5) * 0.2 : 0.1,
                db + ((i * 13) % 9) - (i % 5 === 0 ? 60 : 0),
              ),
            ),
          );
          input.push(frame(0.1, -90, tail));
          const cuts = cutsOf(plan, input);
          const total = (input.length - 1) * FRAME + tail;
          const longest = Math.max(8 * FRAME, Math.round(plan.maxSeconds * RATE));
          let before = 0;
          for (const [i, cut] of cuts.entries()) {
            expect(cut.overlap?.end).toBe(cuts[i - 1]?.goesOnAt === undefined ? undefined : before);
            if (cut.overlap !== undefined) {
              expect(cut.start).toBe(cuts[i - 1]!.goesOnAt);
              expect(cut.overlap.seam).toBeGreaterThanOrEqual(cuts[i - 1]!.start + longest / 4);
              expect(cut.overlap.seam).toBeLessThanOrEqual(before);
            }
            expect(cut.start).toBeGreaterThanOrEqual(cut.overlap === undefined ? before : 0);
            expect(cut.speechStart).toBeGreaterThanOrEqual(cut.start);
            expect(cut.speechEnd).toBeGreaterThan(cut.speechStart);
            expect(cut.end).toBeGreaterThanOrEqual(cut.speechEnd);
            expect(cut.end - cut.start).toBeLessThanOrEqual(longest);
            before = cut.end;
          }
          expect(before).toBeLessThanOrEqual(total);
          let previous = -1;
          input.forEach((one, i) => {
            if (one.probability < 0.5) return;
            // a cut within speech may fall inside a frame: both halves count
            const holders = cuts.filter((cut) => cut.start < (i + 1) * FRAME && cut.end > i * FRAME);
            const held = holders.reduce((sum, cut) => {
              const own = Math.max(cut.start, cut.overlap?.end ?? 0);
              return sum + Math.max(0, Math.min(cut.end, (i + 1) * FRAME) - Math.max(own, i * FRAME));
            }, 0);
            expect(held).toBe(FRAME);
            if (previous >= 0 && (i - previous - 1) * FRAME >= plan.endSilence * RATE) {
              expect(cuts.some((cut) => cut.start <= previous * FRAME && cut.end >= (i + 1) * FRAME)).toBe(
                false,
              );
            }
            previous = i;
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  test('what may be asked for again is kept', () => {
    fc.assert(
      fc.property(anyPlan, fc.array(anyStretch, { maxLength: 15 }), (plan, parts) => {
        const segmenter = createSegmenter(plan);
        let kept = 0;
        for (const { spoken, length, db } of parts) {
          for (let i = 0; i < length; i++) {
            for (const cut of segmenter.push(frame(spoken ? 0.9 : 0.1, db)))
              expect(cut.start).toBeGreaterThanOrEqual(kept);
            expect(segmenter.keepFrom).toBeGreaterThanOrEqual(kept);
            kept = segmenter.keepFrom;
            if (segmenter.open) expect(segmenter.open.start).toBeGreaterThanOrEqual(kept);
          }
        }
        for (const cut of segmenter.finish()) expect(cut.start).toBeGreaterThanOrEqual(kept);
      }),
      { numRuns: 200 },
    );
  });
});

test('plans fit a model and a microphone', () => {
  expect(fitPlan(DEFAULT_PLAN, 10)).toMatchObject({ maxSeconds: 10, targetSeconds: 5 });
  expect(fitPlan(SENTENCE_PLAN, 30)).toEqual(SENTENCE_PLAN);
  // no wait for the padding: the pause that ends is as long as the padding of both sides
  const live = livePlan(DEFAULT_PLAN);
  expect(live.endSilence).toBeGreaterThanOrEqual(2 * live.padding);
  expect(live.endSilence).toBeLessThanOrEqual(0.6);
});
