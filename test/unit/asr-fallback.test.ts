/** The ladder of temperatures over a scripted decoder: what is decoded again, how often, and what it costs. */
import { describe, expect, test } from 'vitest';
import { type Attempt, decodeWithFallback, type FallbackRequest } from '../../shared/asr/fallback.ts';
import { DEFAULT_GUARDS, NO_FALLBACK } from '../../shared/asr/guards.ts';
import { TensorLedger } from '../../shared/asr/sessions.ts';
import { SottoError } from '../../shared/errors.ts';
import {
  SCRIPTED_SHAPE,
  type Script,
  type ScriptedStep,
  scriptedDecoder,
} from '../support/scripted-decoder.ts';

/** text 0..7, end 8, start 9, no speech 10, timestamps 11..31 */
const VOCABULARY = 32;
const END = 8;
const START = 9;
const NO_SPEECH = 10;
const ZERO = 11;
const RULES = { end: END, timestampBegin: ZERO, maxInitialTimestamp: 0, suppress: [], suppressFirst: [] };
const MAX_TOKENS = 100;

const TEXT = [0, 1, 2, 3, 4, 5, 6, 7];
const anyText = Object.fromEntries(TEXT.map((id) => [id, 0]));
const steps =
  (...logits: Readonly<Record<number, number>>[]) =>
  (position: number) =>
    logits[position] ?? { [END]: 0 };

/** <|0.00|> 5 6 7, sure of each */
const said = steps({ [ZERO]: 0 }, { 5: 0 }, { 6: 0 }, { 7: 0 });
/** <|0.00|> and three times any text: 3 * log(1/8) / 5 = -1.25 */
const unsure = steps({ [ZERO]: 0 }, anyText, anyText, anyText);
const around = (position: number) => (position === 0 ? { [ZERO]: 0 } : { 3: 0 });

const good: Script = (_, position) => said(position);
const hopeless: Script = (_, position) => unsure(position);
const betterThirdTime: Script = (attempt, position) => (attempt < 2 ? unsure : said)(position);
const loopsOnce: Script = (attempt, position) => (attempt === 0 ? around : said)(position);
const noise: Script = (_, position) => ({
  ...unsure(position),
  ...(position === 0 ? { [NO_SPEECH]: 5 } : {}),
});

const sound = (seed: number) => Float32Array.from({ length: 100 }, (_, i) => Math.sin(i * seed));

interface Ran {
  readonly attempts: Attempt[];
  readonly steps: ScriptedStep[];
  /** tensors held at the end, the encoder's output among them */
  readonly live: number;
}

async function run(
  scripts: readonly Script[],
  more: Partial<FallbackRequest> & { location?: 'cpu' | 'gpu-buffer'; seeds?: readonly number[] } = {},
): Promise<Ran> {
  const { location = 'cpu', seeds = scripts.map((_, i) => i + 1), ...request } = more;
  const { decoder, makeTensor, encode, steps } = scriptedDecoder(scripts, VOCABULARY, location);
  const ledger = new TensorLedger(makeTensor);
  const { data, dims } = encode(scripts.map((_, i) => i));
  const attempts = await decodeWithFallback({
    decoder,
    ledger,
    encoded: ledger.make('float32', data, dims),
    windows: seeds.map((seed) => ({ samples: sound(seed), prompt: [START], limit: VOCABULARY })),
    rules: RULES,
    shape: SCRIPTED_SHAPE,
    maxTokens: MAX_TOKENS,
    noSpeech: NO_SPEECH,
    guards: DEFAULT_GUARDS,
    compressionRatioOf: () => 1,
    checkpoint: async () => {},
    ...request,
  });
  return { attempts, steps, live: ledger.live };
}

const firstSteps = (steps: readonly ScriptedStep[]) =>
  steps.filter(({ inputs }) => inputs.includes(START)).map(({ rows }) => rows);

test('what is believed is decoded once', async () => {
  const { attempts, steps, live } = await run([good, good]);
  expect(attempts).toMatchObject([
    { tokens: [ZERO, 5, 6, 7], temperature: 0, verdict: 'believed', looped: false },
    { tokens: [ZERO, 5, 6, 7], temperature: 0, verdict: 'believed', looped: false },
  ]);
  expect(steps).toHaveLength(5);
  expect(live).toBe(1);
});

test('only the rows that failed are decoded again, until they are believed', async () => {
  const { attempts, steps, live } = await run([good, betterThirdTime, good, hopeless]);
  expect(attempts.map(({ temperature }) => temperature)).toEqual([0, 0.4, 0, 1]);
  expect(attempts.map(({ verdict }) => verdict)).toEqual(['believed', 'believed', 'believed', 'doubted']);
  expect(attempts[1]?.tokens).toEqual([ZERO, 5, 6, 7]);
  expect(attempts[3]?.avgLogprob).toBeCloseTo((3 * Math.log(1 / 8)) / 5, 6);
  expect(firstSteps(steps)).toEqual([[0, 1, 2, 3], [1, 3], [1, 3], [3], [3], [3]]);
  expect(live).toBe(1);
});

