import { expect, test } from 'vitest';
import { createServerEngine, type ServerEngineOptions } from '../../server/engine/server-engine.ts';
import type { DeviceProbe } from '../../server/service/port.ts';
import type { EngineBatch } from '../../shared/asr/engine.ts';
import { createFakeHost, type FakeHost, type FakeScript } from '../support/fake-host.ts';
import { SERVER_OPTIONS } from '../support/server-engine.ts';
import { idsOf, killedBy } from '../support/supervisor-world.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const CPU: readonly DeviceProbe[] = [{ device: 'cpu', outcome: 'chosen' }];
const CUDA: readonly DeviceProbe[] = [
  { device: 'cuda', outcome: 'chosen' },
  { device: 'webgpu', outcome: 'not-tried' },
  { device: 'cpu', outcome: 'not-tried' },
];

/** The composition over fake hosts, in the order in which they were made. */
async function engineOver(
  script: (nth: number, device: string) => FakeScript,
  options: Partial<ServerEngineOptions> = {},
  probes = CPU,
  fingerprint = async () => 'unchanged',
) {
  const clock = createVirtualClock();
  const hosts: FakeHost[] = [];
  const devices: string[] = [];
  const engine = await createServerEngine(
    { ...SERVER_OPTIONS, spares: 0, ...options },
    {
      clock,
      probe: async () => probes,
      fingerprint,
      createHost({ device }) {
        const host = createFakeHost(clock, script(hosts.length, device));
        hosts.push(host);
        devices.push(device);
        return host;
      },
    },
  );
  const run = async (...ids: number[]) => {
    const batch: EngineBatch = {
      windows: ids.map((id) => ({ samples: Float32Array.of(id) })),
      options: { task: 'transcribe' },
    };
    const running = engine.run(batch, new AbortController().signal);
    await clock.advance(60_000);
    return (await running).map((outcome) => (outcome.ok ? outcome.value.tokens[0] : outcome.error.code));
  };
  return { engine, clock, hosts, devices, run };
}

test('it is started without being asked, and started again when it dies idle', async () => {
  const { engine, clock, hosts } = await engineOver(() => ({}));
  const replaced: unknown[] = [];
  engine.observe((event) => replaced.push(event));
  await clock.advance(0);
  expect([hosts.length, engine.status().state.name]).toEqual([1, 'ready']);
  hosts[0]?.crash('engine_exited');
  await clock.advance(0);
  expect([hosts.length, engine.status().state.name]).toEqual([2, 'ready']);
  expect(replaced).toEqual([{ reason: 'exit', ms: 0 }]);
  await engine.close();
  expect(hosts.filter((host) => host.alive)).toEqual([]);
});

test('one that dies whenever it is started is started at ever longer intervals', async () => {
  const { engine, clock, hosts } = await engineOver(() => ({}));
  await clock.advance(0);
  for (let minute = 0; minute < 600; minute += 1) {
    hosts.at(-1)?.crash('engine_exited');
    await clock.advance(1_000);
  }
  expect(hosts.length).toBeLessThan(30);
  await engine.close();
});

test('a process that is killed while it loads is started again, a few times and further apart', async () => {
  const killed: FakeScript = { start: { do: 'exit', code: 'engine_exited' } };
  const lucky = await engineOver((nth) => (nth < 4 ? killed : {}));
  await lucky.clock.advance(60_000);
  expect([lucky.hosts.length, lucky.engine.status().state.name]).toEqual([5, 'ready']);
  const never = await engineOver(() => killed);
  await never.clock.advance(600_000);
  expect([never.hosts.length, never.engine.status().state]).toEqual([
    5,
    { name: 'failed', error: { code: 'engine_unavailable', detail: 'engine_exited' } },
  ]);
  for (const { engine } of [lucky, never]) await engine.close();
});

test('a start that fails is not repeated, whoever asks; an operator may', async () => {
  const { engine, clock, hosts, run } = await engineOver((nth) =>
    nth === 0 ? { start: { do: 'reject', code: 'model_load_failed' } } : {},
  );
  await clock.advance(0);
  expect(await run(1, 2)).toEqual(['engine_unavailable', 'engine_unavailable']);
  await expect(engine.ready()).rejects.toMatchObject({ code: 'engine_unavailable' });
  await clock.advance(600_000);
  expect([hosts.length, engine.status().state]).toEqual([
    1,
    { name: 'failed', error: { code: 'engine_unavailable', detail: 'model_load_failed' } },
  ]);
  const restarted = engine.restart();
  await clock.advance(0);
  expect((await restarted).model).toBe('fake');
  expect(await run(3)).toEqual([3]);
  await engine.close();
  expect(clock.pending).toBe(0);
});

