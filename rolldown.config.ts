/**
 * The package's modules for pages (dist/web/lib), after the site's build, whose folders of runtime and voice activity
 * model they use. Each is whole: nothing is imported by a bare name, so they run with a bundler and without one.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defineConfig, type OutputOptions, type Plugin, type RolldownOptions } from 'rolldown';

const ortFolder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
const ortVersion: string = JSON.parse(await readFile(join(ortFolder, '../package.json'), 'utf8')).version;

/** Names of the package's exports, and what they are made of. */
const ENTRIES = {
  main: 'web/package/main.ts',
  element: 'web/element/main.ts',
  recognition: 'web/recognition/main.ts',
  polyfill: 'web/recognition/polyfill.ts',
  formats: 'shared/formats/index.ts',
};

/** What runs beside a page is one file each: bundlers of others take it along as it is. */
const ALONE = {
  engine: 'web/engine/main.ts',
  ear: 'web/ear/main.ts',
  capture: 'web/ear/worklet/capture.ts',
};

/** Where the parts are is another matter in a package than on the site. */
function packagePlaces(): Plugin {
  const [site, own] = [join(import.meta.dirname, 'web/client/places.ts'), '/web/package/places.ts'];
  return {
    name: 'sotto:package-places',
    async resolveId(name, importer, options) {
      if (!name.endsWith('/places.ts')) return null;
      const found = await this.resolve(name, importer, { ...options, skipSelf: true });
      return found?.id === site ? join(import.meta.dirname, own) : found;
    },
    transform: {
      filter: { id: /\/web\/package\/places\.ts$/ },
      handler: (code) => code.replaceAll('ORT_VERSION', ortVersion),
    },
  };
}

const common: RolldownOptions = {
  platform: 'browser',
  resolve: { conditionNames: ['onnxruntime-web-use-extern-wasm', 'browser', 'import', 'default'] },
  transform: {
    target: 'es2022',
    define: { 'import.meta.env.SOTTO_ORT_BASE': JSON.stringify(`../ort/${ortVersion}/`) },
  },
};
const output: OutputOptions = {
  dir: 'dist/web/lib',
  format: 'es',
  minify: true,
  entryFileNames: '[name].js',
  chunkFileNames: 'part-[name]-[hash].js',
};

export default defineConfig([
  { ...common, input: ENTRIES, plugins: [packagePlaces()], output },
  ...Object.entries(ALONE).map(([name, input]) => ({
    ...common,
    input: { [name]: input },
    output: { ...output, codeSplitting: false },
  })),
]);
