/** The engine for models of the Whisper architecture: windows in, timed text out. */
import { createMel, type Mel } from '../audio/mel.ts';
import { SAMPLE_RATE } from '../audio/pcm.ts';
import { SottoError } from '../errors.ts';
import { compressionRatio } from './compression.ts';
import type { Engine, EngineBatch, EngineInfo, EngineWindow, ReadOptions, WindowReading } from './engine.ts';
import { type Attempt, decodeWithFallback } from './fallback.ts';
import { DEFAULT_GUARDS, type DecodingGuards, guardsFor, triesAll } from './guards.ts';
import { detectLanguages } from './language.ts';
import { previousTokens, rowPrompt } from './prompt.ts';
import { addWords, type ReadRow, textOf, toReading } from './readings.ts';
import {
  type MakeTensor,
  output,
  type SessionPort,
  TensorLedger,
  type TensorPort,
  type TokenizerPort,
  toEngineError,
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
      ...toReading(row, model),
      ...(spoken === undefined ? {} : { language: spoken[i]! }),
    }));
    await checkpoint();
    const request = { model, ledger, encoded, rows, task: options.task };
    const done = options.times === 'word' ? await addWords(readings, request) : readings;
    ledger.freeAll();
    return done;
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

/** An engine that stays silent over clear speech is broken: its supervisor replaces it and asks once more. */
function expectText(attempts: readonly Attempt[], windows: readonly EngineWindow[]): void {
  const at = attempts.findIndex(({ verdict }) => verdict === 'missing');
  if (at < 0) return;
  const seconds = windows[at]!.speechSeconds?.toFixed(1);
  throw new SottoError('engine_exited', `no text for ${seconds} s of clear speech`);
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
