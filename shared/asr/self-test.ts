/**
 * A known clip read once at load. A device that computes garbage does so without an error: wrong shaders, half
 * precision that overflows, quantised kernels a GPU gets wrong. It is found here and not in someone's transcript.
 */
import { SottoError } from '../errors.ts';
import type { Engine, WindowReading } from './engine.ts';
import { NO_FALLBACK } from './guards.ts';
import { selfTestClip } from './self-test-clip.ts';

export interface SelfTest {
  /** mono 16 kHz */
  readonly samples: Float32Array;
  /** the very text, for a model known to give it in every dtype; otherwise the reading must only be plausible */
  readonly expected?: string;
}

/** Enough for the clip, and few for a device that never ends. */
export const SELF_TEST_TOKENS = 16;

/** An engine for it: what a device gets wrong is not to be tried again until it looks right. */
export const SELF_TEST_OPTIONS = { maxTokens: SELF_TEST_TOKENS, guards: NO_FALLBACK } as const;

/** As which its clip is read, there and in trials. */
export const SELF_TEST_RUN = { task: 'transcribe', language: 'en' } as const;

/** Models whose text of the clip is known, and the same in fp32, fp16, q8 and q4. */
const EXPECTED: Readonly<Record<string, string>> = {
  'sotto-demo-en': 'Where did',
  'sotto-demo-en-30s': 'Where did',
};

/** Random logits give about minus the log of the vocabulary (-7 to -11); speech a model half understands, -1. */
const LOGPROB_FLOOR = -3;
/** The reference's sign of a text that repeats itself. */
const REPEATS = 2.4;
const FEW_TOKENS = 4;

export function selfTestOf(model: string): SelfTest {
  const expected = EXPECTED[model];
  return { samples: selfTestClip(), ...(expected === undefined ? {} : { expected }) };
}

/** Throws `self_test_failed` with what was wrong; device errors (`device_lost`, `out_of_memory`) as they are. */
export async function runSelfTest(engine: Engine, test: SelfTest): Promise<void> {
  const wrong = await findFault(engine, test);
  if (wrong !== undefined) throw new SottoError('self_test_failed', wrong);
}

async function findFault(engine: Engine, test: SelfTest): Promise<string | undefined> {
  try {
    const [reading] = await engine.run({
      windows: [{ samples: test.samples }],
      options: SELF_TEST_RUN,
    });
    return reading === undefined ? 'no reading' : faultOf(reading, test.expected);
  } catch (thrown) {
    if (thrown instanceof SottoError && thrown.code === 'engine_exited')
      return thrown.detail ?? thrown.message;
    throw thrown;
  }
}

/** What is wrong with a reading of the clip; undefined when nothing is. */
export function faultOf(reading: WindowReading, expected: string | undefined): string | undefined {
  const { segments, tokens } = reading;
  const text = segments.map((segment) => segment.text).join(' ');
  if (expected !== undefined) {
    return text === expected ? undefined : `read "${text}" instead of "${expected}"`;
  }
  const [first] = segments;
  if (first === undefined) return undefined;
  if (!(first.avgLogprob > LOGPROB_FLOOR)) return `mean log-probability ${first.avgLogprob.toFixed(2)}`;
  if (!(first.compressionRatio < REPEATS)) return `compression ratio ${first.compressionRatio.toFixed(2)}`;
  const spoken = segments.flatMap((segment) => segment.tokens);
  if (spoken.length >= FEW_TOKENS && new Set(spoken).size === 1) return `${tokens.length} times one token`;
  return undefined;
}
