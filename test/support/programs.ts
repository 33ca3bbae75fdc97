/** What tests put before the arguments of a program of this repository. */

/**
 * A run of everything (test/run.ts) builds first and says so: its tests start what will be shipped, which begins in a
 * third of the time. A test that is run alone starts the sources as they are.
 */
export const BUILT = process.env.SOTTO_TEST_BUILT === 'yes';

export const FROM_SOURCE: readonly string[] = ['--import', 'tsx', 'server/main.ts'];
export const COMPILED: readonly string[] = ['dist/node/server/main.js'];

export const SERVER = BUILT ? COMPILED : FROM_SOURCE;
export const COMMAND: readonly string[] = BUILT
  ? ['dist/node/server/cli/main.js']
  : ['--import', 'tsx', 'server/cli/main.ts'];
