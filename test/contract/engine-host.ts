import { describe, test } from 'vitest';
import { HOST_CASES, type HostMaker } from './engine-host-cases.ts';

export type { HostMaker } from './engine-host-cases.ts';

/** The contract of the EngineHost port, for one kind of host. Real engines may need a longer `timeoutMs`. */
export function engineHostContract(name: string, makeHost: () => HostMaker, timeoutMs = 5_000): void {
  describe(`engine host: ${name}`, () => {
    const maker = makeHost();
    for (const { name: title, applies, check } of HOST_CASES) {
      test.skipIf(!applies(maker))(title, { timeout: timeoutMs }, () => check(maker));
    }
  });
}
