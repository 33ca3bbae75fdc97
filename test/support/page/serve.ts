/** Builds and serves the real page, under the real content policy, with a fake transcriber that a test drives. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, preview } from 'vite';
import { securityHeaders } from '../../../server/http/headers.ts';
import { builtOnce } from '../build-cache.ts';

const HUB = 'https://hub.example';
const WEB = fileURLToPath(new URL('../../../web/', import.meta.url));
const THEME = fileURLToPath(new URL('../../../public/theme.js', import.meta.url));
const FAKE = fileURLToPath(new URL('./fake-late.ts', import.meta.url));

/** What the page is made of beside its own sources. */
const SOURCES = ['test/support/page', 'test/support/fake-transcriber.ts'];

const fakeTranscriber: Plugin = {
  name: 'test:fake-transcriber',
  enforce: 'pre',
  resolveId: (id) => (id.endsWith('/client/late.ts') ? FAKE : undefined),
};

const appConfig: Plugin = {
  name: 'test:app-config',
  configurePreviewServer(server) {
    server.middlewares.use('/app-config.json', (_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ hub: HUB }));
    });
    server.middlewares.use('/theme.js', async (_request, response) => {
      response.setHeader('content-type', 'text/javascript');
      response.end(await readFile(THEME));
    });
  },
};

export interface ServedPage {
  readonly url: string;
  close(): Promise<void>;
}

export async function servePage(): Promise<ServedPage> {
  const shared = {
    configFile: false,
    root: WEB,
    publicDir: false,
    logLevel: 'error',
    appType: 'mpa',
  } as const;
  const outDir = await builtOnce('page', SOURCES, (into) =>
    build({
      ...shared,
      plugins: [fakeTranscriber],
      build: {
        outDir: into,
        emptyOutDir: true,
        target: 'es2022',
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
      },
    }),
  );
  const server = await preview({
    ...shared,
    plugins: [appConfig],
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0, headers: securityHeaders(HUB) },
  });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('the page is not served');
  return {
    url,
    close: () => server.close(),
  };
}
