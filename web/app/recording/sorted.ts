/** The index of the first for which `test` holds, `list.length` where there is none: it must hold for all after it. */
export function firstWhere<T>(list: readonly T[], test: (one: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(list[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
