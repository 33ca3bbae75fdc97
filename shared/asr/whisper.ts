/** The engine for models of the Whisper architecture: windows in, timed text out. */
import { createMel, type Mel } from '../audio/mel.ts';
import { SAMPLE_RATE } from '../audio/pcm.ts';
import { compressionRatio } from './compression.ts';
import type { EngineInfo, ReadOptions } from './engine.ts';
import { decodeWithFallback, expectText } from './fallback.ts';
import { DEFAULT_GUARDS, type DecodingGuards, guardsFor, triesAll } from './guards.ts';
import { detectLanguages } from './language.ts';
import { previousTokens, rowPrompt } from './prompt.ts';
import { addWords, type ReadRow, textOf, toReading } from './readings.ts';
import { createModelEngine, type ModelEngine, type ReadWindows } from './run-windows.ts';
import {
  type MakeTensor,
  output,
  type SessionPort,
  TensorLedger,
  type TensorPort,
  type TokenizerPort,
} from './sessions.ts';
import { createTerms } from './terms.ts';
import type { WhisperConfig } from './whisper-config.ts';

export interface WhisperModel {
  readonly encoder: SessionPort;
  readonly decoder: SessionPort;
  readonly tokenizer: TokenizerPort;
  readonly config: WhisperConfig;
  readonly makeTensor: MakeTensor;
}

/** The language option that asks for detection, as undefined does. */
const AUTO = 'auto';

export interface WhisperOptions {
  /** tokens a window may have at most, where that is to be fewer than the model's own limit */
  readonly maxTokens?: number;
  /** another log-mel than our own: the stock one, for comparison */
  readonly mel?: Mel;
  /** when a text is not believed and what follows; the rest is the reference's */
  readonly guards?: Partial<DecodingGuards>;
}

export type WhisperEngine = ModelEngine;

export function createWhisper(
  model: WhisperModel,
  info: EngineInfo,
  options: WhisperOptions = {},
): WhisperEngine {
  const { config, encoder, decoder, tokenizer } = model;
  const ledger = new TensorLedger(model.makeTensor);
  const mel = options.mel ?? createMel({ nMels: config.nMels, frames: config.frames });
  const maxTokens = options.maxTokens ?? config.maxTokens;
  const guards = { ...DEFAULT_GUARDS, ...options.guards };
  const noSpeech = tokenizer.idOf('<|nospeech|>') ?? tokenizer.idOf('<|nocaptions|>');
  const shape = { layers: config.decoderLayers, heads: config.decoderHeads, headSize: config.headSize };

  async function encode(windows: readonly Float32Array[]) {
    const size = config.nMels * config.frames;
    const features = new Float32Array(windows.length * size);
    windows.forEach((samples, i) => {
      mel(samples, features.subarray(i * size, (i + 1) * size));
    });
    const input = ledger.make('float32', features, [windows.length, config.nMels, config.frames]);
    const outputs = await ledger.run(encoder, { input_features: input }, ['last_hidden_state']);
    ledger.free(input);
    return output(outputs, 'last_hidden_state');
  }

  /** What each row's language was taken for; undefined where it was said, or there is but one. */
  async function listen(encoded: TensorPort, rows: number, { language }: ReadOptions) {
    const { languages, start } = config;
    if (languages === undefined || (language !== undefined && language !== AUTO)) return undefined;
    return await detectLanguages({ decoder, ledger, encoded, rows, shape, start, languages });
  }

  const read: ReadWindows = async (windows, options, checkpoint) => {
    const encoded = await encode(windows.map(({ samples }) => samples));
    await checkpoint();
    const spoken = await listen(encoded, windows.length, options);
    const languageOf = (row: number) => spoken?.[row]?.code ?? options.language ?? AUTO;
    const terms = createTerms(options.terms ?? [], tokenizer, guards.termBonus);
    const attempts = await decodeWithFallback({
      decoder,
      ledger,
      encoded,
      windows: windows.map((window, i) => ({
        ...window,
        ...rowPrompt(previousTokens(window, options, tokenizer, config), config, options, languageOf(i)),
        limit: timestampLimit(window.samples, config),
        terms,
      })),
      rules: config.rules,
      shape,
      maxTokens,
      noSpeech,
      guards: guardsFor(options, guards),
      compressionRatioOf: (tokens) => compressionRatio(textOf(tokens, model)),
      checkpoint,
    });
    if (triesAll(options)) expectText(attempts, windows);
    const rows = attempts.map((attempt, i): ReadRow => {
      return { attempt, seconds: windows[i]!.samples.length / SAMPLE_RATE, language: languageOf(i) };
    });
    const readings = rows.map((row, i) => ({
      ...toReading(row, model, windows[i]!, options.effort),
      ...(spoken === undefined ? {} : { language: spoken[i]! }),
    }));
    await checkpoint();
    const request = { model, ledger, encoded, rows, task: options.task };
    return options.times === 'word' ? await addWords(readings, request) : readings;
  };

  return createModelEngine({ info, ledger, sessions: [encoder, decoder], read, lengths: 'any' });
}

/** Times past the window's end are no times of its speech; a step more, for speech that is cut off there. */
function timestampLimit(samples: Float32Array, { rules, timestampStep }: WhisperConfig): number {
  return rules.timestampBegin + Math.ceil(samples.length / SAMPLE_RATE / timestampStep) + 1;
}
