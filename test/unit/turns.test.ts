import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Share } from '../../shared/queue/port.ts';
import { createTurns, sharesOf } from '../../shared/queue/turns.ts';

const share = (id: string, weight = 1): Share => ({ id, weight });

test('turns are shared by weight, to within one turn, at every moment', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 300 }), (all, rounds) => {
      const shares = all.map((weight, index) => share(`t${index}`, weight));
      const total = all.reduce((sum, weight) => sum + weight, 0);
      const turns = createTurns();
      const had = new Map<string, number>();
      for (let round = 1; round <= rounds; round += 1) {
        const next = turns.take(shares);
        had.set(next?.id ?? '', (had.get(next?.id ?? '') ?? 0) + 1);
        for (const { id, weight } of shares) {
          // Stride scheduling: nobody is ahead by more than one turn of its own, or behind by more than its share
          // of one turn of each of the others.
          const due = (round * weight) / total;
          expect(had.get(id) ?? 0).toBeLessThan(due + 1.0001);
          expect(had.get(id) ?? 0).toBeGreaterThan(due - shares.length);
        }
      }
    }),
  );
});

test('who comes is next after the turn that runs, however heavy the others and however long they were alone', () => {
  const turns = createTurns();
  const long = share('long', 100);
  for (let round = 0; round < 1_000; round += 1) turns.take([long]);
  const clip = share('clip', 1);
  expect(turns.take([long, clip])).toBe(clip);
  // Nobody saves up turns while away: after its own it waits for the others' weight.
  const next = Array.from({ length: 100 }, () => turns.take([long, clip])?.id);
  expect(next.filter((id) => id === 'long').length).toBeGreaterThanOrEqual(99);
});

test('the order that is foretold is the order that comes', () => {
  const waiting = fc.array(
    fc.record({ id: fc.constantFrom('a', 'b', 'c'), before: fc.integer({ min: 0, max: 3 }) }),
    { minLength: 1, maxLength: 20 },
  );
  const weight = { a: 1, b: 2, c: 5 } as const;
  fc.assert(
    fc.property(waiting, (entries) => {
      const turns = createTurns();
      for (const { id, before } of entries) {
        for (let round = 0; round < before; round += 1) turns.take([share(id, weight[id])]);
      }
      const line = entries.map(({ id }, place) => ({ tenant: share(id, weight[id]), place }));
      const foretold = turns.order(line.map(({ tenant }) => tenant));
      const came: number[] = [];
      while (line.length > 0) {
        const next = turns.take(sharesOf(line));
        const at = line.findIndex(({ tenant }) => tenant.id === next?.id);
        came.push(...line.splice(at, 1).map(({ place }) => place));
      }
      expect(foretold).toEqual(came);
    }),
  );
});
