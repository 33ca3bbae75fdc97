/** The committed models of random weights are what their script writes. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { TINY_MODELS } from '../support/tiny-models/index.ts';

const home = fileURLToPath(new URL('../fixtures/models/', import.meta.url));

describe.each(Object.entries(TINY_MODELS))('%s', (name, make) => {
  const made = make();

  test('has the files that the script writes, and no others', () => {
    const entries = readdirSync(`${home}${name}`, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(`${home}${name}/`.length));
    expect(files.sort()).toEqual(Object.keys(made).sort());
  });

  test.each(Object.keys(made))('%s is the same to the byte', (path) => {
    const committed = readFileSync(`${home}${name}/${path}`);
    expect(Buffer.compare(committed, made[path as keyof typeof made]!)).toBe(0);
  });

  test('is small', () => {
    const bytes = Object.values(made).reduce((sum, { length }) => sum + length, 0);
    expect(bytes).toBeLessThan(150_000);
  });
});
