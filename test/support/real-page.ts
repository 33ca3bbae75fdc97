/** A page for a test alone, built as the site is and served by the real server. */
import { join } from 'node:path';
import { build } from 'vite';
import { builtOnce, REPO } from './build-cache.ts';
import { COMPILED } from './programs.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** `folder`: of the page, below test/support; `sources`: what it imports from elsewhere than web/ and shared/. */
export async function serveRealPage(folder: string, sources: readonly string[] = []): Promise<ServerProcess> {
  const source = `test/support/${folder}`;
  const outDir = await builtOnce(folder, [source, 'public', ...sources], (into) =>
    build({
      configFile: join(REPO, 'vite.config.ts'),
      logLevel: 'error',
      root: join(REPO, source),
      publicDir: join(REPO, 'public'),
      build: { outDir: into, emptyOutDir: true },
    }),
  );
  return startServer(['--port', '0'], { SOTTO_WEB: outDir }, COMPILED);
}
