/** Running median with reflected edges: `median_filter` of OpenAI's whisper/timing.py. */

/**
 * Writes to `target` the median of the `width` (odd) values around each of `source`, both of the same length and not
 * the same array. Past the edges the values are mirrored without repeating the edge itself; fewer values than half the
 * width cannot be mirrored and are copied.
 */
export function medianFilter(source: Float32Array, target: Float32Array, width: number): void {
  const half = width >> 1;
  const { length } = source;
  if (length <= half) {
    target.set(source);
    return;
  }
  const sorted = new Float32Array(width);
  for (let i = 0; i < width; i++) insert(sorted, i, source[mirror(i - half, length)]!);
  target[0] = sorted[half]!;
  for (let at = 1; at < length; at++) {
    const old = source[mirror(at - 1 - half, length)]!;
    replace(sorted, old, source[mirror(at + half, length)]!);
    target[at] = sorted[half]!;
  }
}

function mirror(index: number, length: number): number {
  if (index < 0) return -index;
  return index < length ? index : 2 * (length - 1) - index;
}

/** Into the first `count` values, which are in order. */
function insert(sorted: Float32Array, count: number, value: number): void {
  let at = count;
  while (at > 0 && sorted[at - 1]! > value) {
    sorted[at] = sorted[at - 1]!;
    at--;
  }
  sorted[at] = value;
}

/** `old`, one of the values, by `value`, in order again. */
function replace(sorted: Float32Array, old: number, value: number): void {
  const last = sorted.length - 1;
  let at = 0;
  while (at < last && sorted[at]! < old) at++;
  while (at < last && sorted[at + 1]! < value) {
    sorted[at] = sorted[at + 1]!;
    at++;
  }
  while (at > 0 && sorted[at - 1]! > value) {
    sorted[at] = sorted[at - 1]!;
    at--;
  }
  sorted[at] = value;
}
