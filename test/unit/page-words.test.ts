import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode } from '../../shared/errors.ts';
import { messageId, nextId } from '../../web/app/words/errors.ts';
import { templates } from '../../web/locales/zh-Hans.ts';

const APP = fileURLToPath(new URL('../../web/app/', import.meta.url));
const CODES = Object.keys(ERRORS) as ErrorCode[];

/** The id of every msg() in web/app with the number of expressions in its text. */
async function usedTexts(): Promise<Map<string, number>> {
  const used = new Map<string, number>();
  for (const file of await readdir(APP, { recursive: true })) {
    if (!file.endsWith('.ts') || file.endsWith('words/errors.ts')) continue;
    const source = await readFile(`${APP}${file}`, 'utf8');
    const calls = [...source.matchAll(/\bmsg\((.*?)\{\s*id: '([^']+)'/gs)];
    expect(calls.length, `every msg() in ${file} names its id`).toBe([...source.matchAll(/\bmsg\(/g)].length);
    for (const [, text = '', id = ''] of calls) {
      expect(used.has(id), `${id} is used for one text only`).toBe(false);
      used.set(id, [...text.matchAll(/\$\{/g)].length);
    }
  }
  return used;
}

describe('the words of the page', () => {
  let used: Map<string, number>;
  beforeAll(async () => {
    used = await usedTexts();
  });

  it('are all there in Chinese, and nothing more', () => {
    const wanted = [...used.keys(), ...CODES.flatMap((code) => [messageId(code), nextId(code)])];
    expect(Object.keys(templates).sort()).toEqual(wanted.sort());
    expect(used.size).toBeGreaterThan(60);
  });

  it('keep every expression in Chinese', () => {
    for (const [id, expressions] of used) {
      const template: unknown = templates[id as keyof typeof templates];
      const places =
        typeof template === 'object' && template !== null && 'values' in template
          ? [...(template.values as readonly number[])].sort()
          : [];
      expect(places, id).toEqual(Array.from({ length: expressions }, (_, index) => index));
    }
  });

  it('say each error in Chinese, in a sentence of its own', () => {
    const texts = CODES.map((code) => templates[messageId(code) as keyof typeof templates]);
    for (const text of texts) expect(text).toMatch(/^[^a-z]*[\u4e00-\u9fff].*。$/u);
    expect(new Set(texts).size).toBe(CODES.length);
  });
});
