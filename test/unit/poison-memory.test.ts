import { expect, test } from 'vitest';
import { createPoisonMemory, hashOfSamples, refusingPoison } from '../../server/engine/poison-memory.ts';
import type { EngineBatch, WindowReading } from '../../shared/asr/engine.ts';
import type { Outcome } from '../../shared/errors.ts';

const reading = (id: number): Outcome<WindowReading> => ({
  ok: true,
  value: { segments: [], tokens: [id], noSpeechProb: 0 },
});
const batch = (...ids: number[]): EngineBatch => ({
  windows: ids.map((id) => ({ samples: Float32Array.of(id) })),
  options: { task: 'transcribe' },
});
const shown = (outcomes: readonly Outcome<WindowReading>[]) =>
  outcomes.map((outcome) => (outcome.ok ? outcome.value.tokens[0] : outcome.error.code));

test('what killed engines is refused at once the next time, alone or among others', async () => {
  const runs: (number | undefined)[][] = [];
  const run = refusingPoison(async ({ windows }) => {
    const ids = windows.map(({ samples }) => samples[0]);
    runs.push(ids);
    return ids.map((id) => (id === 2 ? { ok: false, error: { code: 'poison' } } : reading(id ?? -1)));
  }, createPoisonMemory());
  const signal = new AbortController().signal;
  expect(shown(await run(batch(1, 2, 3), signal))).toEqual([1, 'poison', 3]);
  expect(shown(await run(batch(2), signal))).toEqual(['poison']);
  expect(shown(await run(batch(4, 2, 5), signal))).toEqual([4, 'poison', 5]);
  expect(runs).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
});

test('other failures are not remembered', async () => {
  let failing = true;
  const run = refusingPoison(
    async ({ windows }) =>
      windows.map(() => (failing ? { ok: false, error: { code: 'cancelled' } } : reading(1))),
    createPoisonMemory(),
  );
  const signal = new AbortController().signal;
  expect(shown(await run(batch(1), signal))).toEqual(['cancelled']);
  failing = false;
  expect(shown(await run(batch(1), signal))).toEqual([1]);
});

test('the memory is bounded, and keeps what is asked for', () => {
  const memory = createPoisonMemory(2);
  memory.remember('a');
  memory.remember('b');
  expect(memory.has('a')).toBe(true);
  memory.remember('c');
  expect([memory.has('a'), memory.has('b'), memory.has('c'), memory.size]).toEqual([true, false, true, 2]);
  memory.clear();
  expect([memory.has('a'), memory.size]).toEqual([false, 0]);
});

test('a hash is of the samples seen, not of the buffer behind them', () => {
  const samples = Float32Array.of(0, 1, 2, 3);
  expect(hashOfSamples(samples.subarray(1, 3))).toBe(hashOfSamples(Float32Array.of(1, 2)));
  expect(hashOfSamples(samples.subarray(0, 2))).not.toBe(hashOfSamples(samples.subarray(1, 3)));
  // SHA-256 of the four bytes of 1.0 as a little-endian float
  expect(hashOfSamples(Float32Array.of(1))).toBe(
    'e00e5eb9444182f352323374ef4e08ebcb784725fdd4fd612d7730540b3e0c8c',
  );
});
