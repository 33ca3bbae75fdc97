import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';
import { BUILT } from './test/support/programs.ts';

/** Parents run from source here; where all is built, the processes that they start are those that will be shipped. */
const builtChildren: Plugin = {
  name: 'test:built-children',
  enforce: 'pre',
  resolveId: (id) =>
    id.endsWith('/child-entry.ts')
      ? fileURLToPath(new URL('./test/support/built-child-entry.ts', import.meta.url))
      : undefined,
};

export default defineConfig({
  plugins: BUILT ? [builtChildren] : [],
  test: {
    include: ['test/unit/**/*.test.ts', 'test/contract/**/*.test.ts'],
    environment: 'node',
    // Processes, not threads: onnxruntime's native sessions abort a process whose thread is ended during a run.
    pool: 'forks',
    // Many files wait as much as they compute: three keep two cores busy.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
