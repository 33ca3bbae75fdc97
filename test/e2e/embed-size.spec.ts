/** What a page pays for having the element on it, before anybody uses it. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

const WEB = join(import.meta.dirname, '../../dist/web');
const ENTRY = 'embed/sotto.js';

/** Bytes after gzip, all in all. */
const LIMIT = 12_000;

/** Bytes after gzip that each part had when this was written; with the limit, it tells what grew. */
const PARTS: Readonly<Record<string, number>> = {
  'embed/sotto.js': 5_795,
  // Lit, with the one line that imports late parts.
  'assets/preload-helper.js': 5_788,
  'assets/spacing.js': 198,
};
/** A part may grow by so much before somebody has to look at it. */
const LEEWAY = 150;

/** The entry and everything that it imports at once. */
function partsOf(file: string, found = new Map<string, number>()): Map<string, number> {
  const name = file.replace(/-[\w-]{8}\.js$/, '.js');
  if (found.has(name)) return found;
  const code = readFileSync(join(WEB, file), 'utf8');
  found.set(name, gzipSync(code, { level: 9 }).length);
  for (const [, path = ''] of code.matchAll(/(?:\bfrom|\bimport)\s*"(\.[^"]+)"/g)) {
    partsOf(posix.join(posix.dirname(file), path), found);
  }
  return found;
}

test('the script before first use weighs at most 12 KB, and no part of it grew unseen', () => {
  const parts = partsOf(ENTRY);
  const total = [...parts.values()].reduce((sum, bytes) => sum + bytes, 0);
  const grown = [...parts]
    .filter(([name, bytes]) => bytes > (PARTS[name] ?? 0) + LEEWAY)
    .map(([name, bytes]) => `${name}: ${PARTS[name] ?? 0} -> ${bytes}`);
  expect(grown, `of ${total} bytes in all`).toEqual([]);
  expect(total, JSON.stringify([...parts])).toBeLessThanOrEqual(LIMIT);
  expect(Object.keys(PARTS).filter((name) => !parts.has(name))).toEqual([]);
});
