import { expect, test } from 'vitest';
import type { Ear } from '../../web/client/ear.ts';
import { createEars } from '../../web/client/ears.ts';

function world() {
  const made: { dead: boolean; closed: boolean }[] = [];
  const ears = createEars(() => {
    const state = { dead: false, closed: false };
    made.push(state);
    return {
      get dead() {
        return state.dead;
      },
      open: () => Promise.reject(new Error('not asked for')),
      listen: () => Promise.reject(new Error('not asked for')),
      finish: async () => undefined,
      close: () => {
        state.closed = true;
      },
    } satisfies Ear;
  });
  return { made, ears };
}

test('one is ready at most, and taken once', () => {
  const { made, ears } = world();
  ears.makeReady();
  ears.makeReady();
  expect(made.length).toBe(1);
  const first = ears.take();
  expect(made.length).toBe(1);
  expect(ears.take()).not.toBe(first);
  expect(made.length).toBe(2);
});

test('one that died while it waited is not handed out', () => {
  const { made, ears } = world();
  ears.makeReady();
  made[0]!.dead = true;
  expect(ears.take().dead).toBe(false);
  ears.makeReady();
  made[2]!.dead = true;
  ears.makeReady();
  expect(made.length).toBe(4);
});

test('what waits is ended with the rest', () => {
  const { made, ears } = world();
  ears.makeReady();
  ears.close();
  expect(made[0]!.closed).toBe(true);
});
