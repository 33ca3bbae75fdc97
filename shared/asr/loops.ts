/** Whether a decoder runs in circles: the same few tokens again and again until it has none left. */

export interface LoopRule {
  /** the same n-gram so many times in a row at least */
  readonly repeats: number;
  /** and so many tokens of it in a row at least: a word said six times is no loop */
  readonly tokens: number;
  /** tokens of the longest n-gram looked for */
  readonly longest: number;
}

/**
 * Length of the shortest n-gram that `tokens` (text only: times go on where words do not) end with as often as the
 * rule asks; undefined when there is none. The last repetition of a longer stretch may be cut off.
 */
export function loopAtEnd(tokens: readonly number[], rule: LoopRule): number | undefined {
  for (let period = 1; period <= rule.longest; period++) {
    const stretch = Math.max(rule.repeats * period, rule.tokens);
    // stretches only grow with the period
    if (stretch > tokens.length) return undefined;
    if (repeatsEvery(period, tokens, stretch)) return period;
  }
  return undefined;
}

/** Whether each of the last `stretch` tokens, but the first `period` of them, is the one `period` before it. */
function repeatsEvery(period: number, tokens: readonly number[], stretch: number): boolean {
  const from = tokens.length - stretch + period;
  for (let i = tokens.length - 1; i >= from; i--) {
    if (tokens[i] !== tokens[i - period]) return false;
  }
  return true;
}
