/** May it be sent: one question for everybody who waits for it, asked by one element, and what the element then says. */
import { describe, expect, test } from 'vitest';
import { ASKING_MS, createLeave } from '../../web/client/leave.ts';
import { stepsOf } from '../../web/client/rungs.ts';
import { siteConfigOf } from '../../web/client/site-config.ts';
import type { EngineStatus } from '../../web/client/transcriber.ts';
import { createDesk } from '../../web/element/consent-desk.ts';
import { CONSENT_WORDS } from '../../web/element/consent-words.ts';
import { engineTold } from '../../web/element/engine-told.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const never = new AbortController().signal;

describe('leave', () => {
  test('one answer is everybody’s, and holds; what is held is not asked', async () => {
    const clock = createVirtualClock();
    const leave = createLeave(clock);
    let told = 0;
    leave.subscribe(() => {
      told += 1;
    });
    const answers = Promise.all([leave.allowed(never), leave.allowed(never)]);
    expect([leave.asking, told]).toEqual([true, 1]);
    leave.answer(true);
    expect(await answers).toEqual([true, true]);
    expect([leave.asking, leave.held, told, clock.pending]).toEqual([false, true, 2, 0]);
    leave.hold(false);
    expect(await leave.allowed(never)).toBe(false);
    expect(told).toBe(2);
  });

  test('who goes is not sent, and takes nobody along; the question goes with the last', async () => {
    const clock = createVirtualClock();
    const leave = createLeave(clock);
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = [leave.allowed(first.signal), leave.allowed(second.signal)];
    first.abort();
    expect(await answers[0]).toBe(false);
    expect(leave.asking).toBe(true);
    second.abort();
    expect(await answers[1]).toBe(false);
    expect([leave.asking, leave.held, clock.pending]).toEqual([false, undefined, 0]);
    expect(await leave.allowed(first.signal)).toBe(false);
    expect(leave.asking).toBe(false);
  });

  test('nobody answers, or it is dismissed: a no that does not hold', async () => {
    const clock = createVirtualClock();
    const leave = createLeave(clock);
    const late = leave.allowed(never);
    await clock.advance(ASKING_MS - 1);
    expect(leave.asking).toBe(true);
    await clock.advance(1);
    expect(await late).toBe(false);
    const again = leave.allowed(never);
    expect(leave.asking).toBe(true);
    leave.dismiss();
    expect(await again).toBe(false);
    expect([leave.held, clock.pending]).toEqual([undefined, 0]);
  });
});

describe('the desk', () => {
  function world() {
    const desk = createDesk('sotto.example', createVirtualClock());
    const told: string[] = [];
    const answers: ((yes: boolean) => void)[] = [];
    const sit = (name: string) =>
      desk.sit({
        ask(answer) {
          told.push(`${name} asks`);
          answers.push(answer);
        },
        stop: () => told.push(`${name} stops`),
      });
    return { desk, told, answers, sit };
  }

  test('the first asks, alone; when it leaves, the next does', async () => {
    const { desk, told, answers, sit } = world();
    const leaveFirst = sit('first');
    sit('second');
    expect(told).toEqual([]);
    const asked = desk.leave.allowed(never);
    expect(told).toEqual(['first asks']);
    leaveFirst();
    expect(told.slice(1)).toEqual(['first stops', 'second asks']);
    answers[0]?.(true);
    expect(await asked).toBe(true);
    expect(told.slice(3)).toEqual(['second stops']);
  });

  test('a question that stood before anybody sat is asked; an answer after its time is none', async () => {
    const { desk, told, answers, sit } = world();
    const asked = desk.leave.allowed(never);
    sit('first');
    expect(told).toEqual(['first asks']);
    desk.leave.dismiss();
    expect(await asked).toBe(false);
    answers[0]?.(true);
    expect(desk.leave.held).toBeUndefined();
  });
});

describe('what the element says', () => {
  const en = CONSENT_WORDS.en;
  const told = (engine: EngineStatus) => engineTold(engine, 'sotto.example', en);
  const info = { model: 'm', device: 'cpu', dtype: 'q8', windowSeconds: 10, lanes: 1 } as const;

  test('the host is named while it is sent there, and not before', () => {
    for (const phase of ['consent', 'start'] as const) {
      expect(told({ name: 'loading', rung: 'server', progress: { phase } }).host).toBeUndefined();
    }
    expect(told({ name: 'ready', rung: 'server', info })).toMatchObject({
      host: 'sotto.example',
      rung: undefined,
    });
    expect(told({ name: 'restarting', rung: 'server' }).host).toBe('sotto.example');
    expect(told({ name: 'ready', rung: 'webgpu', info })).toMatchObject({ host: undefined, rung: 'WebGPU' });
    expect(told({ name: 'ready', rung: 'wasm', info }).rung).toBe('CPU');
  });

  test('what is waited for', () => {
    const waits = (position: number | undefined) =>
      told({ name: 'loading', rung: 'server', progress: { phase: 'queue', position, etaMs: undefined } })
        .doing;
    expect([waits(undefined), waits(0), waits(3)]).toEqual([en.full, en.next, en.before(3)]);
    expect(told({ name: 'loading', rung: 'server', progress: { phase: 'consent' } }).doing).toBe(en.asking);
    expect(told({ name: 'loading', rung: 'server', progress: undefined }).doing).toBe(
      en.connecting('sotto.example'),
    );
    const progress = { phase: 'download', file: 'f', loaded: 1, total: 3 } as const;
    expect(told({ name: 'loading', rung: 'wasm', progress })).toMatchObject({
      doing: undefined,
      fetched: 0.33,
    });
  });
});

test('the ladder’s words: known ones in their order, each once; the device where there are none', () => {
  expect(stepsOf('server, webgpu  server wasm')).toEqual(['server', 'webgpu', 'wasm']);
  expect(stepsOf('cloud')).toEqual(['webgpu', 'wasm']);
  expect(stepsOf('')).toEqual(['webgpu', 'wasm']);
});

test('a site says where its models are, and whether this page may use its server', () => {
  const hub = 'https://hub.example';
  expect(siteConfigOf({})).toBeUndefined();
  expect(siteConfigOf('<!doctype html>')).toBeUndefined();
  expect(siteConfigOf({ hub })).toEqual({ hub });
  expect(siteConfigOf({ hub, server: { windows: true, model: 'a' } })).toEqual({
    hub,
    server: { windows: true, models: ['a'] },
  });
  expect(siteConfigOf({ hub, server: { windows: false, refused: 'origin_refused' } })).toEqual({
    hub,
    refused: true,
  });
});
