/** How a long list is put on the page without a long task. Pure. */

/** Rows added in one frame: some milliseconds of work on a slow machine. */
const PART = 30;

/** Rows kept together: only the last range is rendered again when rows are added, only those in view are laid out. */
const RANGE = 30;

export interface Range {
  readonly from: number;
  readonly to: number;
  /** it will not grow any more */
  readonly full: boolean;
}

/** How many of `total` rows are on the page in the next frame. */
export function revealed(shown: number, total: number): number {
  return Math.min(total, shown + PART);
}

/** The rows [0, count) as ranges of at most RANGE, in order. */
export function rangesOf(count: number): Range[] {
  return Array.from({ length: Math.ceil(count / RANGE) }, (_, index) => ({
    from: index * RANGE,
    to: Math.min(count, (index + 1) * RANGE),
    full: (index + 1) * RANGE <= count,
  }));
}
