/** Dynamic time warping over a matrix of costs: `dtw_cpu` and `backtrace` of OpenAI's whisper/timing.py. */

/** A matrix in row-major order. */
export interface Matrix {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** The cells of a path from the first to the last, one entry a step in both lists. */
export interface WarpingPath {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

const DIAGONAL = 0;
const DOWN = 1;
const RIGHT = 2;

/**
 * The path of least cost from the first cell to the last one, by steps to the next row, the next column or both.
 * Of equal ways the one along the row is taken, then the diagonal (the reference goes along the row whenever the other
 * two are equal, even where that costs more). Empty for an empty matrix.
 */
export function warp({ values, rows, columns }: Matrix): WarpingPath {
  if (rows === 0 || columns === 0) return { rows: [], columns: [] };
  const trace = new Uint8Array(rows * columns);
  let above = new Float32Array(columns + 1).fill(Number.POSITIVE_INFINITY);
  let current = new Float32Array(columns + 1);
  above[0] = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    current[0] = Number.POSITIVE_INFINITY;
    for (let column = 0; column < columns; column++) {
      const diagonal = above[column]!;
      const down = above[column + 1]!;
      const right = current[column]!;
      let least = right;
      let step = RIGHT;
      if (diagonal < right && diagonal <= down) {
        least = diagonal;
        step = DIAGONAL;
      } else if (down < right) {
        least = down;
        step = DOWN;
      }
      current[column + 1] = values[start + column]! + least;
      trace[start + column] = step;
    }
    [above, current] = [current, above];
  }
  return backtrace(trace, rows, columns);
}

function backtrace(trace: Uint8Array, rows: number, columns: number): WarpingPath {
  const path = { rows: [] as number[], columns: [] as number[] };
  let row = rows - 1;
  let column = columns - 1;
  while (row >= 0 && column >= 0) {
    path.rows.push(row);
    path.columns.push(column);
    const step = stepAt(trace[row * columns + column]!, row, column);
    if (step !== RIGHT) row--;
    if (step !== DOWN) column--;
  }
  path.rows.reverse();
  path.columns.reverse();
  return path;
}

/** In the first row and column there is one way back only. */
function stepAt(step: number, row: number, column: number): number {
  if (row === 0 && column === 0) return DIAGONAL;
  if (row === 0) return RIGHT;
  return column === 0 ? DOWN : step;
}

/** For each row the column at which the path enters it. */
export function entries({ rows, columns }: WarpingPath): number[] {
  return columns.filter((_, at) => at === 0 || rows[at] !== rows[at - 1]);
}
