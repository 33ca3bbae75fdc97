/**
 * Writes the models of random weights that the tests of Moonshine and CTC read: `node --import tsx
 * test/support/make-tiny-models.ts`. The same bytes each time; a test compares them with what is committed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TINY_MODELS } from './tiny-models/index.ts';

const home = fileURLToPath(new URL('../fixtures/models/', import.meta.url));
for (const [name, make] of Object.entries(TINY_MODELS)) {
  for (const [path, content] of Object.entries(make())) {
    const file = join(home, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