test('on a GPU, whose rows are not copied, the others are passed over in place', async () => {
  const onCpu = await run([good, betterThirdTime, hopeless]);
  const onGpu = await run([good, betterThirdTime, hopeless], { location: 'gpu-buffer' });
  expect(onGpu.attempts).toEqual(onCpu.attempts);
  expect(onGpu.steps.every(({ rows }) => rows.length === 3)).toBe(true);
  const second = onGpu.steps.filter(({ inputs }) => inputs.includes(START))[1];
  expect(second?.inputs).toEqual([END, START, START]);
  expect(onGpu.live).toBe(1);
});

test('silence is not tried again', async () => {
  const { attempts, steps } = await run([noise]);
  expect(attempts).toMatchObject([{ verdict: 'silence', temperature: 0 }]);
  expect(attempts[0]?.noSpeechProb).toBeGreaterThan(0.9);
  expect(firstSteps(steps)).toHaveLength(1);
});

test('no text over clear speech is tried at every temperature, and missing at the end', async () => {
  const silent: Script = (_, position) => steps({ [ZERO]: 0 })(position);
  const late: Script = (attempt, position) => (attempt < 2 ? steps({ [ZERO]: 0 }) : said)(position);
  const windows = [12, 12, 3].map((speechSeconds, i) => {
    return { samples: sound(i + 1), prompt: [START], limit: VOCABULARY, speechSeconds };
  });
  const { attempts, live } = await run([silent, late, silent], { windows });
  expect(attempts.map(({ verdict, temperature }) => [verdict, temperature])).toEqual([
    ['missing', 1],
    ['believed', 0.4],
    ['believed', 0],
  ]);
  expect(live).toBe(1);
});

test('a text that repeats itself is tried again', async () => {
  let asked = 0;
  const { attempts } = await run([good], { compressionRatioOf: () => (asked++ === 0 ? 2.5 : 2.3) });
  expect(attempts).toMatchObject([{ temperature: 0.2, verdict: 'believed', compressionRatio: 2.3 }]);
});

describe('a row that runs in circles', () => {
  test('ends after 24 tokens and is tried again', async () => {
    const { attempts, steps, live } = await run([loopsOnce]);
    expect(attempts).toMatchObject([{ tokens: [ZERO, 5, 6, 7], temperature: 0.2, looped: false }]);
    expect(steps).toHaveLength(1 + 24 + 5);
    expect(live).toBe(1);
  });

  test('does not hold up the others, and runs on when no rule is given', async () => {
    const guards = { ...DEFAULT_GUARDS, ...NO_FALLBACK };
    const both = await run([loopsOnce, good], { guards });
    expect(both.attempts).toMatchObject([{ looped: true, verdict: 'doubted' }, { verdict: 'believed' }]);
    expect(both.attempts[0]?.tokens).toHaveLength(25);
    const free = await run([loopsOnce], { guards: { ...guards, loop: undefined } });
    expect(free.attempts[0]?.tokens).toHaveLength(MAX_TOKENS);
  });
});

describe('what is drawn', () => {
  const text = ({ attempts }: Ran, row = 0) => attempts[row]!.tokens.join(' ');
  const seeded = (seed: number) => ({ guards: { ...DEFAULT_GUARDS, seed } });

  test('is the same in every run with the same seed', async () => {
    expect(text(await run([hopeless], seeded(1)))).toBe(text(await run([hopeless], seeded(1))));
  });

  test('differs with the seed and with the sound', async () => {
    const bySeed = await Promise.all(
      [1, 2, 3, 4].map(async (seed) => text(await run([hopeless], seeded(seed)))),
    );
    expect(new Set(bySeed).size).toBeGreaterThan(2);
    const bySound = await Promise.all(
      [1, 2, 3, 4].map(async (seed) => text(await run([hopeless], { seeds: [seed] }))),
    );
    expect(new Set(bySound).size).toBeGreaterThan(2);
  });

  test('does not depend on the company', async () => {
    const alone = await run([hopeless], { seeds: [7] });
    const together = await run([good, betterThirdTime, hopeless], { seeds: [5, 6, 7] });
    expect(text(together, 2)).toBe(text(alone));
  });
});

test('a checkpoint ends it in the middle of the ladder', async () => {
  let steps = 0;
  const checkpoint = async () => {
    if (++steps === 8) throw new SottoError('cancelled');
  };
  await expect(run([hopeless], { checkpoint })).rejects.toMatchObject({ code: 'cancelled' });
  expect(steps).toBe(8);
});
