/** What every engine of ours does around its model: one run at a time, silence left out, batches cut to size, all freed. */
import { SAMPLE_RATE } from '../audio/pcm.ts';
import { SottoError } from '../errors.ts';
import type { Engine, EngineBatch, EngineInfo, EngineWindow, ReadOptions, WindowReading } from './engine.ts';
import { type SessionPort, type TensorLedger, toEngineError } from './sessions.ts';

export interface ModelEngine extends Engine {
  /** tensors held at this moment: none between runs */
  readonly liveTensors: number;
}

/** Throws `cancelled` once the run's signal is aborted. */
export type Checkpoint = () => Promise<void>;

/** Reads windows that are not silent, `lanes` at most; what it leaves in the ledger is freed after it. */
export type ReadWindows = (
  windows: readonly EngineWindow[],
  options: ReadOptions,
  checkpoint: Checkpoint,
) => Promise<WindowReading[]>;

export interface EngineParts {
  readonly info: EngineInfo;
  readonly ledger: TensorLedger;
  /** released with the engine */
  readonly sessions: readonly SessionPort[];
  readonly read: ReadWindows;
  /**
   * `any`: windows of all lengths fit into one batch, as where the model pads them. `equal`: only those as long as one
   * another, as where padding would change what is read.
   */
  readonly lengths: 'any' | 'equal';
}

/** While a run has a signal, messages (the abort among them) get a turn at least this often. */
const TURN_MS = 100;

export function createModelEngine({ info, ledger, sessions, read, lengths }: EngineParts): ModelEngine {
  let state: 'idle' | 'running' | 'disposed' = 'idle';
  let current: Promise<unknown> = Promise.resolve();

  async function readBatch({ windows, options }: EngineBatch, checkpoint: Checkpoint) {
    const readings: WindowReading[] = windows.map(() => ({ segments: [], tokens: [], noSpeechProb: 1 }));
    const sounding = windows.flatMap((window, at) => (isSilent(window.samples) ? [] : [{ ...window, at }]));
    const key = ({ samples }: EngineWindow) => (lengths === 'any' ? 0 : samples.length);
    for (const group of batchesOf(sounding, key, info.lanes)) {
      await checkpoint();
      const said = await read(group, options, checkpoint);
      ledger.freeAll();
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
      await Promise.all(sessions.map((session) => session.release()));
    },
  };
}

/** Batches of at most `lanes` items with the same key, in the order of their first items. */
export function batchesOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => number,
  lanes: number,
): Item[][] {
  const open = new Map<number, Item[]>();
  const batches: Item[][] = [];
  for (const item of items) {
    const key = keyOf(item);
    const batch = open.get(key);
    if (batch !== undefined && batch.length < lanes) {
      batch.push(item);
      continue;
    }
    const next = [item];
    open.set(key, next);
    batches.push(next);
  }
  return batches;
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
function checkpointOf(signal: AbortSignal | undefined): Checkpoint {
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
