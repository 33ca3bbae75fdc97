/** What many clients came to. Pure. */
import type { Reply } from './client.ts';

export interface Tally {
  served: number;
  refused: number;
  timedOut: number;
  undefinedOutcomes: number;
  /** milliseconds of each refusal */
  readonly refusals: number[];
  /** the engine's milliseconds of each that was served */
  readonly inferences: number[];
  /** of what is undefined: why, and how often */
  readonly why: Record<string, number>;
}

export const createTally = (): Tally => ({
  served: 0,
  refused: 0,
  timedOut: 0,
  undefinedOutcomes: 0,
  refusals: [],
  inferences: [],
  why: {},
});

/** Counts one answer, or what came instead of one. */
export function count(tally: Tally, reply: Reply | Error): void {
  if (reply instanceof Error) {
    countUndefined(tally, reply.message);
    return;
  }
  const { status, code, ms, inferenceMs } = reply;
  if (status === 200) {
    tally.served += 1;
    if (inferenceMs !== undefined) tally.inferences.push(inferenceMs);
  } else if (status === 503 && code === 'queue_full') {
    tally.refused += 1;
    tally.refusals.push(ms);
  } else if (status === 503 && code === 'queue_timeout') tally.timedOut += 1;
  else countUndefined(tally, `${status} ${code}`);
}

function countUndefined(tally: Tally, why: string): void {
  tally.undefinedOutcomes += 1;
  tally.why[why] = (tally.why[why] ?? 0) + 1;
}

/** Least squares: by how much `y` grows for each `x`; 0 for fewer than two points. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  if (points.length < 2) return 0;
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const under = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return under === 0 ? 0 : over / under;
}
