/** The longest common subsequence of two lists of texts. */

/** Cells of the table: more than that is not compared, but for what is alike at both ends. */
const MOST_CELLS = 4_000_000;

/** For each of `after`, its place in `before`, or -1 where it is new; places only grow. */
export function keptPlaces(before: readonly string[], after: readonly string[]): number[] {
  const places = after.map(() => -1);
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) {
    places[head] = head;
    head += 1;
  }
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before.at(-1 - tail) === after.at(-1 - tail)
  ) {
    tail += 1;
    places[after.length - tail] = before.length - tail;
  }
  const rows = before.slice(head, before.length - tail);
  const columns = after.slice(head, after.length - tail);
  if ((rows.length + 1) * (columns.length + 1) <= MOST_CELLS) {
    for (const [row, column] of commonPairs(rows, columns)) places[head + column] = head + row;
  }
  return places;
}

function commonPairs(rows: readonly string[], columns: readonly string[]): [row: number, column: number][] {
  const width = columns.length + 1;
  // Of the rests from there on: the length of what they have in common.
  const lengths = new Uint32Array((rows.length + 1) * width);
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = rows.length - 1; row >= 0; row -= 1) {
    for (let column = columns.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        rows[row] === columns[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let row = 0, column = 0; row < rows.length && column < columns.length; ) {
    if (rows[row] === columns[column]) {
      pairs.push([row, column]);
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
  return pairs;
}
