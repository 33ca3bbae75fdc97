/**
 * Which token may come next, and the choice of it: `ApplyTimestampRules`, `SuppressTokens` and `GreedyDecoder` of
 * OpenAI's whisper/decoding.py, over one row of logits, without building a log-softmax.
 */
import type { Sampling } from './sampling.ts';

/** Token ids are laid out [text | end | specials | timestamps], as in every Whisper vocabulary. */
export interface TokenLayout {
  /** <|endoftext|>: text tokens are below it */
  readonly end: number;
  /** <|0.00|>: it and everything above are timestamps; the vocabulary's size where there are none */
  readonly timestampBegin: number;
}

export interface TokenRules extends TokenLayout {
  /** the first timestamp is at most this many steps after <|0.00|> */
  readonly maxInitialTimestamp: number;
  /** never chosen */
  readonly suppress: readonly number[];
  /** never chosen as the first token */
  readonly suppressFirst: readonly number[];
}

/** Half-open ranges of ids that may come next; specials between `end` and the timestamps never may. */
export interface Allowed {
  readonly textFrom: number;
  readonly textTo: number;
  readonly timestampFrom: number;
  readonly timestampTo: number;
}

/**
 * After `tokens` (what was chosen so far, without the prompt): a timestamp comes first, timestamps come in pairs
 * (end of a segment, start of the next) except before the end, never go back, and no segment is of zero length.
 * `limit` is the id after the last timestamp there is: the vocabulary's size, or less to leave out times past the
 * window's end, which the reference does not (a model unsure of itself spreads much of its probability over them).
 */
export function allowedAfter(tokens: readonly number[], rules: TokenRules, limit: number): Allowed {
  const { end, timestampBegin } = rules;
  // a vocabulary without timestamps is all text, wherever its end token lies
  if (timestampBegin >= limit)
    return { textFrom: 0, textTo: limit, timestampFrom: limit, timestampTo: limit };
  const textTo = end + 1;
  const count = tokens.length;
  if (count === 0) {
    const timestampTo = Math.min(limit, timestampBegin + rules.maxInitialTimestamp + 1);
    return { textFrom: 0, textTo: 0, timestampFrom: timestampBegin, timestampTo };
  }
  const lastIsTimestamp = tokens[count - 1]! >= timestampBegin;
  const beforeIsTimestamp = count < 2 || tokens[count - 2]! >= timestampBegin;
  if (lastIsTimestamp && beforeIsTimestamp) {
    return { textFrom: 0, textTo, timestampFrom: limit, timestampTo: limit };
  }
  const last = lastTimestamp(tokens, timestampBegin);
  if (lastIsTimestamp) return { textFrom: end, textTo, timestampFrom: last, timestampTo: limit };
  return { textFrom: 0, textTo, timestampFrom: last + 1, timestampTo: limit };
}

function lastTimestamp(tokens: readonly number[], timestampBegin: number): number {
  for (let i = tokens.length - 1; i >= 0; i--) {
    if (tokens[i]! >= timestampBegin) return tokens[i]!;
  }
  return timestampBegin - 1;
}

export interface Choice {
  readonly token: number;
  /** natural log of its probability among the tokens that were allowed */
  readonly logprob: number;
}

/** exp of less than this adds nothing to a sum that has a 1 in it */
const NEGLIGIBLE = -40;

/**
 * The most probable allowed token, or one drawn; a timestamp when all timestamps together are more probable than any
 * text token. `logits` is one row over the vocabulary and is overwritten where tokens are suppressed; `limit` as in
 * allowedAfter. Undefined when the logits are not finite: the device computed garbage.
 */
export function chooseToken(
  logits: Float32Array,
  tokens: readonly number[],
  rules: TokenRules,
  limit = logits.length,
  sampling?: Sampling,
): Choice | undefined {
  for (const id of rules.suppress) logits[id] = Number.NEGATIVE_INFINITY;
  if (tokens.length === 0) {
    for (const id of rules.suppressFirst) logits[id] = Number.NEGATIVE_INFINITY;
  }
  const allowed = allowedAfter(tokens, rules, Math.min(limit, logits.length));
  const text = largest(logits, allowed.textFrom, allowed.textTo);
  const timestamp = largest(logits, allowed.timestampFrom, allowed.timestampTo);
  if (text === undefined || timestamp === undefined) return undefined;
  const textMax = text < 0 ? Number.NEGATIVE_INFINITY : logits[text]!;
  const timestampMax = timestamp < 0 ? Number.NEGATIVE_INFINITY : logits[timestamp]!;
  const top = Math.max(textMax, timestampMax);
  if (!Number.isFinite(top)) return undefined;
  const timestampSum = sumExp(logits, allowed.timestampFrom, allowed.timestampTo, top);
  const timestampWins = Math.log(timestampSum) > textMax - top;
  const among = timestampWins ? { ...allowed, textTo: allowed.textFrom } : allowed;
  const sum = timestampSum + sumExp(logits, among.textFrom, among.textTo, top);
  const best = timestampWins || timestampMax > textMax ? timestamp : text;
  const token = sampling === undefined ? best : draw(logits, among, sampling, best);
  return { token, logprob: logits[token]! - top - Math.log(sum) };
}

/** An id of the ranges with the probability that softmax(logits / temperature) gives it; `best` is their most probable. */
function draw(logits: Float32Array, among: Allowed, { temperature, random }: Sampling, best: number): number {
  const top = logits[best]!;
  const scale = 1 / temperature;
  const ranges = [
    [among.textFrom, among.textTo],
    [among.timestampFrom, among.timestampTo],
  ] as const;
  const sum = ranges.reduce((all, [from, to]) => all + sumExp(logits, from, to, top, scale), 0);
  let left = random() * sum;
  for (const [from, to] of ranges) {
    for (let id = from; id < to; id++) {
      const below = (logits[id]! - top) * scale;
      if (below <= NEGLIGIBLE) continue;
      left -= Math.exp(below);
      if (left < 0) return id;
    }
  }
  // rounding has left a little over
  return best;
}

/** Probability of `token` among all of `logits`. NaN when they are not finite. */
export function probability(logits: Float32Array, token: number): number {
  const at = largest(logits, 0, logits.length);
  if (at === undefined || at < 0) return Number.NaN;
  const top = logits[at]!;
  return Math.exp(logits[token]! - top) / sumExp(logits, 0, logits.length, top);
}

/** Index of the first largest value; -1 in an empty or wholly suppressed range; undefined when one is not a number. */
function largest(logits: Float32Array, from: number, to: number): number | undefined {
  let max = Number.NEGATIVE_INFINITY;
  let at = -1;
  for (let i = from; i < to; i++) {
    const value = logits[i]!;
    if (value <= max) continue;
    if (Number.isNaN(value)) return undefined;
    max = value;
    at = i;
  }
  return at;
}

function sumExp(logits: Float32Array, from: number, to: number, top: number, scale = 1): number {
  let sum = 0;
  for (let i = from; i < to; i++) {
    const below = (logits[i]! - top) * scale;
    if (below > NEGLIGIBLE) sum += Math.exp(below);
  }
  return sum;
}
