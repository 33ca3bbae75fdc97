import { readdir, readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { FOLDER, fileOf, galleryPage, PICTURES } from '../gallery/table.ts';

describe('docs/gallery.md', () => {
  it('names each picture of the table (else: npm run gallery)', async () => {
    expect(await readFile('docs/gallery.md', 'utf8')).toBe(galleryPage(PICTURES));
  });

  it('each picture is there, no other is, and together they are small', async () => {
    const named = PICTURES.flatMap((picture) => picture.shots.map((shot) => fileOf(picture, shot)));
    expect(new Set(named).size).toBe(named.length);
    expect((await readdir(FOLDER)).sort()).toEqual(named.sort());
    const sizes = await Promise.all(named.map(async (name) => (await stat(`${FOLDER}/${name}`)).size));
    expect(Math.min(...sizes)).toBeGreaterThan(1_000);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(1.5 * 2 ** 20);
  });
});
