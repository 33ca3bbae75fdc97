/**
 * Windows whose text is not believed are decoded again at the next temperature: `decode_with_fallback` of OpenAI's
 * whisper/transcribe.py, for a batch whose encoder output stays as it is.
 */
import { SottoError } from '../errors.ts';
import { type Decoded, type DecodeRequest, decodeRows, type RowRequest } from './decoding.ts';
import { type DecodingGuards, judge, type Outcome, type Verdict } from './guards.ts';
import { mulberry32, windowSeed } from './sampling.ts';

export interface WindowRequest extends Omit<RowRequest, 'sampling'> {
  readonly samples: Float32Array;
  /** of clear speech in it, where known */
  readonly speechSeconds?: number | undefined;
}

/** The text a window is left with: the first that is believed, or that of the last temperature. */
export interface Attempt extends Decoded, Outcome {
  readonly temperature: number;
  readonly verdict: Verdict;
}

export interface FallbackRequest extends Omit<DecodeRequest, 'rows' | 'loop'> {
  /** one for each row of `encoded` */
  readonly windows: readonly WindowRequest[];
  readonly guards: DecodingGuards;
  /** of the text of these tokens */
  readonly compressionRatioOf: (tokens: readonly number[]) => number;
}

/** One for each window, in order. Throws what decodeRows throws. */
export async function decodeWithFallback(request: FallbackRequest): Promise<Attempt[]> {
  const { windows, guards } = request;
  const attempts: (Attempt | undefined)[] = windows.map(() => undefined);
  for (const [index, temperature] of guards.temperatures.entries()) {
    const rows = windows.map((window, i) =>
      isOpen(attempts[i]) ? rowOf(window, index, temperature, guards.seed) : undefined,
    );
    if (rows.every((row) => row === undefined)) break;
    const decoded = await decodeRows({ ...request, rows, loop: guards.loop });
    decoded.forEach((result, i) => {
      if (result !== undefined) attempts[i] = assess(result, temperature, windows[i]!, request);
    });
  }
  return attempts.filter((attempt) => attempt !== undefined);
}

/** An engine that stays silent over clear speech is broken: its supervisor replaces it and asks once more. */
export function expectText(
  attempts: readonly Pick<Attempt, 'verdict'>[],
  windows: readonly Pick<WindowRequest, 'speechSeconds'>[],
): void {
  const at = attempts.findIndex(({ verdict }) => verdict === 'missing');
  if (at < 0) return;
  const seconds = windows[at]!.speechSeconds?.toFixed(1);
  throw new SottoError('engine_exited', `no text for ${seconds} s of clear speech`);
}

const isOpen = (attempt: Attempt | undefined): boolean =>
  attempt === undefined || attempt.verdict === 'doubted' || attempt.verdict === 'missing';

function rowOf(
  { samples, speechSeconds, ...row }: WindowRequest,
  attempt: number,
  temperature: number,
  seed: number,
): RowRequest {
  if (temperature === 0) return row;
  return { ...row, sampling: { temperature, random: mulberry32(windowSeed(samples, attempt, seed)) } };
}

function assess(
  decoded: Decoded,
  temperature: number,
  { speechSeconds }: WindowRequest,
  { rules, guards, compressionRatioOf }: FallbackRequest,
): Attempt {
  const outcome = {
    ...decoded,
    compressionRatio: compressionRatioOf(decoded.tokens),
    empty: decoded.tokens.every((token) => token >= rules.timestampBegin),
  };
  return { ...outcome, temperature, verdict: judge(outcome, guards, speechSeconds) };
}
