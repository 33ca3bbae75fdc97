/** What every transcription service must do, whatever runs behind it. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type {
  ServiceEvent,
  SessionWindow,
  TranscribeRequest,
  TranscribeResult,
  TranscriptionService,
} from '../../server/service/port.ts';
import type { QueuePlace } from '../../shared/queue/port.ts';
import { checkInvariants } from '../../shared/transcript/assemble.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';

/** With one active job, two waiting, and a longest wait of `maxWaitMs`. */
export interface ServiceUnderTest {
  readonly service: TranscriptionService;
  readonly model: string;
  readonly maxWaitMs: number;
  /** places of sessions */
  readonly maxSessions: number;
  readonly files: {
    /** two segments or more */
    readonly speech: string;
    /** busy for much longer than `maxWaitMs` */
    readonly long: string;
    readonly empty: string;
    readonly garbage: string;
  };
}

export function serviceContract(name: string, make: () => Promise<ServiceUnderTest>): void {
  describe(`service contract: ${name}`, () => {
    let made: ServiceUnderTest;
    let service: TranscriptionService;
    beforeAll(async () => {
      made = await make();
      service = made.service;
    });
    afterAll(() => service?.close(0));

    const requestOf = (path: string, more: Partial<TranscribeRequest> = {}): TranscribeRequest => ({
      path,
      model: made.model,
      options: { task: 'transcribe' },
      signal: new AbortController().signal,
      ...more,
    });
    const read = (path: string, more: Partial<TranscribeRequest> = {}): Promise<TranscribeResult> =>
      service.reserve().transcribe(requestOf(path, more));
    const idle = () => expect(service.status().admission).toMatchObject({ active: 0, waiting: 0 });

    /** The long file, begun. */
    async function occupy() {
      const controller = new AbortController();
      const begun = deferred();
      const ended = read(made.files.long, { signal: controller.signal, onStart: () => begun.resolve() });
      ended.catch(() => undefined);
      await begun.promise;
      return {
        ended,
        async leave() {
          controller.abort();
          await expect(ended).rejects.toMatchObject({ code: 'cancelled' });
        },
      };
    }

    test('reads a file: segments as they come are those of the result, in order, with progress to the end', async () => {
      const came: Segment[] = [];
      const progress: number[] = [];
      let begun = 0;
      const result = await read(made.files.speech, {
        onStart: () => (begun += 1),
        onSegments: (segments) => came.push(...segments),
        onProgress: ({ doneSeconds }) => progress.push(doneSeconds),
      });
      expect(begun).toBe(1);
      expect(result.segments.length).toBeGreaterThanOrEqual(2);
      expect(came).toEqual(result.segments);
      expect(checkInvariants(result.segments)).toEqual([]);
      expect(progress).toEqual(progress.toSorted((a, b) => a - b));
      expect(progress.at(-1)).toBeCloseTo(result.duration, 3);
      expect(result).toMatchObject({ model: made.model, language: 'en', leftOut: [] });
      expect(result.endedEarly).toBeUndefined();
      for (const ms of Object.values(result.timings)) expect(ms).toBeGreaterThanOrEqual(0);
      idle();
    });

    test('goes on after text that is final already, and says nothing twice', async () => {
      const whole = await read(made.files.speech);
      const [first] = whole.segments;
      const came: Segment[] = [];
      const resumed = await read(made.files.speech, {
        resume: { from: first?.end ?? 0, segments: first === undefined ? [] : [first] },
        onSegments: (segments) => came.push(...segments),
      });
      expect(resumed.segments).toEqual(whole.segments);
      expect(came).toEqual(whole.segments.slice(1));
    });

    test.each([
      ['empty', 'empty_file'],
      ['garbage', 'not_media'],
    ] as const)('a file that is %s is %s, and the next one is read', async (file, code) => {
      await expect(read(made.files[file])).rejects.toMatchObject({ code });
      await expect(read(made.files.speech)).resolves.toMatchObject({ leftOut: [] });
      idle();
    });

    test('an unknown model is refused without taking a turn', async () => {
      const begun: string[] = [];
      const unknown = read(made.files.speech, { model: 'none/such', onStart: () => begun.push('x') });
      await expect(unknown).rejects.toMatchObject({ code: 'model_unknown' });
      expect(begun).toEqual([]);
      idle();
    });

    test('a reservation counts as waiting until it is released; one too many is refused at once', () => {
      const events: ServiceEvent[] = [];
      const stop = service.observe((event) => events.push(event));
      const held = [service.reserve(), service.reserve(), service.reserve()];
      expect(service.status().admission.waiting).toBe(3);
      expect(held.map(({ place }) => place.position)).toEqual([0, 1, 2]);
      expect(() => service.reserve()).toThrow(expect.objectContaining({ code: 'queue_full' }));
      expect(events).toContainEqual({ type: 'refused', reason: 'queue_full' });
      const forced = service.reserve({ force: true });
      for (const reservation of [...held, forced, ...held]) reservation.release();
      stop();
      idle();
    });

    test('one job at a time; who waits is told its place, and too long a wait is refused', async () => {
      const job = await occupy();
      const places: QueuePlace[] = [];
      const events: ServiceEvent[] = [];
      const stop = service.observe((event) => events.push(event));
      const waits = read(made.files.speech, { onPlace: (place) => places.push(place) });
      await expect(waits).rejects.toMatchObject({ code: 'queue_timeout' });
      expect(places[0]?.position).toBe(0);
      expect(events).toContainEqual({ type: 'refused', reason: 'queue_timeout' });
      stop();
      await job.leave();
      idle();
    });

    test('a wait of its own length outlives the limit, and comes first when the place is free', async () => {
      const job = await occupy();
      const order: string[] = [];
      const patient = read(made.files.speech, {
        maxWaitMs: Number.POSITIVE_INFINITY,
        onStart: () => order.push('patient'),
      });
      await expect(read(made.files.speech)).rejects.toMatchObject({ code: 'queue_timeout' });
      const next = read(made.files.speech, { onStart: () => order.push('next'), maxWaitMs: 60_000 });
      await job.leave();
      await Promise.all([patient, next]);
      expect(order).toEqual(['patient', 'next']);
      idle();
    });

    test('cancelling frees the place, in line and in the middle of a file', async () => {
      const job = await occupy();
      const controller = new AbortController();
      const waits = read(made.files.speech, { signal: controller.signal });
      controller.abort();
      await expect(waits).rejects.toMatchObject({ code: 'cancelled' });
      await job.leave();
      idle();
      await expect(read(made.files.speech)).resolves.toMatchObject({ leftOut: [] });
    });

    test('tells of each job how it ended', async () => {
      const events: ServiceEvent[] = [];
      const stop = service.observe((event) => events.push(event));
      const { duration } = await read(made.files.speech);
      await read(made.files.empty).catch(() => undefined);
      stop();
      await read(made.files.speech);
      const jobs = events.filter((event) => event.type === 'job');
      expect(jobs).toMatchObject([
        { end: 'done', audioSeconds: duration },
        { end: 'failed', code: 'empty_file' },
      ]);
      expect(events.some((event) => event.type === 'batch')).toBe(true);
    });

    test('answers a canary, also while a long file is read, and says what it is', async () => {
      const job = await occupy();
      const { text, ms } = await service.canary(AbortSignal.timeout(30_000));
      expect(text).toBe('Where did');
      expect(ms).toBeGreaterThanOrEqual(0);
      await job.leave();
      const status = service.status();
      expect(status.engine.name).toBe('ready');
      expect(status.models).toMatchObject([{ id: made.model, state: 'loaded', etaMs: 0 }]);
      expect(status.devices.filter(({ outcome }) => outcome === 'chosen')).toHaveLength(1);
    });

    describe('sessions', () => {
      const open = (signal = new AbortController().signal) =>
        service.openSession({ model: made.model, priority: 'live', signal });
      const window = (seconds: number): SessionWindow => ({
        window: { samples: new Float32Array(seconds * 16_000).fill(0.001) },
        options: { task: 'transcribe' },
        kind: { name: 'final' },
      });

      test('a place each, refused when all are taken, free again when left or aborted', async () => {
        const controller = new AbortController();
        const sessions = Array.from({ length: made.maxSessions - 1 }, () => open());
        sessions.push(open(controller.signal));
        expect(() => open()).toThrow(expect.objectContaining({ code: 'queue_full' }));
        controller.abort();
        open().leave();
        for (const session of [...sessions, ...sessions]) session.leave();
        await vi.waitFor(idle);
        const unknown = { model: 'none/such', priority: 'live', signal: controller.signal } as const;
        expect(() => service.openSession(unknown)).toThrow(
          expect.objectContaining({ code: 'model_unknown' }),
        );
      });

      test('reads windows beside a job that holds the only place, and stops them when it is left', async () => {
        const job = await occupy();
        const session = open();
        expect((await session.ready()).model).toBe(made.model);
        expect(await session.read(window(1))).toMatchObject({ segments: expect.any(Array) });
        const own = new AbortController();
        const dropped = session.read({ ...window(2), signal: own.signal });
        own.abort();
        await expect(dropped).rejects.toMatchObject({ code: 'cancelled' });
        expect(session.place.position).toBeGreaterThanOrEqual(0);
        const left = session.read(window(2));
        session.leave();
        await expect(left).rejects.toMatchObject({ code: 'cancelled' });
        await expect(session.read(window(1))).rejects.toMatchObject({ code: 'cancelled' });
        await job.leave();
        idle();
      });

      test('partials give way to final windows', async () => {
        const session = open();
        await session.ready();
        const final = session.read(window(1));
        const partial = session.read({ ...window(1), kind: { name: 'partial', key: 'other' } });
        expect(await partial).toBeUndefined();
        expect(await final).toBeDefined();
        const alone = session.read({ ...window(1), kind: { name: 'partial', key: 'other' } });
        expect(await alone).toBeDefined();
        session.leave();
      });
    });

    test('once closed it refuses newcomers and those who wait, and what runs has its grace', async () => {
      const other = await make();
      const controller = new AbortController();
      const begun = deferred();
      const long = other.service.reserve().transcribe({
        ...requestOf(other.files.long, { signal: controller.signal }),
        onStart: () => begun.resolve(),
      });
      const ends = expect(long).rejects.toMatchObject({ code: 'closed' });
      await begun.promise;
      const waits = other.service.reserve().transcribe(requestOf(other.files.speech));
      const refused = expect(waits).rejects.toMatchObject({ code: 'closed' });
      const reserved = other.service.reserve();
      const live = { model: made.model, priority: 'live', signal: new AbortController().signal } as const;
      const session = other.service.openSession(live);
      const closed = other.service.close(10);
      await Promise.all([ends, refused, closed, other.service.close(10)]);
      await expect(reserved.transcribe(requestOf(other.files.speech))).rejects.toMatchObject({
        code: 'closed',
      });
      await expect(session.ready()).rejects.toMatchObject({ code: 'closed' });
      expect(() => other.service.openSession(live)).toThrow(expect.objectContaining({ code: 'closed' }));
      expect(() => other.service.reserve()).toThrow(expect.objectContaining({ code: 'closed' }));
      await expect(other.service.canary(AbortSignal.timeout(1_000))).rejects.toMatchObject({
        code: 'closed',
      });
      expect(other.service.status().engine.name).toBe('closed');
    });
  });
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}
