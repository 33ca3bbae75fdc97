/**
 * The engine for CTC models: wav2vec2 and its kin (Baevski et al., "wav2vec 2.0", 2020), Parakeet (NVIDIA's NeMo). One
 * run of one graph; for each frame of 20 or 80 ms a letter, a piece of a word or nothing. Words get their times from the
 * frames they were heard in.
 */
import { SAMPLE_RATE } from '../audio/pcm.ts';
import { SottoError } from '../errors.ts';
import { compressionRatio } from './compression.ts';
import type { CtcConfig } from './ctc-config.ts';
import { bestPath, type CtcToken, wordsOf } from './ctc-decoding.ts';
import { createCtcFeeds } from './ctc-input.ts';
import type { EngineInfo, WindowReading } from './engine.ts';
import { DEFAULT_GUARDS } from './guards.ts';
import { createModelEngine, type ModelEngine, type ReadWindows } from './run-windows.ts';
import { floats, type MakeTensor, output, type SessionPort, TensorLedger } from './sessions.ts';

export interface CtcModel {
  readonly session: SessionPort;
  readonly config: CtcConfig;
  readonly makeTensor: MakeTensor;
}

/**
 * Language and task are those of the model; prompt, terms and temperature it does not know, and what it reads again
 * it reads the same: there is no fallback. Windows share a batch where they are equally long, as for Moonshine.
 */
export function createCtc(model: CtcModel, info: EngineInfo): ModelEngine {
  const { session, config } = model;
  const ledger = new TensorLedger(model.makeTensor);
  const feedsFor = createCtcFeeds(config.input, session, ledger);

  async function logitsOf(windows: readonly Float32Array[]): Promise<Float32Array[]> {
    const feeds = feedsFor(windows);
    const logits = output(await ledger.run(session, feeds, ['logits']), 'logits');
    const width = config.pieces.length;
    if (logits.dims.at(-1) !== width) {
      throw new SottoError(
        'engine_exited',
        `logits of ${logits.dims.at(-1)} tokens where there are ${width}`,
      );
    }
    const values = floats(logits).slice();
    ledger.free(...Object.values(feeds), logits);
    const row = values.length / windows.length;
    return windows.map((_, i) => values.subarray(i * row, (i + 1) * row));
  }

  const read: ReadWindows = async (windows, { times }) => {
    const logits = await logitsOf(windows.map(({ samples }) => samples));
    return logits.map((values, i) => {
      const path = bestPath(values, config);
      if (path === undefined) {
        throw new SottoError('engine_exited', 'the model gave logits that are not finite');
      }
      const { samples, speechSeconds = 0 } = windows[i]!;
      const reading = toReading(path, samples.length / SAMPLE_RATE, config, times === 'word');
      if (reading.segments.length === 0 && speechSeconds >= DEFAULT_GUARDS.clearSpeech) {
        throw new SottoError('engine_exited', `no text for ${speechSeconds.toFixed(1)} s of clear speech`);
      }
      return reading;
    });
  };

  return createModelEngine({ info, ledger, sessions: [session], read, lengths: 'equal' });
}

/** One segment, from the first word to the last. */
function toReading(
  path: readonly CtcToken[],
  seconds: number,
  { pieces, samplesPerFrame }: CtcConfig,
  withWords: boolean,
): WindowReading {
  const tokens = path.map(({ token }) => token);
  const words = wordsOf(path, pieces, { frameSeconds: samplesPerFrame / SAMPLE_RATE, seconds });
  const [first] = words;
  const last = words.at(-1);
  if (first === undefined || last === undefined) return { segments: [], tokens, noSpeechProb: 0 };
  const text = words.map((word) => word.text).join('');
  const logprob = path.reduce((sum, { probability }) => sum + Math.log(probability), 0) / path.length;
  const segment = {
    start: first.start,
    end: last.end,
    text,
    tokens,
    avgLogprob: logprob,
    noSpeechProb: 0,
    compressionRatio: compressionRatio(text),
    temperature: 0,
    ...(withWords ? { words } : {}),
  };
  return { segments: [segment], tokens, noSpeechProb: 0 };
}
