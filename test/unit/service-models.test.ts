/** The service with several models: its gate, reservations and sessions over a pool of fake engines, under a virtual clock. */
import { afterEach, expect, test } from 'vitest';
import type { DecoderHost } from '../../server/media/decoder-host.ts';
import type { ServiceEvent, TranscribeRequest, TranscriptionService } from '../../server/service/port.ts';
import { createTranscriptionService } from '../../server/service/service.ts';
import type { QueuePlace } from '../../shared/queue/port.ts';
import {
  bytesOf,
  createFakeEngines,
  MODELS,
  type ModelId,
  type ModelScript,
  WINDOW_MS,
} from '../support/fake-engines.ts';
import { SERVICE_OPTIONS } from '../support/service.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';

const [OWN, OTHER] = MODELS;

/** A file is as many windows as its name says. */
const DECODER: DecoderHost = {
  decode({ path }) {
    const seconds = Number(path);
    async function* windows() {
      for (let index = 0; index < seconds; index += 1) {
        const span = { start: index, end: index + 1, speechStart: index, speechEnd: index + 1 };
        yield { index, samples: new Float32Array(16_000), ...span };
      }
    }
    return { windows: windows(), seconds, busyMs: 0 };
  },
  restarts: 0,
  pids: () => [],
  close: async () => undefined,
};

let open: { service: TranscriptionService; clock: VirtualClock } | undefined;
afterEach(async () => {
  const closing = open?.service.close();
  await open?.clock.advance(1_000);
  await closing;
});

/** Memory for one of them; its own is loaded. */
async function world(scripts: Partial<Record<ModelId, ModelScript>> = {}) {
  const clock = createVirtualClock();
  const memoryBytes = Math.max(bytesOf(OWN), bytesOf(OTHER));
  const engines = createFakeEngines(clock, memoryBytes, scripts);
  const service = await createTranscriptionService(
    { ...SERVICE_OPTIONS, models: { others: [OTHER], preload: [], memoryBytes } },
    { clock, decoder: DECODER, pool: engines.parts },
  );
  open = { service, clock };
  const events: ServiceEvent[] = [];
  service.observe((event) => events.push(event));
  await clock.advance(1_000);
  const read = (model: string, seconds: number, more: Partial<TranscribeRequest> = {}) =>
    service.reserve().transcribe({
      ...{ path: String(seconds), model, options: { task: 'transcribe' } },
      signal: new AbortController().signal,
      ...more,
    });
  return { clock, service, events, read, loads: engines.loads };
}

const finalWindow = {
  window: { samples: new Float32Array(16_000) },
  options: { task: 'transcribe' },
  kind: { name: 'final' },
} as const;

test('who asks for another model waits for its place and the load, longer than for a place alone, and is told so', async () => {
  const { clock, service, events, read } = await world();
  // What a job takes is known from then on.
  const first = read(OWN, 2);
  await clock.advance(2_000);
  await first;
  const long = read(OWN, 15);
  const places: QueuePlace[] = [];
  const reservation = service.reserve();
  const other = reservation.transcribe({
    ...{ path: '1', model: OTHER, options: { task: 'transcribe' } },
    signal: new AbortController().signal,
    onPlace: (place) => places.push(place),
  });
  await clock.advance(15 * WINDOW_MS);
  await long;
  expect(reservation.place.position).toBe(0);
  expect(reservation.place.etaMs).toBeGreaterThan(900);
  await clock.advance(3_000);
  // ASR_MAX_WAIT_MS is 8 s.
  expect((await other).timings.waitMs).toBeGreaterThan(8_000);
  expect(places[0]?.etaMs).toBeGreaterThan(1_000);
  expect(events).toContainEqual({ type: 'model-wait', model: OTHER, ms: expect.closeTo(1_050, -2) });
  expect(service.status()).toMatchObject({
    engine: { name: 'ready', info: { model: OTHER } },
    models: [
      { id: OWN, state: 'available' },
      { id: OTHER, state: 'loaded', memoryBytes: bytesOf(OTHER) },
    ],
  });
});

test('a load that takes much longer than expected ends the wait, and leaves the line free', async () => {
  const { clock, service, read, loads } = await world({ [OTHER]: { loadMs: 60_000 } });
  const other = read(OTHER, 1);
  other.catch(() => undefined);
  await clock.advance(8_000);
  expect(service.status().admission.waiting).toBe(1);
  await clock.advance(5_000);
  await expect(other).rejects.toMatchObject({ code: 'queue_timeout' });
  expect(service.status().admission).toMatchObject({ active: 0, waiting: 0 });
  const own = read(OWN, 1);
  await clock.advance(3_000);
  await own;
  expect(loads).toEqual([OWN, OTHER, OWN]);
});

test('a session has its model, keeps it while it is heard, and asks for it again; drafts do not wait for that', async () => {
  const { clock, service, read, loads } = await world();
  const { signal } = new AbortController();
  const session = service.openSession({ model: OTHER, priority: 'live', signal });
  // Nothing is loaded for one that only connects.
  await clock.advance(1_000);
  expect(loads).toEqual([OWN]);
  const ready = session.ready();
  await clock.settle();
  expect(session.place.etaMs).toBeGreaterThan(900);
  await clock.advance(2_000);
  expect(await ready).toMatchObject({ model: OTHER });
  const own = read(OWN, 1, { maxWaitMs: Number.POSITIVE_INFINITY });
  const first = session.read(finalWindow);
  await clock.advance(30_000);
  expect(await first).toBeDefined();
  expect(loads).toEqual([OWN, OTHER]);
  // Silent for a minute.
  await clock.advance(40_000);
  await own;
  expect(loads).toEqual([OWN, OTHER, OWN]);
  expect(await session.read({ ...finalWindow, kind: { name: 'partial', key: '1' } })).toBeUndefined();
  const again = session.read(finalWindow);
  await clock.advance(3_000);
  expect(await again).toBeDefined();
  expect(loads).toEqual([OWN, OTHER, OWN, OTHER]);
  session.leave();
  const unknown = { model: 'none/such', priority: 'live', signal } as const;
  expect(() => service.openSession(unknown)).toThrow(expect.objectContaining({ code: 'model_unknown' }));
});
