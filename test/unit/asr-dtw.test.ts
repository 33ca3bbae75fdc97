/** Dynamic time warping and the median filter against cases worked by hand and the plain definitions. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entries, type Matrix, warp } from '../../shared/asr/dtw.ts';
import { medianFilter } from '../../shared/asr/median-filter.ts';

const matrix = (lines: readonly (readonly number[])[]): Matrix => ({
  values: Float32Array.from(lines.flat()),
  rows: lines.length,
  columns: lines[0]?.length ?? 0,
});

const cells = (lines: readonly (readonly number[])[]) => {
  const { rows, columns } = warp(matrix(lines));
  return rows.map((row, i) => [row, columns[i]]);
};

const matrices = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }))
  .chain(([rows, columns]) =>
    fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    }),
  );

/** The least cost of any path, by trying all of them. */
function leastCost(lines: readonly (readonly number[])[], row = 0, column = 0): number {
  const here = lines[row]![column]!;
  const ways: number[] = [];
  if (row + 1 < lines.length) ways.push(leastCost(lines, row + 1, column));
  if (column + 1 < lines[0]!.length) ways.push(leastCost(lines, row, column + 1));
  if (row + 1 < lines.length && column + 1 < lines[0]!.length)
    ways.push(leastCost(lines, row + 1, column + 1));
  return here + (ways.length === 0 ? 0 : Math.min(...ways));
}

describe('the path', () => {
  test('follows the cheap cells', () => {
    expect(
      cells([
        [-1, -1, 1, 1, 1],
        [1, 1, -1, 1, 1],
        [1, 1, 1, -1, -1],
      ]),
    ).toEqual([
      [0, 0],
      [0, 1],
      [1, 2],
      [2, 3],
      [2, 4],
    ]);
  });

  test('goes down where there are more rows than columns', () => {
    expect(cells([[0], [5], [-5]])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
  });

  test('takes the way along the row among equal ones, then the diagonal', () => {
    const equal = [
      [0, 0],
      [0, 1],
    ];
    expect(cells(equal)).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
    ]);
    // Into the last cell: 0 by the diagonal, 0 from above, 1 along the row.
    const dearer = [
      [0, 0],
      [1, 0],
    ];
    expect(cells(dearer)).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  test('of nothing is empty', () => {
    expect(warp(matrix([]))).toEqual({ rows: [], columns: [] });
    expect(warp({ values: new Float32Array(), rows: 3, columns: 0 })).toEqual({ rows: [], columns: [] });
  });

  test('enters each row once, in order', () => {
    expect(entries({ rows: [0, 0, 1, 2, 2], columns: [0, 1, 2, 2, 3] })).toEqual([0, 2, 2]);
  });

  test('goes from the first cell to the last by single steps and costs no more than any other', () => {
    fc.assert(
      fc.property(matrices, (lines) => {
        const path = cells(lines);
        expect(path[0]).toEqual([0, 0]);
        expect(path.at(-1)).toEqual([lines.length - 1, lines[0]!.length - 1]);
        path.slice(1).forEach(([row, column], i) => {
          const step = [row! - path[i]![0]!, column! - path[i]![1]!];
          expect(['0,1', '1,0', '1,1']).toContain(step.join());
        });
        const cost = path.reduce((sum, [row, column]) => sum + lines[row!]![column!]!, 0);
        expect(cost).toBe(leastCost(lines));
        expect(entries(warp(matrix(lines)))).toHaveLength(lines.length);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the median filter', () => {
  const filtered = (values: readonly number[], width: number) => {
    const target = new Float32Array(values.length);
    medianFilter(Float32Array.from(values), target, width);
    return [...target];
  };

  test('mirrors the edges without the edge itself', () => {
    // 1 9 | 2 4 7 | ... around the first: [9, 1, 9]; around the last: [4, 7, 4]
    expect(filtered([1, 9, 2, 4, 7], 3)).toEqual([9, 2, 4, 4, 4]);
    // width 7 around the first of four: [4, 3, 2, 1, 2, 3, 4]
    expect(filtered([1, 2, 3, 4], 7)).toEqual([3, 3, 2, 2]);
  });

  test('takes out a spike and keeps a step', () => {
    expect(filtered([0, 0, 0, 0, 8, 0, 0, 0, 5, 5, 5, 5, 5], 7)).toEqual([
      0, 0, 0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 5,
    ]);
  });

  test('copies what is too short to be mirrored', () => {
    expect(filtered([3, 1, 2], 7)).toEqual([3, 1, 2]);
    expect(filtered([], 7)).toEqual([]);
  });

  test('is the middle of the sorted neighbours', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 4, maxLength: 30 }), (values) => {
        const padded = [...values.slice(1, 4).reverse(), ...values, ...values.slice(-4, -1).reverse()];
        const expected = values.map((_, i) => padded.slice(i, i + 7).sort((a, b) => a - b)[3]);
        expect(filtered(values, 7)).toEqual(expected);
      }),
    );
  });
});
