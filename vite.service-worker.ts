import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import type { Plugin, Rollup } from 'vite';
import type { Build } from './web/offline/protocol.ts';

/** Files of the app that keep their names. */
const NAMED: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/theme.js': 'theme.js',
  '/icons/icon-192.png': 'icons/icon-192.png',
};

interface ServiceWorkerOptions {
  /** entries of the app; what only others need is left out */
  readonly app: string;
  readonly ort: string;
  /** whether this build is the site's */
  readonly applies: (root: string | undefined) => boolean;
}

/** `/sw.js`, with the list of what this build consists of in it. */
export function serviceWorker({ app, ort, applies }: ServiceWorkerOptions): Plugin {
  let applied = false;
  return {
    name: 'sotto:service-worker',
    apply: 'build',
    config({ root }) {
      applied = applies(root);
    },
    async writeBundle({ dir }, bundle) {
      if (!applied || dir === undefined) return;
      const others = notOf(app, bundle);
      const hashed = (await readdir(join(dir, 'assets')))
        .map((name) => `assets/${name}`)
        .filter((name) => !name.endsWith('.map') && !others.has(name))
        .map((name) => `/${name}`)
        .sort();
      const named: Record<string, string> = {};
      for (const [path, file] of Object.entries(NAMED)) {
        if (existsSync(join(dir, file))) named[path] = sha256(await readFile(join(dir, file)));
      }
      const code = await bundled({ hashed, named, ort });
      await writeFile(join(dir, 'sw.js'), code);
    },
  };
}

/** A classic script in one file: not every browser takes modules as service workers. */
async function bundled(parts: Omit<Build, 'version'>): Promise<string> {
  const write = async (version: string) => {
    const build: Build = { version, ...parts };
    const made = await rolldown({
      input: 'web/offline/main.ts',
      platform: 'browser',
      transform: { target: 'es2022', define: { SOTTO_BUILD: JSON.stringify(build) } },
    });
    const { output } = await made.generate({ format: 'iife', minify: true });
    await made.close();
    return output[0].code;
  };
  // The worker's own code is a part of the version, too.
  return write(sha256(await write('')).slice(0, 16));
}

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Chunks that entries other than `app` need and it does not. */
function notOf(app: string, bundle: Rollup.OutputBundle): Set<string> {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
  const reached = (entries: readonly Rollup.OutputChunk[]): Set<string> => {
    const found = new Set<string>();
    const walk = ({ fileName, imports, dynamicImports }: Rollup.OutputChunk): void => {
      if (found.has(fileName)) return;
      found.add(fileName);
      for (const name of [...imports, ...dynamicImports]) {
        const next = bundle[name];
        if (next?.type === 'chunk') walk(next);
      }
    };
    for (const entry of entries) walk(entry);
    return found;
  };
  const mine = reached(chunks.filter(({ isEntry, name }) => isEntry && name === app));
  const theirs = reached(chunks.filter(({ isEntry, name }) => isEntry && name !== app));
  return new Set([...theirs].filter((name) => !mine.has(name)));
}
