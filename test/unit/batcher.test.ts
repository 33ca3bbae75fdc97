import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineBatch, WindowReading } from '../../shared/asr/engine.ts';
import { SottoError } from '../../shared/errors.ts';
import { createBatcher } from '../../shared/queue/batcher.ts';
import type { Priority, WindowRequest } from '../../shared/queue/port.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

interface Run {
  /** the ids of its windows */
  readonly ids: readonly number[];
  readonly batch: EngineBatch;
  readonly signal: AbortSignal;
  finish(): void;
  break(error: unknown): void;
}

function reading(id: number): WindowReading {
  return { segments: [], tokens: [id], noSpeechProb: 0 };
}

/** A batcher over a `run` that a test ends by hand; a window's only sample is its id. */
function bench(lanes = 1) {
  const clock = createVirtualClock();
  const runs: Run[] = [];
  let open = 0;
  let current: Run | undefined;
  const batcher = createBatcher({
    clock,
    lanes: () => lanes,
    run: (batch, signal) =>
      new Promise((resolve, reject) => {
        open += 1;
        expect(open, 'one run at a time').toBe(1);
        const ids = batch.windows.map((window) => window.samples[0] ?? -1);
        const end = () => {
          open -= 1;
          current = undefined;
        };
        current = {
          ids,
          batch,
          signal,
          finish() {
            end();
            resolve(ids.map((id) => ({ ok: true, value: reading(id) })));
          },
          break(error) {
            end();
            reject(error);
          },
        };
        runs.push(current);
      }),
  });
  let lastId = -1;
  return {
    batcher,
    clock,
    runs,
    get current() {
      return current;
    },
    submit(request: Partial<WindowRequest> = {}, length = 1) {
      lastId += 1;
      const controller = new AbortController();
      const samples = new Float32Array(length);
      samples[0] = lastId;
      const window = {
        id: lastId,
        abort: () => controller.abort(),
        /** 'open', 'replaced', 'read' or the error's code */
        fate: 'open',
      };
      batcher
        .submit({
          window: { samples },
          options: { task: 'transcribe' },
          priority: 'file',
          kind: { name: 'final' },
          signal: controller.signal,
          ...request,
        })
        .then(
          (value) => {
            expect(window.fate).toBe('open');
            if (value !== undefined) expect(value.tokens).toEqual([window.id]);
            window.fate = value === undefined ? 'replaced' : 'read';
          },
          (error: unknown) => {
            expect(window.fate).toBe('open');
            window.fate = error instanceof SottoError ? error.code : String(error);
          },
        );
      return window;
    },
    async finish() {
      current?.finish();
      await clock.settle();
    },
  };
}