test('a model that is put into its folder is tried once it has been copied, and once only', async () => {
  let files = 'none';
  const { engine, clock, hosts } = await engineOver(
    (nth) => (nth < 2 ? { start: { do: 'reject', code: 'model_not_found' } } : {}),
    {},
    CPU,
    async () => files,
  );
  await clock.advance(60_000);
  expect(hosts).toHaveLength(1);
  for (files of ['a part', 'more']) await clock.advance(5_000);
  expect(hosts, 'it is still growing').toHaveLength(1);
  await clock.advance(60_000);
  expect([hosts.length, engine.status().state.name]).toEqual([2, 'failed']);
  files = 'all of it';
  await clock.advance(10_000);
  expect([hosts.length, engine.status().state.name]).toEqual([3, 'ready']);
  await engine.close();
  expect(clock.pending).toBe(0);
});

test('what kills engines is refused as poison, remembered, and takes the GPU from nobody', async () => {
  const { engine, clock, hosts, devices, run } = await engineOver(() => ({ run: killedBy(2) }), {}, CUDA);
  await clock.advance(0);
  expect(await run(1, 2, 3)).toEqual([1, 'poison', 3]);
  const before = hosts.length;
  expect(await run(2)).toEqual(['poison']);
  expect(await run(4, 2)).toEqual([4, 'poison']);
  expect([hosts.length, new Set(devices)]).toEqual([before, new Set(['cuda'])]);
  await engine.close();
});

test('a device that was probed well and whose engine does not start is left for the CPU, and says why', async () => {
  const { engine, clock } = await engineOver(
    (_, device) => (device === 'cuda' ? { start: { do: 'reject', code: 'self_test_failed' } } : {}),
    {
      device: 'auto',
    },
    CUDA,
  );
  await clock.advance(0);
  expect(engine.status().devices).toEqual([
    { device: 'cuda', outcome: 'unavailable', detail: 'self_test_failed' },
    { device: 'webgpu', outcome: 'not-tried' },
    { device: 'cpu', outcome: 'chosen' },
  ]);
  expect(engine.status().state).toMatchObject({ name: 'ready', rung: 'cpu' });
  await engine.close();
});

test('a device that was asked for is not left', async () => {
  const { engine, clock, devices } = await engineOver(
    () => ({ start: { do: 'exit', code: 'out_of_memory' } }),
    { device: 'cuda' },
    CUDA,
  );
  await clock.advance(600_000);
  expect([new Set(devices), engine.status().state.name]).toEqual([new Set(['cuda']), 'failed']);
  await engine.close();
});

test('where no device works, that is said and nothing is started', async () => {
  const probes: DeviceProbe[] = [{ device: 'cpu', outcome: 'unavailable', detail: 'no such library' }];
  const { engine, clock, hosts, run } = await engineOver(() => ({}), {}, probes);
  await clock.advance(0);
  expect(await run(1)).toEqual(['engine_unavailable']);
  expect([hosts.length, engine.status().state]).toMatchObject([
    0,
    { error: { detail: expect.stringContaining('cpu: no such library') } },
  ]);
  await engine.close();
});

test('it reads one model, and knows of no other', async () => {
  const { engine, clock } = await engineOver(() => ({}));
  await clock.advance(0);
  const window = { samples: Float32Array.of(1) };
  const outcomes = await engine.run(
    { windows: [window], options: { task: 'transcribe', model: 'another' } },
    new AbortController().signal,
  );
  expect(outcomes).toEqual([{ ok: false, error: { code: 'model_unknown', detail: 'another' } }]);
  await engine.close();
  await expect(createServerEngine({ ...SERVER_OPTIONS, model: '../x' })).rejects.toMatchObject({
    code: 'model_unknown',
  });
});

test('recycling fails nothing', async () => {
  const seen: number[] = [];
  const { engine, clock, run } = await engineOver(
    () => ({
      run(batch) {
        seen.push(...idsOf(batch));
        return { do: 'succeed', ms: 5 };
      },
    }),
    { spares: 1, limits: { recycleWindows: 2 } },
  );
  await clock.advance(0);
  expect(await run(1, 2)).toEqual([1, 2]);
  expect(await run(3, 4)).toEqual([3, 4]);
  expect([seen, engine.status().restarts.recycle, engine.status().spare]).toEqual([[1, 2, 3, 4], 2, 'ready']);
  await engine.close();
});
