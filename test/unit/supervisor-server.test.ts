/** The supervisor with a server in the middle of its ladder, over fakes. */
import { expect, test } from 'vitest';
import { SottoError } from '../../shared/errors.ts';
import { createEngineRoom } from '../../web/client/engine-room.ts';
import { fakeRung } from '../support/fake-host.ts';
import { idsOf, killedBy, world } from '../support/supervisor-world.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

test('webgpu killed twice, then a server that is lost: each window is read once, in the end by wasm', async () => {
  let served = 0;
  const { clock, run, runs, changes, violations } = world([
    ['webgpu', [{ run: killedBy(2) }]],
    [
      'server',
      [
        {
          run: () => {
            served += 1;
            return served < 2
              ? { do: 'succeed', ms: 10 }
              : { do: 'exit', code: 'server_unreachable', ms: 10 };
          },
        },
      ],
    ],
    ['wasm', []],
  ]);
  const running = run(1, 2, 3, 4);
  await clock.advance(5_000);
  expect(running.result).toEqual([1, 2, 3, 4]);
  expect(changes.map(({ from, to, error }) => [from, to, error.code])).toEqual([
    ['webgpu', 'server', 'device_lost'],
    ['server', 'wasm', 'server_unreachable'],
  ]);
  const read = runs.filter(({ end }) => end === 'read').flatMap(({ ids }) => ids);
  expect(read.toSorted()).toEqual([1, 2, 3, 4]);
  // A server that gave up is not tried a second time for the same window.
  expect(runs.filter(({ rung, end }) => rung === 'server' && end !== 'read')).toHaveLength(1);
  expect(violations).toEqual([]);
});

test('a server that is declined or full goes on to the next; with none left it fails with its reason', async () => {
  const declined = world([
    ['server', [{ start: { do: 'reject', code: 'server_declined' } }]],
    ['wasm', []],
  ]);
  const running = declined.run(1);
  await declined.clock.advance(1_000);
  expect(running.result).toEqual([1]);
  const alone = world([['server', [{ run: () => ({ do: 'exit', code: 'server_unreachable' }) }]]]);
  const failed = alone.run(1, 2);
  await alone.clock.advance(1_000);
  expect(failed.result).toEqual(['engine_unavailable', 'engine_unavailable']);
  expect(alone.runs).toHaveLength(1);
});

test('poison said by an engine that lives on is that window’s outcome; the engine stays', async () => {
  const { clock, run, hosts, changes } = world([
    [
      'server',
      [
        {
          run: (batch) =>
            idsOf(batch).includes(2) ? { do: 'reject', code: 'poison', ms: 5 } : { do: 'succeed', ms: 5 },
        },
      ],
    ],
    ['wasm', []],
  ]);
  const running = run(1, 2, 3);
  await clock.advance(1_000);
  expect(running.result).toEqual([1, 'poison', 3]);
  expect([hosts.length, changes]).toEqual([1, []]);
});

test('leave: in mid-run the windows go on below without blame; from a rung it does not stand on, nothing', async () => {
  const { clock, run, runs, supervisor, changes } = world([
    ['webgpu', [{ run: () => ({ do: 'succeed', ms: 90 }) }]],
    ['server', []],
  ]);
  const running = run(1, 2);
  await clock.advance(40);
  supervisor.leave('server', new SottoError('too_slow'));
  supervisor.leave('webgpu', new SottoError('too_slow'));
  supervisor.leave('webgpu', new SottoError('too_slow'));
  await clock.advance(1_000);
  expect(running.result).toEqual([1, 2]);
  expect(changes.map(({ from, to, error }) => [from, to, error.code])).toEqual([
    ['webgpu', 'server', 'too_slow'],
  ]);
  expect(runs.map(({ rung, end }) => [rung, end])).toEqual([
    ['webgpu', 'engine_exited'],
    ['server', 'read'],
  ]);
  // Below the last there is nothing to go to.
  supervisor.leave('server', new SottoError('too_slow'));
  expect(changes).toHaveLength(1);
});

test('between jobs it climbs back past what may work again, never to what cannot', async () => {
  const clock = createVirtualClock();
  const started: string[] = [];
  let climbs = 0;
  const rung = (id: 'webgpu' | 'server' | 'wasm', fails?: 'no_adapter' | 'server_unreachable') => {
    const fake = fakeRung(id, clock, fails === undefined ? [] : [{ start: { do: 'reject', code: fails } }]);
    return {
      id,
      create() {
        started.push(id);
        return fake.create();
      },
    };
  };
  const room = createEngineRoom({
    rungs: () => [rung('webgpu', 'no_adapter'), rung('server', 'server_unreachable'), rung('wasm')],
    onState: () => {},
    onChange: () => {},
    onClimb: () => {
      climbs += 1;
    },
  });
  const signal = new AbortController().signal;
  const job = async () => {
    const release = await room.claim('m', signal);
    const ready = room.ready('m', signal);
    await clock.advance(10);
    await ready;
    return release;
  };
  const first = await job();
  expect(started).toEqual(['webgpu', 'server', 'wasm']);
  const second = await job();
  expect(started).toHaveLength(3);
  first();
  second();
  expect(climbs).toBe(0);
  (await job())();
  expect(climbs).toBe(1);
  expect(started.slice(3)).toEqual(['server', 'wasm']);
  await room.close();
});
