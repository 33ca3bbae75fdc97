import { expect, test } from 'vitest';
import { servedModel } from '../../server/pool/served-model.ts';
import type { SupervisorState } from '../../shared/host/events.ts';

const INFO = { model: 'a', device: 'cpu', dtype: 'q8', windowSeconds: 10, lanes: 1 } as const;
const FAILED = { code: 'model_not_found', detail: 'a/config.json' } as const;

test.each<[SupervisorState, number | undefined, object]>([
  [{ name: 'ready', rung: 'cpu', info: INFO }, undefined, { state: 'loaded', etaMs: 0 }],
  [{ name: 'idle' }, undefined, { state: 'loading' }],
  [{ name: 'starting', rung: 'cpu', progress: undefined }, undefined, { state: 'loading' }],
  [{ name: 'backing-off', rung: 'cpu', ms: 100 }, 1_200, { state: 'loading', etaMs: 1_200 }],
  [{ name: 'failed', error: FAILED }, undefined, { state: 'failed', error: FAILED }],
  [{ name: 'closed' }, undefined, { state: 'available' }],
])('an engine that is %o makes its model so', (state, etaMs, expected) => {
  expect(servedModel('a', state, etaMs)).toEqual({ id: 'a', ...expected });
});
