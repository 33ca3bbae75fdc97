/**
 * The engine for models of the Moonshine architecture (Jeffries et al., "Moonshine: Speech Recognition for Live
 * Transcription and Voice Commands", 2024): the waveform as it is in, as much work as there is sound, text without times.
 */
import { SAMPLE_RATE } from '../audio/pcm.ts';
import { compressionRatio } from './compression.ts';
import type { EngineInfo, WindowReading } from './engine.ts';
import { type Attempt, decodeWithFallback, expectText } from './fallback.ts';
import { DEFAULT_GUARDS, type DecodingGuards, guardsFor, triesAll } from './guards.ts';
import { type MoonshineConfig, moonshineTokens } from './moonshine-config.ts';
import { sampleTensor, wholeMask } from './raw-samples.ts';
import { createModelEngine, type ModelEngine, type ReadWindows } from './run-windows.ts';
import {
  type MakeTensor,
  output,
  type SessionPort,
  TensorLedger,
  type TensorMap,
  type TokenizerPort,
} from './sessions.ts';

export interface MoonshineModel {
  readonly encoder: SessionPort;
  readonly decoder: SessionPort;
  readonly tokenizer: TokenizerPort;
  readonly config: MoonshineConfig;
  readonly makeTensor: MakeTensor;
}

export interface MoonshineOptions {
  /** tokens a window may have at most, where that is to be fewer than its length allows */
  readonly maxTokens?: number;
  /** when a text is not believed and what follows; the rest is the reference's */
  readonly guards?: Partial<DecodingGuards>;
}

/**
 * Language and task are those of the model; prompt, terms and word times it does not know. Windows share a batch where
 * they are equally long: the exports know no mask, and the encoder normalises over the whole window.
 */
export function createMoonshine(
  model: MoonshineModel,
  info: EngineInfo,
  settings: MoonshineOptions = {},
): ModelEngine {
  const { config, encoder, decoder } = model;
  const ledger = new TensorLedger(model.makeTensor);
  const guards = { ...DEFAULT_GUARDS, ...settings.guards };
  const most = settings.maxTokens ?? Number.POSITIVE_INFINITY;

  async function encode(windows: readonly Float32Array[]) {
    const input = sampleTensor(ledger, windows);
    const feeds: TensorMap = encoder.inputNames.includes('attention_mask')
      ? { input_values: input, attention_mask: wholeMask(ledger, input.dims) }
      : { input_values: input };
    const outputs = await ledger.run(encoder, feeds, ['last_hidden_state']);
    ledger.free(...Object.values(feeds));
    return output(outputs, 'last_hidden_state');
  }

  const read: ReadWindows = async (windows, options, checkpoint) => {
    const encoded = await encode(windows.map(({ samples }) => samples));
    await checkpoint();
    const seconds = windows[0]!.samples.length / SAMPLE_RATE;
    const attempts = await decodeWithFallback({
      decoder,
      ledger,
      encoded,
      windows: windows.map((window) => ({
        ...window,
        prompt: [config.start],
        limit: config.rules.timestampBegin,
      })),
      rules: config.rules,
      shape: config.shape,
      maxTokens: Math.min(most, moonshineTokens(seconds, config.positions)),
      noSpeech: undefined,
      guards: guardsFor(options, guards),
      compressionRatioOf: (tokens) => compressionRatio(textOf(tokens, model)),
      checkpoint,
    });
    if (triesAll(options)) expectText(attempts, windows);
    return attempts.map((attempt) => toReading(attempt, seconds, model));
  };

  return createModelEngine({ info, ledger, sessions: [encoder, decoder], read, lengths: 'equal' });
}

/** One segment as long as the window: the model gives no times. */
function toReading(attempt: Attempt, seconds: number, model: MoonshineModel): WindowReading {
  const { tokens, avgLogprob, noSpeechProb, compressionRatio, temperature } = attempt;
  const text = attempt.verdict === 'silence' ? '' : textOf(tokens, model);
  if (text === '') return { segments: [], tokens, noSpeechProb };
  const spoken = tokens.filter((token) => !model.config.specials.includes(token));
  const figures = { avgLogprob, noSpeechProb, compressionRatio, temperature };
  return {
    segments: [{ start: 0, end: seconds, text, tokens: spoken, ...figures }],
    tokens,
    noSpeechProb,
  };
}

function textOf(tokens: readonly number[], { tokenizer }: MoonshineModel): string {
  return tokens.length === 0 ? '' : tokenizer.decode(tokens).trim();
}
