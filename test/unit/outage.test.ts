import { describe, expect, it } from 'vitest';
import type { ServerEngine } from '../../server/engine/server-engine.ts';
import type { DecoderHost } from '../../server/media/decoder-host.ts';
import { type EnginePast, refusalOf, standingOf } from '../../server/pool/outage.ts';
import { createTranscriptionService } from '../../server/service/service.ts';
import type { EngineInfo } from '../../shared/asr/engine.ts';
import type { Replacement, SupervisorState } from '../../shared/host/events.ts';
import { SERVICE_OPTIONS } from '../support/service.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const INFO: EngineInfo = { model: 'sotto-demo-en', device: 'cpu', dtype: 'q8', windowSeconds: 10, lanes: 1 };
const READY: SupervisorState = { name: 'ready', rung: 'cpu', info: INFO };
const STARTING: SupervisorState = { name: 'starting', rung: 'cpu', progress: undefined };
const IDLE: SupervisorState = { name: 'idle' };
const FAILED: SupervisorState = { name: 'failed', error: { code: 'model_not_found', detail: 'x.onnx' } };
const backingOff = (ms: number): SupervisorState => ({ name: 'backing-off', rung: 'cpu', ms });

const NEVER: EnginePast = { served: false, startMs: undefined, goneSince: undefined };
const SERVED: EnginePast = { served: true, startMs: 2_000, goneSince: 1_000 };

describe('where a newcomer stands', () => {
  it.each<[string, SupervisorState, EnginePast, ReturnType<typeof standingOf>]>([
    ['the first start may be waited for', STARTING, NEVER, { name: 'open' }],
    ['before it', IDLE, NEVER, { name: 'open' }],
    ['after a first start that died', backingOff(500), NEVER, { name: 'open' }],
    ['an engine that is there', READY, SERVED, { name: 'open' }],
    ['closed: the gate says so', { name: 'closed' }, SERVED, { name: 'open' }],
    ['started again', STARTING, SERVED, { name: 'restarting', etaMs: 1_500 }],
    ['to be started again', IDLE, SERVED, { name: 'restarting', etaMs: 1_500 }],
    ['after a pause', backingOff(8_000), SERVED, { name: 'restarting', etaMs: 9_500 }],
    [
      'later than it usually is',
      STARTING,
      { ...SERVED, goneSince: -9_000 },
      { name: 'restarting', etaMs: 0 },
    ],
    ['never measured', STARTING, { ...SERVED, startMs: undefined }, { name: 'restarting', etaMs: undefined }],
    ['given up', FAILED, SERVED, FAILED],
  ])('%s', (_name, state, past, standing) => {
    expect(standingOf(state, past, 1_500)).toEqual(standing);
  });

  it('is refused so that it comes back, or told why not', () => {
    expect(refusalOf({ name: 'open' })).toBeUndefined();
    expect(refusalOf({ name: 'restarting', etaMs: 5 })).toMatchObject({ code: 'engine_exited' });
    expect(refusalOf(FAILED)).toMatchObject({
      code: 'engine_unavailable',
      detail: 'model_not_found: x.onnx',
    });
  });
});

describe('a service whose engine comes and goes', () => {
  async function world() {
    const clock = createVirtualClock();
    let state: SupervisorState = STARTING;
    let tell: (replacement: Replacement) => void = () => undefined;
    let ready: () => void = () => undefined;
    const engine: ServerEngine = {
      run: () => Promise.resolve([]),
      lanes: () => 1,
      ready: () =>
        new Promise((resolve) => {
          ready = () => resolve(INFO);
        }),
      status: () => ({
        state,
        devices: [],
        spare: 'none',
        restarts: { exit: 0, hang: 0, memory: 0, recycle: 0 },
      }),
      observe(listener) {
        tell = listener;
        return () => undefined;
      },
      close: async () => undefined,
    };
    const decoder: DecoderHost = {
      decode() {
        throw new Error('nothing is decoded here');
      },
      restarts: 0,
      pids: () => [],
      close: async () => undefined,
    };
    const service = await createTranscriptionService(SERVICE_OPTIONS, { engine, decoder, clock });
    return {
      clock,
      service,
      async started() {
        ready();
        await clock.advance(0);
        state = READY;
      },
      dies: () => {
        state = backingOff(0);
      },
      isBack(ms: number) {
        state = READY;
        tell({ reason: 'exit', ms });
      },
    };
  }

  it('queues during the first start, refuses with the time it takes while there is none, and queues again', async () => {
    const { clock, service, started, dies, isBack } = await world();
    const reserve = () => service.reserve().release();
    reserve();
    expect(service.status().etaMs).toBeUndefined();
    await clock.advance(3_000);
    await started();
    reserve();
    dies();
    expect(reserve).toThrow(expect.objectContaining({ code: 'engine_exited' }));
    await clock.advance(1_000);
    expect(service.status().etaMs).toBe(2_000);
    // What was accepted before waits for the engine.
    service.reserve({ force: true }).release();
    isBack(2_500);
    reserve();
    dies();
    expect(reserve).toThrow(expect.objectContaining({ code: 'engine_exited' }));
    expect(service.status().etaMs).toBe(2_500);
    await service.close();
  });
});