describe('batcher', () => {
  test('fills lanes with windows of equal options, the oldest first', async () => {
    const b = bench(3);
    const english = { options: { task: 'transcribe', language: 'en' } } as const;
    b.submit(english);
    b.submit();
    b.submit(english);
    b.submit();
    await b.clock.settle();
    await b.finish();
    await b.finish();
    expect(b.runs.map((run) => run.ids)).toEqual([
      [0, 2],
      [1, 3],
    ]);
    expect(b.runs[0]?.batch.options).toEqual(english.options);
  });

  test.each([
    { model: 'other' },
    { language: 'de' },
    { effort: 'draft' },
    { task: 'translate' },
    { prompt: 'A glossary.' },
    { terms: ['Sotto'] },
    { temperature: 0.4 },
    { times: 'word' },
  ] as const)('never reads windows of other options together (%o)', async (other) => {
    const b = bench(3);
    b.submit();
    b.submit({ options: { task: 'transcribe', ...other } });
    await b.clock.settle();
    await b.finish();
    await b.finish();
    expect(b.runs.map((run) => run.ids)).toEqual([[0], [1]]);
  });

  test('compares terms by what they are', async () => {
    const b = bench(3);
    const withTerms = (...terms: string[]) => b.submit({ options: { task: 'transcribe', terms } });
    withTerms('Sotto', 'Lit');
    withTerms('Lit', 'Sotto');
    withTerms('Sotto', 'Lit');
    withTerms('Sotto');
    await b.clock.settle();
    for (let i = 0; i < 3; i += 1) await b.finish();
    expect(b.runs.map((run) => run.ids)).toEqual([[0, 2], [1], [3]]);
  });

  test('what is read together has equal options', async () => {
    const b = bench(3);
    const english = { options: { task: 'transcribe', language: 'en' } } as const;
    b.submit(english);
    b.submit(english);
    await b.clock.settle();
    await b.finish();
    expect(b.runs.map((run) => run.ids)).toEqual([[0, 1]]);
  });

  test('live goes before file, and never shares a batch with it', async () => {
    const b = bench(2);
    for (let i = 0; i < 3; i += 1) b.submit();
    await b.clock.settle();
    b.submit({ priority: 'live' });
    await b.finish();
    await b.finish();
    expect(b.runs.map((run) => run.ids)).toEqual([[0, 1], [3], [2]]);
  });

  test('a newer partial or a final of its key replaces one that has not started, in its place', async () => {
    const b = bench();
    const partial = { priority: 'live', kind: { name: 'partial', key: 'a' } } as const;
    const started = b.submit(partial);
    await b.clock.settle();
    const older = b.submit(partial);
    const other = b.submit({ priority: 'live', kind: { name: 'partial', key: 'b' } });
    const newer = b.submit(partial);
    const final = b.submit({ priority: 'live', kind: { name: 'final', key: 'a' } });
    await b.finish();
    await b.finish();
    await b.finish();
    expect([started.fate, older.fate, other.fate, newer.fate, final.fate]).toEqual([
      'read',
      'replaced',
      'read',
      'replaced',
      'read',
    ]);
    expect(b.runs.map((run) => run.ids)).toEqual([[started.id], [final.id], [other.id]]);
    expect(b.batcher.stats()).toMatchObject({ windows: 3, batches: 3, replaced: 2 });
  });

  test('an abort takes a waiting window out; a running batch is told when all its windows are aborted', async () => {
    const b = bench(2);
    const [first, second, third] = [b.submit(), b.submit(), b.submit()];
    await b.clock.settle();
    third?.abort();
    first?.abort();
    await b.clock.settle();
    expect([first?.fate, second?.fate, third?.fate]).toEqual(['cancelled', 'open', 'cancelled']);
    expect(b.current?.signal.aborted).toBe(false);
    second?.abort();
    expect(b.current?.signal.aborted).toBe(true);
    b.submit();
    await b.clock.settle();
    expect(b.runs, 'the next batch waits for the running one').toHaveLength(1);
    await b.finish();
    expect(b.runs[1]?.ids).toEqual([3]);
    const before = b.submit({ signal: AbortSignal.abort() });
    await b.finish();
    expect(before.fate).toBe('cancelled');
    expect(b.runs).toHaveLength(2);
  });

  test('a run that rejects fails its own windows only', async () => {
    const b = bench();
    const [first, second] = [b.submit(), b.submit()];
    await b.clock.settle();
    b.current?.break(new SottoError('device_lost', 'gone'));
    await b.clock.settle();
    await b.finish();
    expect([first?.fate, second?.fate]).toEqual(['device_lost', 'read']);
  });

  test('measures engine milliseconds a second of audio', async () => {
    const b = bench(2);
    expect(b.batcher.stats().msPerSecond).toBeUndefined();
    b.submit({}, 16_000);
    b.submit({}, 48_000);
    await b.clock.advance(200);
    await b.finish();
    expect(b.batcher.stats().msPerSecond).toBeCloseTo(50);
  });

  test('close refuses what waits and what comes, and resolves when the running batch is over', async () => {
    const b = bench();
    const [running, waiting] = [b.submit(), b.submit()];
    await b.clock.settle();
    let closed = false;
    void b.batcher.close().then(() => {
      closed = true;
    });
    const late = b.submit();
    await b.clock.settle();
    expect([running?.fate, waiting?.fate, late.fate, closed]).toEqual(['open', 'closed', 'closed', false]);
    await b.finish();
    expect([running?.fate, closed]).toEqual(['read', true]);
    await b.batcher.close();
  });
});

