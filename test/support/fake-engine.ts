/** An engine that keeps the port's contract without a model: quick, and its text says which window it read. */
import { setImmediate } from 'node:timers/promises';
import type { Engine, EngineBatch, EngineInfo, WindowReading } from '../../shared/asr/engine.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { SottoError } from '../../shared/errors.ts';

export interface FakeEngineScript {
  readonly info?: Partial<EngineInfo>;
  /** called before each run; what it throws is what the run throws; may wait */
  readonly before?: (batch: EngineBatch) => void | Promise<void>;
  /** text of a window; '' for none. The number of its first sample that is not zero unless given */
  readonly textOf?: (samples: Float32Array) => string;
}

export interface FakeEngine extends Engine {
  /** batches run so far, refused ones not counted */
  readonly runs: number;
  readonly disposed: boolean;
}

const INFO: EngineInfo = { model: 'fake', device: 'wasm', dtype: 'q8', windowSeconds: 10, lanes: 4 };
const TIMESTAMPS = 1000;

export function createFakeEngine(script: FakeEngineScript = {}): FakeEngine {
  const info = { ...INFO, ...script.info };
  const textOf = script.textOf ?? firstLoudNumber;
  let runs = 0;
  let state: 'idle' | 'running' | 'disposed' = 'idle';

  return {
    info,
    get runs() {
      return runs;
    },
    get disposed() {
      return state === 'disposed';
    },
    async run(batch, signal) {
      if (state === 'disposed') throw new SottoError('closed', 'the engine was disposed');
      if (state === 'running') throw new SottoError('internal', 'run was called while another runs');
      const most = Math.round(info.windowSeconds * SAMPLE_RATE);
      if (batch.windows.some(({ samples }) => samples.length > most)) {
        throw new SottoError('internal', 'a window longer than the model reads');
      }
      state = 'running';
      runs++;
      try {
        await script.before?.(batch);
        await setImmediate();
        if (signal?.aborted) throw new SottoError('cancelled');
        const draft = batch.options.effort === 'draft';
        return batch.windows.map(({ samples, prefix }) => readingOf(samples, textOf(samples), draft, prefix));
      } finally {
        if (state === 'running') state = 'idle';
      }
    },
    async dispose() {
      state = 'disposed';
    },
  };
}

/** A token a letter, a timestamp at both ends; with a prefix, the letters that come after as many. */
function readingOf(
  samples: Float32Array,
  said: string,
  draft: boolean,
  prefix: readonly number[] = [],
): WindowReading {
  if (said === '' || samples.every((sample) => sample === 0)) {
    return { segments: [], tokens: [], noSpeechProb: 1 };
  }
  const own = Array.from(said, (letter) => letter.codePointAt(0)! % TIMESTAMPS);
  const all = [TIMESTAMPS, ...own, TIMESTAMPS + 1];
  const tokens = [...prefix, ...all.slice(prefix.length)];
  const spoken = tokens.filter((token) => token < TIMESTAMPS);
  const pieces = spoken.map((token) => ({ text: String.fromCodePoint(token), tokens: [token] }));
  const noSpeechProb = 0.01;
  const segment = {
    start: 0,
    end: samples.length / SAMPLE_RATE,
    text: pieces.map(({ text }) => text).join(''),
    tokens: spoken,
    avgLogprob: -0.1,
    noSpeechProb,
    compressionRatio: 1,
    ...(draft ? { pieces } : {}),
  };
  return { segments: [segment], tokens, noSpeechProb };
}

function firstLoudNumber(samples: Float32Array): string {
  return String(samples.find((sample) => sample !== 0) ?? '');
}
