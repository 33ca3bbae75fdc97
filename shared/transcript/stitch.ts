/**
 * Two readings that overlap, as one text. Speech without a pause has to be cut somewhere; the window after such a cut
 * begins some seconds before it, so that each word is whole in one of the two at least, and both say what lies between.
 *
 * The longest run of words that both say at about the same time shows how they lie to each other (as the longest
 * common sequence of the transformers pipeline's `_find_longest_common_sequence`, which compares tokens and knows no
 * times). The change from one to the other is in the run's middle: the first hears the end of the overlap badly, the
 * second its beginning. Without such a run the times decide.
 */
import { type SpokenWord, wordKey } from './spoken-words.ts';

export interface Overlap {
  /** seconds of the source: where the right one begins */
  readonly from: number;
  /** where the left one ends */
  readonly end: number;
  /** the best place to change over, when words do not tell */
  readonly seam: number;
}

export interface Seam {
  /** how many words of the left one are kept */
  readonly left: number;
  /** how many words of the right one are dropped */
  readonly right: number;
}

interface Run {
  readonly left: number;
  readonly right: number;
  readonly length: number;
  readonly score: number;
}

/** Times drift by some tenths of a second; in a short overlap, what is further apart is said twice. */
const MOST_APART = 1.6;
const LEAST_APART = 0.5;

/** How far apart in time a word of both may be, in seconds; half of it for a word alone, and outside the overlap. */
const driftIn = ({ from, end }: Overlap): number =>
  Math.min(MOST_APART, Math.max(LEAST_APART, 0.8 * (end - from)));

/** words of a run that a second of difference outweighs */
const SECOND_WORTH = 1;

const middle = ({ start, end }: SpokenWord): number => (start + end) / 2;
const apart = (a: SpokenWord, b: SpokenWord): number => Math.abs(middle(a) - middle(b));

/** Where to go from `left` to `right`, both in seconds of the source. The first `floor` of `left` are always kept. */
export function findSeam(
  left: readonly SpokenWord[],
  right: readonly SpokenWord[],
  overlap: Overlap,
  floor = 0,
): Seam {
  const run = longestRun(left, right, overlap);
  return run === undefined ? byTime(left, right, overlap, floor) : byRun(left, right, run, floor);
}

/** Tables of lengths and time differences of the runs that end at each pair; the best by score. */
function longestRun(
  left: readonly SpokenWord[],
  right: readonly SpokenWord[],
  overlap: Overlap,
): Run | undefined {
  const drift = driftIn(overlap);
  const firstLeft = left.findIndex((word) => word.end > overlap.from - drift / 2);
  if (firstLeft < 0) return undefined;
  const rightKeys = right
    .filter((word) => word.start < overlap.end + drift / 2)
    .map(({ text }) => wordKey(text));
  let lengths: readonly number[] = [];
  let gaps: readonly number[] = [];
  let best: Run | undefined;
  for (let i = firstLeft; i < left.length; i++) {
    const a = left[i]!;
    const key = wordKey(a.text);
    const row = rightKeys.map(() => 0);
    const sums = rightKeys.map(() => 0);
    for (const [j, other] of rightKeys.entries()) {
      const gap = apart(a, right[j]!);
      if (key === '' || key !== other || gap > drift) continue;
      const length = (lengths[j - 1] ?? 0) + 1;
      const sum = (gaps[j - 1] ?? 0) + gap;
      row[j] = length;
      sums[j] = sum;
      if (length === 1 && gap > drift / 2) continue;
      const score = length - (SECOND_WORTH * sum) / length;
      if (best === undefined || score > best.score) {
        best = { left: i - length + 1, right: j - length + 1, length, score };
      }
    }
    lengths = row;
    gaps = sums;
  }
  return best;
}

function byRun(left: readonly SpokenWord[], right: readonly SpokenWord[], run: Run, floor: number): Seam {
  const change = Math.max(run.left + Math.ceil(run.length / 2), floor);
  const beyond = change - (run.left + run.length);
  if (beyond <= 0) return { left: change, right: Math.max(0, run.right + change - run.left) };
  // Kept words that the right one hears otherwise: about as many of its own stand for them.
  const rest = right.slice(run.right + run.length);
  const until = left[change - 1]!.end;
  const heard = rest.filter((word) => middle(word) < until).length;
  const dropped = Math.min(rest.length, Math.max(beyond - 1, Math.min(beyond + 1, heard)));
  return { left: change, right: run.right + run.length + dropped };
}

/** The left one up to the seam, the right one from there; but what only one of them heard is kept. */
function byTime(
  left: readonly SpokenWord[],
  right: readonly SpokenWord[],
  { from, end, seam }: Overlap,
  floor: number,
): Seam {
  const between = (words: readonly SpokenWord[], low: number, high: number): boolean =>
    words.some((word) => middle(word) >= low && middle(word) < high);
  const until = between(right, seam, end) ? seam : Number.POSITIVE_INFINITY;
  const kept = Math.max(floor, left.filter((word) => middle(word) < until).length);
  const last = left[kept - 1];
  const since = Math.max(between(left, from, seam) ? seam : from, Math.min(last?.end ?? from, end));
  let dropped = right.filter((word) => middle(word) < since).length;
  const next = right[dropped];
  const twice = last !== undefined && next !== undefined && wordKey(last.text) === wordKey(next.text);
  // The same word on both sides of the seam is one that drifted across it.
  if (twice && next.start < end) dropped++;
  return { left: kept, right: dropped };
}