type Op =
  | { do: 'submit'; priority: Priority; tenant: string; language: string; kind: WindowRequest['kind'] }
  | { do: 'abort'; which: number }
  | { do: 'finish' }
  | { do: 'break' };

const shareOf = ({ tenant }: { readonly tenant: string }) => ({
  id: tenant,
  weight: tenant === 'one' ? 1 : 3,
});

const key = fc.constantFrom('a', 'b');
const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      priority: fc.constantFrom<Priority>('live', 'file'),
      tenant: fc.constantFrom('one', 'two'),
      language: fc.constantFrom('en', 'de'),
      kind: fc.oneof(
        fc.constant({ name: 'final' } as const),
        key.map((k) => ({ name: 'final', key: k }) as const),
        key.map((k) => ({ name: 'partial', key: k }) as const),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(40) }) },
  { weight: 3, arbitrary: fc.constant({ do: 'finish' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'break' } as const) },
);

test('whatever happens: one run, equal options, live first, order, each window settled once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.tuple(op, fc.boolean()), { maxLength: 40 }),
      async (lanes, ops) => {
        const b = bench(lanes);
        const windows: (ReturnType<typeof b.submit> & Extract<Op, { do: 'submit' }>)[] = [];
        const of = (id: number) => windows[id] as (typeof windows)[number];
        let checked = 0;
        for (const [step, settles] of ops) {
          if (step.do === 'submit') {
            const options = { task: 'transcribe', language: step.language } as const;
            windows.push(
              Object.assign(
                b.submit({ ...{ priority: step.priority, kind: step.kind, options }, tenant: shareOf(step) }),
                step,
              ),
            );
          } else if (step.do === 'abort') windows[step.which]?.abort();
          else if (step.do === 'finish') b.current?.finish();
          else b.current?.break(new SottoError('internal'));
          if (!settles) continue;
          await b.clock.settle();
          const started = new Set(b.runs.flatMap((run) => run.ids));
          const waits = windows.filter((window) => window.fate === 'open' && !started.has(window.id));
          for (const run of b.runs.slice(checked)) {
            const batch = run.ids.map(of);
            expect(batch.length).toBeLessThanOrEqual(lanes);
            expect(new Set(batch.map((window) => `${window.priority} ${window.language}`)).size).toBe(1);
          }
          checked = b.runs.length;
          // The engine never idles while something waits.
          if (waits.length > 0) expect(b.current).toBeDefined();
        }
        while (b.current !== undefined) await b.finish();
        await b.clock.settle();
        while (b.current !== undefined) await b.finish();

        const started = b.runs.flatMap((run) => run.ids);
        expect(started.length).toBe(new Set(started).size);
        for (const window of windows) {
          expect(window.fate).not.toBe('open');
          if (window.fate === 'read' || window.fate === 'internal') expect(started).toContain(window.id);
          if (window.fate === 'replaced') {
            expect(window.kind.name).toBe('partial');
            expect(started).not.toContain(window.id);
          }
        }
        // In order within what is alike and of one tenant.
        const plain = started.map(of).filter(({ kind }) => kind.name === 'final' && kind.key === undefined);
        const nameOf = (each: (typeof windows)[number]) => `${each.tenant} ${each.priority} ${each.language}`;
        for (const name of new Set(plain.map(nameOf))) {
          const ids = plain.filter((each) => nameOf(each) === name).map(({ id }) => id);
          expect(ids).toEqual(ids.toSorted((x, y) => x - y));
        }
        expect(b.batcher.stats()).toMatchObject({ running: 0, waiting: 0, batches: b.runs.length });
      },
    ),
    { numRuns: 300 },
  );
});

test('a file window never starts while a live one waits', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom<Priority>('live', 'file'), { maxLength: 20 }),
      async (order) => {
        const b = bench(2);
        for (const priority of order) b.submit({ priority });
        await b.clock.settle();
        while (b.current !== undefined) await b.finish();
        const started = b.runs.flatMap((run) => run.ids);
        expect(started.map((id) => order[id])).toEqual([
          ...order.filter((priority) => priority === 'live'),
          ...order.filter((priority) => priority === 'file'),
        ]);
      },
    ),
  );
});
