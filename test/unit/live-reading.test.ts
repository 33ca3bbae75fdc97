/** Real speech, the real detector and the real engine: text that is committed while it is spoken, and cuts in speech. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine, ReadOptions, WindowReading } from '../../shared/asr/engine.ts';
import { createLiveListener } from '../../shared/speech/live.ts';
import { livePlan, SENTENCE_PLAN } from '../../shared/speech/plans.ts';
import { createVad } from '../../shared/speech/vad.ts';
import type { SpeechWindow, WindowPlan } from '../../shared/speech/window.ts';
import { speechWindows } from '../../shared/speech/windows.ts';
import { checkInvariants, createTranscriptBuilder } from '../../shared/transcript/assemble.ts';
import { createLiveText } from '../../shared/transcript/live.ts';
import { plainText } from '../../shared/transcript/transcript.ts';
import { fixture } from '../support/fixtures.ts';
import { loadTestEngine } from '../support/models.ts';
import { loadNodeVad } from '../support/node-media.ts';
import { loadFixture } from '../support/pcm.ts';
import { sentenceWindows } from '../support/sentence-windows.ts';
import { wordErrors, words } from '../support/wer.ts';

const session = await loadNodeVad();
let engine: Engine;

beforeAll(async () => {
  engine = await loadTestEngine('sotto-demo-en');
});
afterAll(() => engine?.dispose());

async function read(
  window: SpeechWindow,
  effort: ReadOptions['effort'] = 'full',
  prefix: readonly number[] = [],
): Promise<WindowReading> {
  const windows = [{ samples: window.samples, prefix }];
  const [reading] = await engine.run({ windows, options: { task: 'transcribe', effort } });
  return reading!;
}

test('a paragraph spoken: text is committed within its sentence, and stays in the final text', async () => {
  const name = 'paragraph-25s.flac';
  const samples = await loadFixture(name);
  const listener = createLiveListener({ vad: createVad(session), plan: livePlan(SENTENCE_PLAN) });
  const text = createLiveText();
  const shown: string[] = [];
  let committed = 0;
  for (let at = 0; at <= samples.length; at += 8_000) {
    const events = await listener.push(samples.subarray(at, at + 8_000));
    if (at + 8_000 > samples.length) events.push(...(await listener.finish()));
    for (const event of events) {
      if (event.type === 'partial') {
        const { window } = event;
        text.partial(window, await read(window, 'draft', text.prefixOf(window.index)));
      }
      if (event.type === 'final') {
        const { window } = event;
        text.final(window, await read(window, 'full', text.close(window.index)));
      }
      committed = Math.max(committed, words(text.committed).length);
      shown.push(`${plainText(text.segments)} ${text.committed}`.trim());
    }
  }
  text.finish();
  const final = plainText(text.segments);
  for (const [i, settled] of shown.entries()) {
    expect(settled.startsWith(shown[i - 1] ?? '')).toBe(true);
    expect(final.startsWith(settled)).toBe(true);
  }
  expect(committed).toBeGreaterThanOrEqual(4);
  const { errors, total } = wordErrors(fixture(name).text ?? '', final);
  expect(errors / total).toBeLessThan(0.2);
}, 120_000);

describe('windows that are too short for their sentences', () => {
  /** No pause cuts here: only a window that is full. */
  const plan = (maxSeconds: number, overlap: number): WindowPlan => ({
    ...SENTENCE_PLAN,
    maxSeconds,
    overlap,
    endSilence: 9,
    splitSilence: 9,
  });

  /** words that follow themselves */
  const doubles = (text: string): number => words(text).filter((word, i, all) => word === all[i - 1]).length;

  /** `doubled`: words that follow themselves, but do so in no reading of a window */
  async function transcriptOf(samples: Float32Array, cut: WindowPlan) {
    const transcript = createTranscriptBuilder();
    let cuts = -1;
    let stammered = 0;
    const chunks = async function* () {
      yield samples;
    };
    for await (const window of speechWindows(chunks(), createVad(session), cut)) {
      const reading = await read(window);
      stammered += doubles(plainText(reading.segments));
      transcript.append(window, reading);
      cuts++;
    }
    transcript.finish();
    expect(checkInvariants(transcript.segments)).toEqual([]);
    const text = plainText(transcript.segments);
    return { text, cuts, doubled: Math.max(0, doubles(text) - stammered) };
  }

  test('stitched, they are read with fewer errors than cut hard, and nothing is said twice', async () => {
    const all = await sentenceWindows();
    const long = all.filter(
      ({ fixture, samples }) => fixture === 'long-3min.flac' && samples.length > 44_800,
    );
    const sum = { hard: 0, stitched: 0, cuts: 0, doubled: 0 };
    for (const { text, samples } of long) {
      for (const maxSeconds of [2.5, 3]) {
        const hard = await transcriptOf(samples, plan(maxSeconds, 0));
        const stitched = await transcriptOf(samples, plan(maxSeconds, 0.75));
        sum.hard += wordErrors(text, hard.text).errors;
        sum.stitched += wordErrors(text, stitched.text).errors;
        sum.cuts += stitched.cuts;
        sum.doubled += stitched.doubled;
      }
    }
    expect(sum.cuts).toBeGreaterThan(15);
    expect(sum.stitched).toBeLessThan(sum.hard);
    expect(sum.doubled).toBe(0);
  }, 180_000);
});
