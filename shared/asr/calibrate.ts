/**
 * How many windows a device reads best at once. Decided by a few short runs at the first start on a device, and kept:
 * a later start costs nothing.
 *
 * More lanes are worth it where they bring 8 % more windows a second. They are never taken at the price of the
 * text: each row must say in company what it says alone. Models with activations quantised at run time (q8) cannot
 * promise that (their range is taken over all rows of a batch), and keep one lane everywhere.
 */
import type { Engine, EngineInfo, WindowReading } from './engine.ts';
import { SELF_TEST_RUN } from './self-test.ts';

/** Where the answer is kept between starts. Neither may throw: what cannot be kept is found anew. */
export interface LaneMemory {
  get(key: string): Promise<number | undefined>;
  set(key: string, lanes: number): Promise<void>;
}

export interface Trial {
  readonly lanes: number;
  /** of one run of so many windows */
  readonly ms: number;
  /** of the whole trial, all its runs */
  readonly spentMs: number;
}

export interface LaneBounds {
  /** a further trial is not begun when it would end later, by what was seen so far */
  readonly budgetMs: number;
  /** what memory allows */
  readonly most: number;
}

/** More than a run's own scatter, and worth the memory. */
const GAIN = 1.08;
/** Clearly worse: still more lanes are not tried. Two lanes often gain nothing where four or eight do. */
const LOSS = 0.9;
const MOST = 8;
/** runs of each trial; the quicker counts, since what else the machine does only slows them */
const TIMES = 2;
const BUDGET_MS = 1500;
/** bytes that all lanes together may take */
const MEMORY = { wasm: 384e6, cpu: 1e9, webgpu: 1e9, cuda: 2e9 } as const;
/** another way of measuring gets another number: answers of the old one are not asked for again */
const VERSION = 1;

const QUANTISED = /\b(q8|int8|uint8)\b/;
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

/** Whether trials are of any use on this device: not where text depends on company, nor where seconds become minutes. */
export function mayBatch({ device, dtype, adapter = '' }: EngineInfo): boolean {
  return !QUANTISED.test(dtype) && !(device === 'webgpu' && SOFTWARE.test(adapter));
}

/** Lanes of the next trial; undefined when it is decided. Trials come in order, each of twice the lanes of the last. */
export function nextTrial(trials: readonly Trial[], { budgetMs, most }: LaneBounds): number | undefined {
  const last = trials.at(-1);
  if (last === undefined) return 1;
  if (trials.some((trial) => rate(last) < rate(trial) * LOSS)) return undefined;
  const next = last.lanes * 2;
  const spent = trials.reduce((sum, { spentMs }) => sum + spentMs, 0);
  return next > most || spent + 2 * last.spentMs > budgetMs ? undefined : next;
}

/** The fewest lanes from which on more brought no more. */
export function bestLanes(trials: readonly Trial[]): number {
  let best: Trial | undefined;
  for (const trial of trials) {
    if (best === undefined || rate(trial) >= rate(best) * GAIN) best = trial;
  }
  return best?.lanes ?? 1;
}

const rate = ({ lanes, ms }: Trial): number => lanes / Math.max(ms, 0.001);

export interface LaneSize {
  /** of the encoder's output */
  readonly positions: number;
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
}

/** About the bytes of one lane: the encoder's widest attention, its output, and keys and values of every layer. */
export function laneBytes({ positions, layers, heads, headSize }: LaneSize): number {
  const attention = heads * positions * positions;
  const width = heads * headSize * positions;
  return 4 * (2 * attention + (4 + 2 * layers) * width);
}

export interface CalibrateRequest {
  readonly info: EngineInfo;
  readonly size: LaneSize;
  /** of the model's files */
  readonly version?: string;
  readonly threads?: number;
  readonly memory: LaneMemory;
  /** the same model with so many lanes; not disposed */
  readonly engineOf: (lanes: number) => Engine;
  /** known speech, mono 16 kHz */
  readonly clip: Float32Array;
  readonly now?: () => number;
}

/**
 * The lanes for this device, model and version. Never throws what a trial threw: the lanes before it stand. They are
 * kept before a wider trial begins, so that one which ends the whole engine is not tried again at the next start.
 */
export async function chooseLanes(request: CalibrateRequest): Promise<number> {
  const { info, memory, size } = request;
  if (!mayBatch(info)) return 1;
  const key = laneKey(request);
  const most = Math.max(1, Math.min(MOST, Math.floor(MEMORY[info.device] / laneBytes(size))));
  const kept = await memory.get(key);
  if (kept !== undefined && kept >= 1) return Math.min(most, Math.floor(kept));
  const trials: Trial[] = [];
  const alone: string[] = [];
  for (;;) {
    const lanes = nextTrial(trials, { budgetMs: BUDGET_MS, most });
    if (lanes === undefined) break;
    await memory.set(key, bestLanes(trials));
    const trial = await tryLanes(request, lanes, alone);
    if (trial === undefined) break;
    trials.push(trial);
  }
  const lanes = bestLanes(trials);
  await memory.set(key, lanes);
  return lanes;
}

export function laneKey({ info, version = '', threads = 0 }: CalibrateRequest): string {
  const { model, device, dtype, adapter = '' } = info;
  return [VERSION, model, version, device, dtype, adapter, threads].join('|');
}

/** The rows are loud and soft, so that a device that mixes them is found out. */
const LOUDNESS = [1, 0.25] as const;

/** Undefined when it failed, or said something else than the rows say alone. */
async function tryLanes(
  { engineOf, clip, now = () => performance.now() }: CalibrateRequest,
  lanes: number,
  alone: string[],
): Promise<Trial | undefined> {
  const engine = engineOf(lanes);
  const rows = LOUDNESS.map((scale) => ({ samples: clip.map((sample) => sample * scale) }));
  const windows = Array.from({ length: Math.max(lanes, rows.length) }, (_, at) => rows[at % rows.length]!);
  const began = now();
  try {
    // the first run of a new shape compiles and allocates: not what later runs cost
    if (lanes > 1) await said(engine, windows);
    let ms = Number.POSITIVE_INFINITY;
    for (let time = 0; time < TIMES; time++) {
      const started = now();
      const texts = await said(engine, windows);
      ms = Math.min(ms, (now() - started) * (lanes / windows.length));
      // one lane reads both rows, one after the other: what they say alone
      if (alone.length === 0) alone.push(...texts);
      if (texts.some((text, at) => text !== alone[at % rows.length])) return undefined;
    }
    return { lanes, ms, spentMs: now() - began };
  } catch {
    // Too little memory for so many lanes is an answer; of a device that is gone the first real run tells.
    return undefined;
  }
}

async function said(engine: Engine, windows: readonly { samples: Float32Array }[]): Promise<string[]> {
  const readings = await engine.run({ windows, options: SELF_TEST_RUN });
  return readings.map(({ tokens }: WindowReading) => tokens.join(' '));
}
