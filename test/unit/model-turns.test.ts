import { expect, test } from 'vitest';
import { type ModelView, nextMoves, outlookOf, turnEnds, turnMs } from '../../server/pool/model-turns.ts';

const NOW = 100_000;

const view = (id: string, more: Partial<ModelView> = {}): ModelView => ({
  id,
  state: 'available',
  bytes: 10,
  jobs: 0,
  sessions: 0,
  waiting: 0,
  dueSince: undefined,
  running: false,
  since: 0,
  usedAt: 0,
  loadMs: 1_000,
  preload: false,
  ...more,
});
const there = (id: string, more: Partial<ModelView> = {}) => view(id, { state: 'loaded', ...more });
const due = (id: string, since: number, more: Partial<ModelView> = {}) =>
  view(id, { waiting: 1, dueSince: since, ...more });

const movesOf = (models: readonly ModelView[], budget: number) => {
  const { load, unload, closed, lookAt } = nextMoves(models, budget, NOW);
  return { load, unload, closed: [...closed], lookAt };
};
const NOTHING = { load: [], unload: [], closed: [], lookAt: undefined };

test.each<[string, readonly ModelView[], number, object]>([
  ['nothing is asked for', [there('a'), view('b')], 20, {}],
  ['there is room', [there('a', { jobs: 1 }), due('b', NOW)], 20, { load: ['b'] }],
  ['the place is one that nobody uses', [there('a'), due('b', NOW)], 10, { unload: ['a'], closed: ['a'] }],
  [
    'a window of it is just being read',
    [there('a', { running: true }), due('b', NOW)],
    10,
    { closed: ['a'] },
  ],
  ['it is being freed already', [view('a', { state: 'unloading' }), due('b', NOW)], 10, {}],
  [
    'it is used, and has its turn',
    [there('a', { jobs: 1 }), due('b', NOW - 1_000)],
    10,
    { lookAt: NOW + 4_000 },
  ],
  ['it is used, and had its turn', [there('a', { jobs: 1 }), due('b', NOW - 5_000)], 10, { closed: ['a'] }],
  [
    'the one that was due first comes first, and nobody takes what is freed for it',
    [there('a', { sessions: 1 }), due('b', NOW - 9_000, { bytes: 15 }), due('c', NOW)],
    20,
    { closed: ['a'] },
  ],
  ['what loads has not had its turn', [view('a', { state: 'loading', dueSince: 0 }), due('b', 0)], 10, {}],
  [
    'a load that nobody waits for is broken off',
    [view('a', { state: 'loading' }), due('b', NOW)],
    10,
    { unload: ['a'], closed: ['a'] },
  ],
  [
    'it waits for a place: loaded ahead where there is room',
    [there('a', { jobs: 1 }), view('b', { waiting: 1 })],
    20,
    { load: ['b'] },
  ],
  [
    '… and not at the cost of one that is waited for',
    [there('a', { waiting: 1 }), view('b', { waiting: 2 })],
    10,
    {},
  ],
  ['preloaded where there is room', [there('a'), view('b', { preload: true })], 20, { load: ['b'] }],
  ['… and not otherwise', [there('a'), view('b', { preload: true })], 19, {}],
  [
    'larger than all of it: alone',
    [there('a'), due('b', NOW, { bytes: 99 })],
    20,
    { unload: ['a'], closed: ['a'] },
  ],
  [
    'larger than all of it, and nothing else there',
    [view('a'), due('b', NOW, { bytes: 99 })],
    20,
    { load: ['b'] },
  ],
  [
    'they grew: the stalest goes',
    [there('a', { usedAt: 2 }), there('b', { usedAt: 1 })],
    15,
    { unload: ['b'], closed: ['b'] },
  ],
  ['… but not the last one', [there('a', { bytes: 99 })], 15, {}],
])('%s', (_, models, budget, expected) => {
  expect(movesOf(models, budget)).toEqual({ ...NOTHING, ...expected });
});

test('a turn is twice both loads, from 5 s to 5 min, and begins when it is loaded or the other one is due', () => {
  expect(turnMs({ loadMs: 10 }, { loadMs: 10 })).toBe(5_000);
  expect(turnMs({ loadMs: 3_000 }, { loadMs: 4_000 })).toBe(14_000);
  expect(turnMs({ loadMs: undefined }, { loadMs: 1_000_000 })).toBe(300_000);
  expect(turnEnds(there('a', { since: 50 }), due('b', 20))).toBe(5_050);
  expect(turnEnds(there('a', { since: 50 }), due('b', 80))).toBe(5_080);
});

test.each<[readonly ModelView[], string]>([
  [[there('a', { jobs: 1 }), there('b')], 'free'],
  [[there('a'), view('b')], 'free'],
  [[there('a', { jobs: 1 }), view('b')], 'after-jobs'],
  [[there('a', { waiting: 1 }), view('b')], 'after-jobs'],
  [[there('a', { sessions: 1 }), view('b')], 'unknown'],
  [[view('a', { state: 'unloading' }), view('b')], 'free'],
])('what stands before it, case %#', (models, outlook) => {
  expect(outlookOf(models, 'b', 10)).toBe(outlook);
});
