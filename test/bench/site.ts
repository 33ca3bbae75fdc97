/** The built app and the bench's own page, each built once when first wanted and served by the real server. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type InlineConfig } from 'vite';
import { MODEL_HOMES } from '../support/models.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { LONG, LONG_ALIAS, TINY } from './models.ts';

const ROOT = join(import.meta.dirname, '../..');

const SITES = {
  app: {},
  page: { root: join(import.meta.dirname, 'page'), publicDir: join(ROOT, 'public') },
} satisfies Record<string, InlineConfig>;

const MODELS = join(ROOT, '.cache/bench/models');

/** The models that are no part of the app, and one of them under a name of the catalogue: the app loads no others. */
async function modelsFolder(): Promise<string> {
  const names = { [TINY]: TINY, [LONG]: LONG, [LONG_ALIAS]: LONG } as const;
  for (const [name, model] of Object.entries(names)) {
    await cp(join(MODEL_HOMES[model], model), join(MODELS, name), { recursive: true });
  }
  return MODELS;
}

export type SiteName = keyof typeof SITES;

export interface Sites {
  /** the address; builds and starts the server the first time */
  open(name: SiteName): Promise<string>;
  close(): Promise<void>;
}

export function createSites(): Sites {
  const opened = new Map<SiteName, Promise<string>>();
  const servers: ServerProcess[] = [];

  async function start(name: SiteName): Promise<string> {
    const outDir = join(ROOT, '.cache/bench', name);
    await build({
      configFile: join(ROOT, 'vite.config.ts'),
      logLevel: 'error',
      ...SITES[name],
      build: { outDir, emptyOutDir: true },
    });
    const server = startServer(['--port', '0'], { SOTTO_WEB: outDir, SOTTO_MODELS: await modelsFolder() });
    servers.push(server);
    return server.address;
  }

  return {
    open(name) {
      const address = opened.get(name) ?? start(name);
      opened.set(name, address);
      return address;
    },
    async close() {
      for (const { child } of servers) child.kill('SIGTERM');
      await Promise.all(servers.map(({ ended }) => ended));
    },
  };
}
