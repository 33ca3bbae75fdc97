/** What a page pays for having the element on it, before anybody uses it. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

const WEB = join(import.meta.dirname, '../../dist/web');

/** Bytes after gzip, all in all. */
const LIMIT = 12_000;

/** What its two entries share. */
const RECOGNITION = { 'assets/main.js': 2_463, 'assets/languages.js': 167, 'assets/preload-helper.js': 56 };

/** Bytes after gzip that each part had when this was written; with the limit, it tells what grew. */
const PARTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'embed/sotto.js': {
    'embed/sotto.js': 5_795,
    'assets/lit.js': 5_777,
    'assets/spacing.js': 198,
    'assets/preload-helper.js': 56,
  },
  'embed/recognition.js': { 'embed/recognition.js': 170, ...RECOGNITION },
  'embed/polyfill.js': { 'embed/polyfill.js': 340, ...RECOGNITION },
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

for (const [entry, known] of Object.entries(PARTS)) {
  test(`${entry} weighs at most 12 KB before first use, and no part of it grew unseen`, () => {
    const parts = partsOf(entry);
    const total = [...parts.values()].reduce((sum, bytes) => sum + bytes, 0);
    const grown = [...parts]
      .filter(([name, bytes]) => bytes > (known[name] ?? 0) + LEEWAY)
      .map(([name, bytes]) => `${name}: ${known[name] ?? 0} -> ${bytes}`);
    expect(grown, `of ${total} bytes in all`).toEqual([]);
    expect(total, JSON.stringify([...parts])).toBeLessThanOrEqual(LIMIT);
    expect(Object.keys(known).filter((name) => !parts.has(name))).toEqual([]);
  });
}
