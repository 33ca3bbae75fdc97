/** What a model's attention makes of windows, and what is known of their words. */
import { type AlignmentHead, alignmentHeadsOf } from '../../shared/asr/alignment-heads.ts';
import type { WindowReading, Word } from '../../shared/asr/engine.ts';
import { type SessionPort, TensorLedger } from '../../shared/asr/sessions.ts';
import { createWhisper, type WhisperModel } from '../../shared/asr/whisper.ts';
import { promptOf } from '../../shared/asr/whisper-config.ts';
import { timeWords, type WordTimesRequest } from '../../shared/asr/word-times.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { fixture } from './fixtures.ts';
import { modelReader, type TestModel, testInfo } from './models.ts';
import type { SentenceWindow } from './sentence-windows.ts';

/** The fixture's words within the window, in seconds from its first sample. */
export function knownWords(window: SentenceWindow): { readonly text: string; readonly start: number }[] {
  const end = window.start + window.samples.length / SAMPLE_RATE;
  return (fixture(window.fixture).words ?? [])
    .filter(({ start }) => start >= window.start && start < end)
    .map(({ text, start }) => ({ text, start: start - window.start }));
}

export async function headsOf(name: TestModel, { config }: WhisperModel): Promise<AlignmentHead[]> {
  const bytes = await modelReader(name)('generation_config.json');
  const generation: unknown = JSON.parse(new TextDecoder().decode(bytes));
  return alignmentHeadsOf(generation, { layers: config.decoderLayers, heads: config.decoderHeads });
}

/** One batch, read by the engine and still encoded: what `timeWords` needs, with a ledger of its own. */
export interface ReadBatch {
  readonly readings: readonly WindowReading[];
  readonly request: WordTimesRequest;
}

/** The windows must not be silent: the engine would not encode them. */
export async function readBatch(
  model: WhisperModel,
  name: TestModel,
  windows: readonly Float32Array[],
  maxTokens?: number,
): Promise<ReadBatch> {
  const { config, tokenizer, decoder } = model;
  const kept: { data: Float32Array; dims: readonly number[] }[] = [];
  const encoder: SessionPort = {
    ...model.encoder,
    async run(feeds, fetches) {
      const outputs = await model.encoder.run(feeds, fetches);
      const { data, dims } = outputs.last_hidden_state!;
      if (data instanceof Float32Array) kept.push({ data: data.slice(), dims });
      return outputs;
    },
  };
  const engine = createWhisper({ ...model, encoder }, testInfo(name, config, windows.length), {
    ...(maxTokens === undefined ? {} : { maxTokens }),
  });
  const readings = await engine.run({
    windows: windows.map((samples) => ({ samples })),
    options: { task: 'transcribe' },
  });
  const ledger = new TensorLedger(model.makeTensor);
  const { data, dims } = kept[0]!;
  return {
    readings,
    request: {
      decoder,
      ledger,
      encoded: ledger.make('float32', data, dims),
      rows: readings.map(({ segments }, i) => ({ segments, seconds: windows[i]!.length / SAMPLE_RATE })),
      prompt: promptOf(config, 'transcribe', 'en'),
      noTimestamps: config.rules.timestampBegin - 1,
      end: config.rules.end,
      shape: { layers: config.decoderLayers, heads: config.decoderHeads, headSize: config.headSize },
      heads: await headsOf(name, model),
      decode: (tokens) => tokenizer.decode(tokens),
      language: undefined,
    },
  };
}

export async function readWithWords(
  model: WhisperModel,
  name: TestModel,
  windows: readonly Float32Array[],
): Promise<Word[][][]> {
  const { request } = await readBatch(model, name, windows);
  const words = await timeWords(request);
  request.ledger.freeAll();
  return words;
}
