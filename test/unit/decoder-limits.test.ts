import { describe, expect, test } from 'vitest';
import { breachOf, certainlyTooLong, DEFAULT_LIMITS, type DecoderUse } from '../../server/media/limits.ts';
import { processUse } from '../../server/media/process-use.ts';

const CALM: DecoderUse = { wanted: true, silentMs: 0, cpuMs: 100, residentMb: 150, seconds: 10 };
const { stallMs, cpuFloorMs, cpuMsPerSecond, memoryMb } = DEFAULT_LIMITS;

describe('the limits of a decoder', () => {
  test.each<[string, Partial<DecoderUse>, 'stalled' | 'costly' | undefined]>([
    ['nothing unusual', {}, undefined],
    ['silent just as long as it may', { silentMs: stallMs }, undefined],
    ['silent for longer while windows are wanted', { silentMs: stallMs + 1 }, 'stalled'],
    ['silent because nobody wants anything', { silentMs: stallMs + 1, wanted: false }, undefined],
    ['busy within what the sound allows', { cpuMs: cpuFloorMs + 10 * cpuMsPerSecond }, undefined],
    ['busier than that', { cpuMs: cpuFloorMs + 10 * cpuMsPerSecond + 1 }, 'costly'],
    ['as busy, for more sound', { cpuMs: cpuFloorMs + 11 * cpuMsPerSecond, seconds: 11 }, undefined],
    ['too much memory', { residentMb: memoryMb + 1 }, 'costly'],
    ['unknown use', { cpuMs: undefined, residentMb: undefined }, undefined],
  ])('%s', (_, use, kind) => {
    const breach = breachOf({ ...CALM, ...use }, DEFAULT_LIMITS);
    expect(breach?.kind).toBe(kind);
    if (kind !== undefined) expect(breach?.error.code).toBe('decoder_failed');
  });

  test.each([
    [undefined, 1e9, false],
    [3_600, 1e9, false],
    [3_601, 3_601 * 125, true],
    [3_601, 3_601 * 125 - 1, false],
    [1e9, 50_000, false],
  ])(
    'a file that says %s seconds and has %d bytes is too long for an hour: %s',
    (stated, bytes, expected) => {
      expect(certainlyTooLong(stated, bytes, 3_600)).toBe(expected);
    },
  );
});

test.runIf(process.platform === 'linux')('the use of a process is read from the system', async () => {
  const before = await processUse(process.pid);
  const until = performance.now() + 200;
  while (performance.now() < until) Math.sqrt(until);
  const after = await processUse(process.pid);
  expect((after.cpuMs ?? 0) - (before.cpuMs ?? 0)).toBeGreaterThan(0);
  expect(after.residentMb).toBeGreaterThan(10);
  expect(await processUse(2 ** 22 + 1)).toEqual({ cpuMs: undefined, residentMb: undefined });
});
