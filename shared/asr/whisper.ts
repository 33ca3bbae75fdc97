/** The engine for models of the Whisper architecture: windows in, timed text out. */
import { createMel, type Mel } from '../audio/mel.ts';
import { SAMPLE_RATE } from '../audio/pcm.ts';
import { SottoError } from '../errors.ts';
import { compressionRatio } from './compression.ts';
import type { Engine, EngineBatch, EngineInfo, EngineWindow, ReadOptions, WindowReading } from './engine.ts';
import { type Attempt, decodeWithFallback } from './fallback.ts';
import { DEFAULT_GUARDS, type DecodingGuards, NO_FALLBACK } from './guards.ts';
import { detectLanguages } from './language.ts';
import { sliceSegments } from './segments.ts';
import {
  type MakeTensor,
  output,
  type SessionPort,
  TensorLedger,
  type TensorPort,
  type TokenizerPort,
  toEngineError,
} from './sessions.ts';
import { promptOf, type WhisperConfig } from './whisper-config.ts';
import { splitCharacters } from './word-split.ts';

export interface WhisperModel {
  readonly encoder: SessionPort;
  readonly decoder: SessionPort;
  readonly tokenizer: TokenizerPort;
  readonly config: WhisperConfig;
  readonly makeTensor: MakeTensor;
}

/** The language option that asks for detection, as undefined does. */
const AUTO = 'auto';
/** While a run has a signal, messages (the abort among them) get a turn at least this often. */
const TURN_MS = 100;

export interface WhisperOptions {
  /** tokens a window may have at most, where that is to be fewer than the model's own limit */
  readonly maxTokens?: number;
  /** another log-mel than our own: the stock one, for comparison */
  readonly mel?: Mel;
  /** when a text is not believed and what follows; the rest is the reference's */
  readonly guards?: Partial<DecodingGuards>;
}

export interface WhisperEngine extends Engine {
  /** tensors held at this moment: none between runs */
  readonly liveTensors: number;
}

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
  let state: 'idle' | 'running' | 'disposed' = 'idle';
  let current: Promise<unknown> = Promise.resolve();

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

  async function read(
    windows: readonly EngineWindow[],
    options: ReadOptions,
    checkpoint: () => Promise<void>,
  ): Promise<WindowReading[]> {
    await checkpoint();
    const encoded = await encode(windows.map(({ samples }) => samples));
    await checkpoint();
    const spoken = await listen(encoded, windows.length, options);
    const attempts = await decodeWithFallback({
      decoder,
      ledger,
      encoded,
      windows: windows.map(({ samples, prefix = [] }, i) => ({
        samples,
        prefix,
        prompt: promptOf(config, options.task, spoken?.[i]?.code ?? options.language ?? AUTO),
        limit: timestampLimit(samples, config),
      })),
      rules: config.rules,
      shape,
      maxTokens,
      noSpeech,
      guards: options.effort === 'draft' ? { ...guards, ...NO_FALLBACK } : guards,
      compressionRatioOf: (tokens) => compressionRatio(textOf(tokens, model)),
      checkpoint,
    });
    ledger.freeAll();
    return attempts.map((attempt, i) => {
      const reading = toReading(attempt, windows[i]!, model, options.effort === 'draft');
      const language = spoken?.[i];
      return language === undefined ? reading : { ...reading, language };
    });
  }

  async function readBatch({ windows, options }: EngineBatch, checkpoint: () => Promise<void>) {
    const readings: WindowReading[] = windows.map(() => ({ segments: [], tokens: [], noSpeechProb: 1 }));
    const sounding = windows.flatMap((window, at) => (isSilent(window.samples) ? [] : [{ window, at }]));
    for (let first = 0; first < sounding.length; first += info.lanes) {
      const group = sounding.slice(first, first + info.lanes);
      const said = await read(
        group.map(({ window }) => window),
        options,
        checkpoint,
      );
      group.forEach(({ at }, i) => {
        readings[at] = said[i]!;
      });
    }
    return readings;
  }

  return {
    info,
    get liveTensors() {
      return ledger.live;
    },
    async run(batch, signal) {
      if (state === 'disposed') throw new SottoError('closed', 'the engine was disposed');
      if (state === 'running') throw new SottoError('internal', 'run was called while another runs');
      checkLengths(batch.windows, info.windowSeconds);
      state = 'running';
      const reading = readBatch(batch, checkpointOf(signal));
      current = reading.catch(() => undefined);
      try {
        return await reading;
      } catch (thrown) {
        throw toEngineError(thrown, 'engine_exited');
      } finally {
        ledger.freeAll();
        if (state === 'running') state = 'idle';
      }
    },
    async dispose() {
      if (state === 'disposed') return;
      state = 'disposed';
      await current;
      await Promise.all([encoder.release(), decoder.release()]);
    },
  };
}

/** Times past the window's end are no times of its speech; a step more, for speech that is cut off there. */
function timestampLimit(samples: Float32Array, { rules, timestampStep }: WhisperConfig): number {
  return rules.timestampBegin + Math.ceil(samples.length / SAMPLE_RATE / timestampStep) + 1;
}

function toReading(
  attempt: Attempt,
  window: EngineWindow,
  model: WhisperModel,
  draft: boolean,
): WindowReading {
  const seconds = window.samples.length / SAMPLE_RATE;
  const { tokens, avgLogprob, noSpeechProb, compressionRatio, temperature } = attempt;
  if (attempt.verdict === 'silence' && !window.prefix?.length) return { segments: [], tokens, noSpeechProb };
  const { timestampStep: step, rules } = model.config;
  const figures = { avgLogprob, noSpeechProb, compressionRatio, temperature };
  const segments = sliceSegments(tokens, { timestampBegin: rules.timestampBegin, step, seconds })
    .map((segment) => ({ ...segment, text: textOf(segment.tokens, model), ...figures }))
    .map((segment) => (draft ? { ...segment, pieces: piecesOf(segment.tokens, model) } : segment))
    .filter(({ text }) => text !== '');
  return { segments, tokens, noSpeechProb };
}

function textOf(tokens: readonly number[], { tokenizer, config }: WhisperModel): string {
  const text = tokens.filter((token) => token < config.rules.end);
  return text.length === 0 ? '' : tokenizer.decode(text).trim();
}

function piecesOf(tokens: readonly number[], { tokenizer, config }: WhisperModel) {
  const text = tokens.filter((token) => token < config.rules.end);
  return splitCharacters(text, (part) => tokenizer.decode(part));
}

function checkLengths(windows: EngineBatch['windows'], windowSeconds: number): void {
  const most = Math.round(windowSeconds * SAMPLE_RATE);
  for (const { samples } of windows) {
    if (samples.length > most) {
      throw new SottoError('internal', `a window of ${samples.length} samples where ${most} fit`);
    }
  }
}

/** Only zeros: nothing to read, and a model asked all the same might invent something. */
function isSilent(samples: Float32Array): boolean {
  return samples.every((sample) => sample === 0);
}

/** Throws `cancelled` once the signal is aborted, and lets the thread take messages now and then. */
function checkpointOf(signal: AbortSignal | undefined): () => Promise<void> {
  let turn = performance.now();
  return async () => {
    if (signal === undefined) return;
    if (performance.now() - turn > TURN_MS) {
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
      turn = performance.now();
    }
    if (signal.aborted) throw new SottoError('cancelled');
  };
}
