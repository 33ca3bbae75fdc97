import { describe, expect, test } from 'vitest';
import type { EngineInfo } from '../../shared/asr/engine.ts';
import { ERRORS, type ErrorCode } from '../../shared/errors.ts';
import type { SupervisorState } from '../../shared/host/events.ts';
import {
  afterDeath,
  afterFailedStart,
  backoff,
  DEFAULT_LIMITS,
  mayComeBack,
} from '../../shared/host/policy.ts';
import { type SupervisorEvent, transition } from '../../shared/host/transitions.ts';
import { FAKE_INFO } from '../support/fake-host.ts';

describe('policy', () => {
  test('only failures of the model files keep the rung', () => {
    const stays = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => afterFailedStart(code) === 'stay');
    expect(stays.toSorted()).toEqual([
      'cancelled',
      'model_incomplete',
      'model_not_found',
      'model_offline',
      'model_source_failed',
      'model_unknown',
    ]);
  });

  test('a death while starting may be chance, so often as the limits say; a reason given is believed', () => {
    const decided = (code: ErrorCode, failed: number) => afterFailedStart(code, failed, 3);
    expect([1, 2, 3].map((failed) => decided('engine_exited', failed))).toEqual([
      'again',
      'again',
      'next-rung',
    ]);
    expect(decided('self_test_failed', 1)).toBe('next-rung');
    expect(afterFailedStart('engine_exited')).toBe('next-rung');
  });

  test.each([
    [1, 1, true, 'retry'],
    [1, 1, false, 'retry'],
    [2, 2, true, 'next-rung'],
    [2, 2, false, 'poison'],
    [1, 5, false, 'retry'],
    [1, 6, true, 'next-rung'],
    [2, 6, false, 'give-up'],
  ] as const)(
    '%i strikes, %i deaths in a row, lower rung %s: %s',
    (strikes, deathsInARow, hasLowerRung, expected) => {
      const death = { code: 'engine_exited', strikes, deathsInARow, hasLowerRung } as const;
      expect(afterDeath(death, { maxDeathsInARow: 6 })).toBe(expected);
    },
  );

  test('a host that gave up its own tries condemns the rung at once', () => {
    const death = { code: 'server_unreachable', strikes: 1, deathsInARow: 1 } as const;
    expect(afterDeath({ ...death, hasLowerRung: true }, { maxDeathsInARow: 6 })).toBe('next-rung');
    expect(afterDeath({ ...death, hasLowerRung: false }, { maxDeathsInARow: 6 })).toBe('give-up');
  });

  test('what is true of a device stays true; what was lost may come back', () => {
    const back: ErrorCode[] = ['device_lost', 'engine_exited', 'engine_timeout', 'server_unreachable'];
    const lasting: ErrorCode[] = ['no_adapter', 'self_test_failed', 'model_too_big', 'server_declined'];
    expect(back.filter(mayComeBack)).toEqual(back);
    expect(lasting.filter(mayComeBack)).toEqual([]);
  });

  test('the first restart is immediate, then the list, its last repeated', () => {
    expect([0, 1, 2, 3, 4, 9].map((deaths) => backoff(deaths, [100, 400]))).toEqual([
      0, 0, 100, 400, 400, 400,
    ]);
    expect(backoff(5, [])).toBe(0);
  });

  test('the default run deadline grows with what is read, and counts the padding of short windows', () => {
    const batch = (...seconds: number[]) => ({
      windows: seconds.map((s) => ({ samples: new Float32Array(s * 16_000) })),
      options: { task: 'transcribe' as const },
    });
    const ms = (...seconds: number[]) => DEFAULT_LIMITS.runDeadlineMs(batch(...seconds), FAKE_INFO);
    expect(ms(1)).toBe(ms(10));
    expect(ms(1, 1)).toBeGreaterThan(ms(1));
  });
});

describe('transitions', () => {
  const info: EngineInfo = FAKE_INFO;
  const error = { code: 'internal' } as const;
  const states: readonly SupervisorState[] = [
    { name: 'idle' },
    { name: 'starting', rung: 'wasm', progress: undefined },
    { name: 'ready', rung: 'wasm', info },
    { name: 'backing-off', rung: 'wasm', ms: 1 },
    { name: 'failed', error },
    { name: 'closed' },
  ];
  const events: readonly SupervisorEvent[] = [
    { type: 'start', rung: 'wasm' },
    { type: 'progress', progress: { phase: 'start' } },
    { type: 'started', info },
    { type: 'took-over', rung: 'wasm', info },
    { type: 'back-off', rung: 'wasm', ms: 1 },
    { type: 'stop' },
    { type: 'fail', error },
    { type: 'close' },
  ];

  test('the whole table; "-" changes nothing', () => {
    const table = states.map((state) =>
      [
        state.name,
        ...events.map((event) => {
          const next = transition(state, event);
          return next === state ? '-' : next.name;
        }),
      ].join(' '),
    );
    expect(table).toEqual([
      'idle starting - - ready backing-off - failed closed',
      'starting starting starting ready ready backing-off idle failed closed',
      'ready - - - ready backing-off idle failed closed',
      'backing-off starting - - ready backing-off idle failed closed',
      'failed starting - - - backing-off - - closed',
      'closed - - - - - - - -',
    ]);
  });
});
