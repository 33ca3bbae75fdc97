/**
 * One list of several, each in order of time: earlier before later, and at the same time in the order of the lists.
 * What one list holds keeps its order, whatever its times are.
 */
export function mergeByTime<Item>(
  lists: readonly (readonly Item[])[],
  timeOf: (item: Item) => number,
): Item[] {
  const next = lists.map(() => 0);
  const merged: Item[] = [];
  for (;;) {
    let first: { readonly list: number; readonly item: Item; readonly time: number } | undefined;
    for (const [list, items] of lists.entries()) {
      const item = items[next[list] ?? 0];
      if (item === undefined) continue;
      const time = timeOf(item);
      if (first === undefined || time < first.time) first = { list, item, time };
    }
    if (first === undefined) return merged;
    merged.push(first.item);
    next[first.list] = (next[first.list] ?? 0) + 1;
  }
}
