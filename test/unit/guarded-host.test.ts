import { expect, it } from 'vitest';
import type { EngineBatch } from '../../shared/asr/engine.ts';
import { guardHost } from '../../shared/host/guarded-host.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

it('keeps nothing of a run that is over: what waits for the exit is not one more for each', async () => {
  let waiting = 0;
  const exited = new Promise<undefined>(() => undefined);
  const host = {
    start: () => Promise.reject(new Error('not here')),
    run: async () => [],
    kill: () => undefined,
    exited: Object.assign(exited, {
      // biome-ignore lint/suspicious/noThenProperty: counts who waits
      then(...args: Parameters<Promise<undefined>['then']>) {
        waiting += 1;
        return Promise.prototype.then.apply(exited, args);
      },
    }),
  };
  const clock = createVirtualClock();
  const guarded = guardHost(host, clock);
  const batch: EngineBatch = { windows: [], options: { task: 'transcribe' } };
  const before = waiting;
  for (let run = 0; run < 20; run += 1) await guarded.run(batch, 1_000, new AbortController().signal);
  expect(waiting).toBe(before);
  expect(clock.pending).toBe(0);
});
