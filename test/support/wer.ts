/** Lower case, no punctuation, split at white space: how the fixtures' word error rates are counted. */
export function words(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s']/gu, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
}

export interface WordErrors {
  /** substitutions + deletions + insertions (Levenshtein distance over words) */
  readonly errors: number;
  /** words of the reference */
  readonly total: number;
}

export function wordErrors(reference: string, hypothesis: string): WordErrors {
  const expected = words(reference);
  const got = words(hypothesis);
  let row = Array.from({ length: got.length + 1 }, (_, column) => column);
  for (const [line, word] of expected.entries()) {
    const next = [line + 1];
    for (const [column, other] of got.entries()) {
      const substitution = (row[column] ?? 0) + (word === other ? 0 : 1);
      next.push(Math.min(substitution, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return { errors: row.at(-1) ?? 0, total: expected.length };
}

/** Word error rate over several texts together. */
export function wordErrorRate(
  pairs: readonly { readonly reference: string; readonly hypothesis: string }[],
): number {
  const sums = pairs.map(({ reference, hypothesis }) => wordErrors(reference, hypothesis));
  const errors = sums.reduce((sum, each) => sum + each.errors, 0);
  const total = sums.reduce((sum, each) => sum + each.total, 0);
  return total === 0 ? 0 : errors / total;
}
