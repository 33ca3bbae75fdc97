/** What `sotto plan` was asked: flags to numbers, each with its bounds. */
import { parseArgs } from 'node:util';
import { StartError } from '../config.ts';
import type { Demand } from '../plan/demand.ts';
import type { PlanRequest } from '../plan/plan.ts';
import type { WorkerShape } from '../plan/simulated-workers.ts';

export type PlanQuestion =
  | { readonly kind: 'plan'; readonly request: PlanRequest }
  | {
      readonly kind: 'clients';
      readonly clients: number;
      readonly workers: number;
      readonly shape: WorkerShape;
      readonly seconds: number;
      readonly timeoutSeconds: number;
      /** Infinity: no bound */
      readonly maxWaiting: number;
      readonly seed: number;
    };

export interface PlanArgs {
  readonly question: PlanQuestion;
  readonly json: boolean;
  readonly html: string | undefined;
}

const FLAGS = [
  ...['streams', 'files-per-hour', 'clients', 'rtf', 'wait-p99', 'seconds', 'speech-share', 'day', 'lanes'],
  ...['batch-gain', 'utilisation', 'workers', 'timeout', 'queue', 'seed', 'html'],
] as const;
type Flag = (typeof FLAGS)[number];

/**
 * Seconds. 22 % of 500 clients served in 60 s by one worker is 0.545 s each: at a real-time factor of 0.1 a clip of
 * 5.5 s, which is also about what people say in one breath.
 */
const CLIP = '5.5s';

/** Throws StartError. */
export function planArgs(args: readonly string[]): PlanArgs {
  const values = read(args);
  const of = (flag: Flag, fallback?: string): string => {
    const text = values[flag] ?? fallback;
    if (text === undefined) throw new StartError(`sotto plan: --${flag} is needed.`);
    return text;
  };
  const number = (flag: Flag, bounds: Bounds, fallback?: string) =>
    numberOf(flag, of(flag, fallback), bounds);
  const time = (flag: Flag, fallback?: string) => secondsOf(flag, of(flag, fallback));

  const asked = (['streams', 'files-per-hour', 'clients'] as const).filter(
    (flag) => values[flag] !== undefined,
  );
  const [what] = asked;
  if (what === undefined || asked.length > 1) {
    throw new StartError('sotto plan: say one of --streams N, --files-per-hour N and --clients N.');
  }
  const shape: WorkerShape = {
    rtf: number('rtf', { from: 1e-5, to: 100 }),
    lanes: number('lanes', { from: 1, to: 256, whole: true }, '1'),
    batchGain: number('batch-gain', { from: 1, to: 256 }, '1'),
  };
  if (shape.batchGain > shape.lanes) {
    throw new StartError('sotto plan: --batch-gain cannot be more than --lanes.');
  }
  const seconds = time('seconds', what === 'files-per-hour' ? '300s' : CLIP);
  const seed = number('seed', { from: 0, to: 2 ** 32 - 1, whole: true }, '1');
  const workers =
    values.workers === undefined ? undefined : number('workers', { from: 1, to: 100_000, whole: true });
  const base = { json: values.json === true, html: values.html };
  if (what === 'clients') {
    if (base.html !== undefined)
      throw new StartError('sotto plan: --html goes with --streams and --files-per-hour.');
    return {
      ...base,
      question: {
        ...{ kind: 'clients', shape, seconds, seed },
        clients: number('clients', { from: 1, to: 20_000, whole: true }),
        workers: workers ?? 1,
        timeoutSeconds: time('timeout', '60s'),
        maxWaiting:
          values.queue === undefined
            ? Number.POSITIVE_INFINITY
            : number('queue', { from: 0, to: 1e6, whole: true }),
      },
    };
  }
  const speechShare = number('speech-share', { from: 0.01, to: 1 }, '1');
  const peak = number('day', { from: 1, to: 100 }, '1');
  const demand: Demand =
    what === 'streams'
      ? { kind: 'streams', streams: peak * number('streams', { from: 1, to: 1e9 }), seconds, speechShare }
      : {
          ...{ kind: 'files', seconds, speechShare },
          perSecond: (peak * number('files-per-hour', { from: 0.001, to: 1e9 })) / 3600,
        };
  const request: PlanRequest = {
    ...{ demand, shape, seed },
    waitP99: time('wait-p99', '2s'),
    mostBusy: number('utilisation', { from: 0.05, to: 1 }, '0.7'),
    ...(workers === undefined ? {} : { workers }),
  };
  return { ...base, question: { kind: 'plan', request } };
}

type Values = Readonly<Partial<Record<Flag, string>> & { json?: boolean }>;

function read(args: readonly string[]): Values {
  const strings = Object.fromEntries(FLAGS.map((flag) => [flag, { type: 'string' as const }]));
  try {
    const { values } = parseArgs({ args: [...args], options: { ...strings, json: { type: 'boolean' } } });
    return values as Values;
  } catch (error) {
    throw new StartError(`sotto plan: ${error instanceof Error ? error.message : error}`);
  }
}

interface Bounds {
  readonly from: number;
  readonly to: number;
  readonly whole?: true;
}

function numberOf(flag: string, text: string, { from, to, whole }: Bounds): number {
  const value = /^\d+(\.\d+)?(e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to && (whole === undefined || Number.isInteger(value))) return value;
  throw new StartError(
    `sotto plan: --${flag} must be a ${whole ? 'whole ' : ''}number from ${from} to ${to}, not "${text}".`,
  );
}

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, '': 1 };

/** `2s`, `500ms`, `1.5m`, `1h`; without a unit, seconds. More than none, and a week at most. */
export function secondsOf(flag: string, text: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const seconds = digits === '' ? Number.NaN : Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (seconds > 0 && seconds <= 604_800) return seconds;
  throw new StartError(`sotto plan: --${flag} must be a time such as 2s, 500ms or 1m, not "${text}".`);
}
