/**
 * Which token may come next, and the choice of it: `ApplyTimestampRules`, `SuppressTokens` and `GreedyDecoder` of
 * OpenAI's whisper/decoding.py, over one row of logits, without building a log-softmax.
 */
import type { Sampling } from './sampling.ts';
import type { Bonuses } from './terms.ts';

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
 * allowedAfter. `bonuses` choose among text only: where the model would end or give a time it does, and the
 * log-probability is that without them. Undefined when the logits are not finite: the device computed garbage.
 */
export function chooseToken(
  logits: Float32Array,
  tokens: readonly number[],
  rules: TokenRules,
  limit = logits.length,
  sampling?: Sampling,
  bonuses?: Bonuses,
): Choice | undefined {
  suppress(logits, tokens, rules);
  const allowed = allowedAfter(tokens, rules, Math.min(limit, logits.length));
  const contest = weigh(logits, allowed);
  if (contest === undefined) return undefined;
  const { top, best } = contest;
  const among = contest.timestampWins ? { ...allowed, textTo: allowed.textFrom } : allowed;
  const raised = bonuses !== undefined && best < rules.end ? bonuses : NO_BONUSES;
  const token = withBonuses(logits, raised, () => {
    const favourite = favouriteOf(logits, best, raised);
    return sampling === undefined ? favourite : draw(logits, among, sampling, favourite);
  });
  return { token, logprob: logits[token]! - top - Math.log(sumOver(logits, among, top)) };
}

/** What the allowed logits come to. */
interface Contest {
  /** the most probable token: of the timestamps, when they win */
  readonly best: number;
  /** the largest logit, whichever token has it */
  readonly top: number;
  /** all timestamps together are more probable than any text token */
  readonly timestampWins: boolean;
}

/** Undefined when they are not finite. */
function weigh(logits: Float32Array, allowed: Allowed): Contest | undefined {
  const text = largest(logits, allowed.textFrom, allowed.textTo);
  const timestamp = largest(logits, allowed.timestampFrom, allowed.timestampTo);
  if (text === undefined || timestamp === undefined) return undefined;
  const textMax = text < 0 ? Number.NEGATIVE_INFINITY : logits[text]!;
  const timestampMax = timestamp < 0 ? Number.NEGATIVE_INFINITY : logits[timestamp]!;
  const top = Math.max(textMax, timestampMax);
  if (!Number.isFinite(top)) return undefined;
  const timestampSum = sumExp(logits, allowed.timestampFrom, allowed.timestampTo, top);
  const timestampWins = Math.log(timestampSum) > textMax - top;
  return { best: timestampWins || timestampMax > textMax ? timestamp : text, top, timestampWins };
}

function sumOver(logits: Float32Array, among: Allowed, top: number): number {
  const text = sumExp(logits, among.textFrom, among.textTo, top);
  return text + sumExp(logits, among.timestampFrom, among.timestampTo, top);
}

const NO_BONUSES: Bonuses = new Map();

function suppress(logits: Float32Array, tokens: readonly number[], rules: TokenRules): void {
  for (const id of rules.suppress) logits[id] = Number.NEGATIVE_INFINITY;
  if (tokens.length > 0) return;
  for (const id of rules.suppressFirst) logits[id] = Number.NEGATIVE_INFINITY;
}

/** `choose` over logits that have the bonuses; afterwards they are as they were. */
function withBonuses(logits: Float32Array, bonuses: Bonuses, choose: () => number): number {
  if (bonuses.size === 0) return choose();
  const before = [...bonuses.keys()].map((id) => [id, logits[id]!] as const);
  for (const [id, bonus] of bonuses) logits[id]! += bonus;
  const token = choose();
  for (const [id, value] of before) logits[id] = value;
  return token;
}

/** The most probable token, where all but those with a bonus are known to be no more probable than `best`. */
function favouriteOf(logits: Float32Array, best: number, bonuses: Bonuses): number {
  let favourite = best;
  for (const id of bonuses.keys()) {
    if (logits[id]! > logits[favourite]!) favourite = id;
  }
  return favourite;
}

/**
 * Natural log of the probability of `token` after `tokens`, which is not for the decoder to choose: what chooseToken
 * would have said of it, and where it would not have allowed it, among the allowed and itself. Undefined when the
 * logits are not finite. `logits` and `limit` as there.
 */
export function logprobOf(
  token: number,
  logits: Float32Array,
  tokens: readonly number[],
  rules: TokenRules,
  limit = logits.length,
): number | undefined {
  const own = logits[token] ?? Number.NaN;
  suppress(logits, tokens, rules);
  const allowed = allowedAfter(tokens, rules, Math.min(limit, logits.length));
  const contest = weigh(logits, allowed);
  if (contest === undefined || !Number.isFinite(own)) return undefined;
  const isTimestamp = token >= rules.timestampBegin;
  const among = contest.timestampWins && isTimestamp ? { ...allowed, textTo: allowed.textFrom } : allowed;
  const isAmong =
    logits[token] === own &&
    ((token >= among.textFrom && token < among.textTo) ||
      (token >= among.timestampFrom && token < among.timestampTo));
  const top = Math.max(own, contest.top);
  return own - top - Math.log(sumOver(logits, among, top) + (isAmong ? 0 : Math.exp(own - top)));
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
