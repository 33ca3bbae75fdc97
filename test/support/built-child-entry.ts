/** Stands in for server/child-entry.ts where all is built (vitest.config.ts): parents from source, children as shipped. */
import { fileURLToPath } from 'node:url';
import type { ChildEntry } from '../../server/child-entry.ts';

const SOURCES = new URL('../../server/', import.meta.url).href;
const COMPILED = new URL('../../dist/node/server/', import.meta.url).href;

export function childEntry(parent: string, name: string): ChildEntry {
  const compiled = new URL(`./${name}.js`, parent.replace(SOURCES, COMPILED));
  return { path: fileURLToPath(compiled), execArgv: [] };
}
