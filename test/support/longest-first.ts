import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/**
 * What takes ten seconds and more, so that none of it begins as the last one, when the other core has nothing left to
 * do. Files that wait a lot (for leases that run out, for engines that start) stand between those that compute.
 */
export const LONG: readonly string[] = [
  'unit/asr-parity',
  'contract/cluster',
  'unit/decoder-host',
  'contract/chaos',
  'unit/windows',
  'contract/live-cluster',
  'unit/cli',
  'contract/soak',
  'unit/plan',
  'contract/cluster-jobs',
  'unit/engine-processes',
  'unit/service',
  'unit/decode',
  'contract/service',
  'unit/live-reading',
  'unit/jobs-serve',
  'unit/server',
  'contract/model-pool',
  'contract/process-host',
];

/** Its place in line; what `LONG` does not name comes after all of it. */
export function placeOf(path: string): number {
  const place = LONG.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
  return place < 0 ? LONG.length : place;
}

/** The rest as vitest orders it. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => placeOf(a.moduleId) - placeOf(b.moduleId));
  }
}
