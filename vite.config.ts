import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join } from 'node:path';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';
import { DEFAULT_HUB } from './server/config.ts';
import { serviceWorker } from './vite.service-worker.ts';

const ROOT = 'web';
const ortFolder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
const ortVersion: string = JSON.parse(await readFile(join(ortFolder, '../package.json'), 'utf8')).version;
const ortBase = `/ort/${ortVersion}/`;

/** The builds a worker may choose from: plain (CPU), asyncify (WebGPU), jspi (WebGPU where the browser can suspend). */
const ORT_FILES = ['', '.asyncify', '.jspi'].flatMap((build) =>
  ['mjs', 'wasm'].map((extension) => `ort-wasm-simd-threaded${build}.${extension}`),
);

/** Both are needed for `crossOriginIsolated`, and so for WebAssembly threads. */
const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};

/** onnxruntime-web's files at their own names under `ortBase`: copied by a build, answered by the dev server. */
function onnxruntimeFiles(): Plugin {
  return {
    name: 'sotto:onnxruntime-files',
    async writeBundle({ dir }) {
      if (dir === undefined) return;
      const to = join(dir, ortBase);
      await mkdir(to, { recursive: true });
      for (const file of ORT_FILES) await copyFile(join(ortFolder, file), join(to, file));
    },
    configureServer(server) {
      server.middlewares.use(ortBase, async (request, response, next) => {
        const file = basename(new URL(request.url ?? '', 'http://dev').pathname);
        if (!ORT_FILES.includes(file)) return next();
        const type = extname(file) === '.wasm' ? 'application/wasm' : 'text/javascript';
        response.writeHead(200, { ...ISOLATION, 'content-type': type });
        response.end(await readFile(join(ortFolder, file)));
      });
    },
  };
}

/** What the real server says at this address (server/http/app-config.ts), for the dev server. */
function appConfig(): Plugin {
  return {
    name: 'sotto:app-config',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use('/app-config.json', (_request, response) => {
        response.writeHead(200, { ...ISOLATION, 'content-type': 'application/json' });
        response.end(JSON.stringify({ hub: DEFAULT_HUB }));
      });
    },
  };
}

/**
 * Parts that are loaded late are imported, and nothing more. Vite would fetch what they need ahead, by links in the
 * page's head: the embed leaves other people's pages alone, and is a kilobyte lighter for it.
 */
function plainImports(): Plugin {
  return {
    name: 'sotto:plain-imports',
    apply: 'build',
    enforce: 'pre',
    load: {
      filter: { id: /^\0vite\/preload-helper/ },
      handler: () => 'export const __vitePreload = (load) => load();',
    },
  };
}

/** The scripts that other people's pages name, by their names below /embed/. */
const EMBEDDED = {
  sotto: 'web/element/main.ts',
  recognition: 'web/recognition/main.ts',
  polyfill: 'web/recognition/polyfill.ts',
};

/** The pages, and those. */
const ENTRIES = {
  index: 'web/index.html',
  'embed-page': 'web/embed.html',
  ...EMBEDDED,
};

/** Of this site only: tests build pages of their own with the rest of this configuration. */
function entries(): Plugin {
  return {
    name: 'sotto:entries',
    config: ({ root }) => (root === ROOT ? { build: { rolldownOptions: { input: ENTRIES } } } : {}),
  };
}

/** Indentation in the templates of the embed weighs, and shows nowhere. */
function flatTemplates(): Plugin {
  return {
    name: 'sotto:flat-templates',
    apply: 'build',
    enforce: 'pre',
    transform: {
      filter: { id: /\/web\/element\/(styles|view)\.ts$/ },
      handler: (code) => ({ code: code.replaceAll(/\n\s+/g, '\n'), map: null }),
    },
  };
}

export default defineConfig({
  root: ROOT,
  // Relative, so that scripts find their workers and chunks where they came from, on a page of any origin.
  base: './',
  publicDir: '../public',
  cacheDir: '../.cache/vite',
  appType: 'mpa',
  define: { 'import.meta.env.SOTTO_ORT_BASE': JSON.stringify(ortBase) },
  resolve: {
    // Without this condition onnxruntime-web carries its loader inside itself, and the bundler copies its
    // 26 MB of WebAssembly into assets next to the ones under `ortBase`.
    conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions],
  },
  plugins: [
    entries(),
    plainImports(),
    flatTemplates(),
    onnxruntimeFiles(),
    appConfig(),
    serviceWorker({ app: 'index', ort: ortBase, applies: (root) => root === ROOT }),
  ],
  worker: { format: 'es' },
  server: { headers: ISOLATION },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the page allows no scripts, workers or worklets from data: addresses.
    assetsInlineLimit: 0,
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_file, needed, { hostType }) => (hostType === 'html' ? needed : []),
    },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      checks: { pluginTimings: false },
      preserveEntrySignatures: 'exports-only',
      output: {
        // By itself: an entry without Lit must not fetch Lit for the one line that imports late parts.
        codeSplitting: { groups: [{ name: 'preload-helper', test: /preload-helper/ }] },
        // What pages name: its address never changes.
        entryFileNames: ({ name }) => (name in EMBEDDED ? 'embed/[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
