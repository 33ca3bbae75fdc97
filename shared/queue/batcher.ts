import type { ReadOptions, WindowReading } from '../asr/engine.ts';
import { equalOptions } from '../asr/read-options.ts';
import { SAMPLE_RATE } from '../audio/pcm.ts';
import { fromWire, type Outcome, SottoError, toSottoError } from '../errors.ts';
import { measure, type Pace, rate, UNMEASURED } from './estimate.ts';
import {
  type Batcher,
  type Clock,
  NOBODY,
  type Priority,
  type RunBatch,
  realClock,
  type Share,
  type WindowRequest,
} from './port.ts';
import { createTurns, sharesOf, type Turns } from './turns.ts';

export interface BatcherOptions {
  readonly run: RunBatch;
  /** how many windows the engine reads at once with these options; asked before each batch */
  readonly lanes: (options: ReadOptions) => number;
  readonly clock?: Clock;
}

interface Entry {
  readonly request: WindowRequest;
  /** settles its promise; only the first call counts */
  settle(outcome: Outcome<WindowReading | undefined> | SottoError): void;
  settled: boolean;
}

interface Running {
  readonly entries: readonly Entry[];
  readonly controller: AbortController;
}

/**
 * The second half of the gate: one `run` at a time, as wide as the engine likes. Live windows go before file
 * windows; then tenants have turns by their weights; of one tenant the oldest goes first and takes along others'
 * with equal options, by turns too. A batch holds one priority only, so that file windows in free lanes do not slow a live one down. A replaced partial leaves its
 * place in line to what replaces it, so that someone who speaks fast is not always last.
 */
export function createBatcher({ run, lanes, clock = realClock }: BatcherOptions): Batcher {
  const waiting: Readonly<Record<Priority, Entry[]>> = { live: [], file: [] };
  const turns: Readonly<Record<Priority, Turns>> = { live: createTurns(), file: createTurns() };
  const counts = { windows: 0, batches: 0, replaced: 0 };
  let pace: Pace = UNMEASURED;
  let running: Running | undefined;
  let pumping = false;
  let closing: Promise<void> | undefined;
  let onIdle: (() => void) | undefined;

  function pump(): void {
    if (pumping) return;
    pumping = true;
    // In a microtask, so that windows submitted together are read together.
    queueMicrotask(() => {
      pumping = false;
      if (running !== undefined) return;
      const priority = waiting.live.length > 0 ? 'live' : 'file';
      const width = (options: ReadOptions) => Math.max(1, Math.floor(lanes(options)));
      const entries = takeAlike(waiting[priority], turns[priority], width);
      if (entries.length > 0) void read(entries);
    });
  }

  async function read(entries: readonly Entry[]): Promise<void> {
    const controller = new AbortController();
    running = { entries, controller };
    const started = clock.now();
    const outcomes = await outcomesOf(entries, controller.signal);
    running = undefined;
    counts.batches += 1;
    counts.windows += entries.length;
    if (outcomes.every((outcome) => outcome.ok)) {
      pace = measure(pace, clock.now() - started, secondsOf(entries));
    }
    for (const [index, entry] of entries.entries()) {
      entry.settle(outcomes[index] ?? new SottoError('internal', 'the engine gave no outcome for a window'));
    }
    onIdle?.();
    pump();
  }

  async function outcomesOf(
    entries: readonly Entry[],
    signal: AbortSignal,
  ): Promise<readonly Outcome<WindowReading>[]> {
    const windows = entries.map((entry) => entry.request.window);
    const options: ReadOptions = entries[0]?.request.options ?? { task: 'transcribe' };
    try {
      return await run({ windows, options }, signal);
    } catch (thrown) {
      const { code, detail } = toSottoError(thrown);
      return windows.map(() => ({ ok: false, error: detail === undefined ? { code } : { code, detail } }));
    }
  }

  function abort(entry: Entry): void {
    const line = waiting[entry.request.priority];
    const place = line.indexOf(entry);
    if (place >= 0) line.splice(place, 1);
    entry.settle(new SottoError('cancelled'));
    if (running?.entries.includes(entry) && running.entries.every((other) => other.settled)) {
      running.controller.abort();
    }
  }

  /** Settles the partials in line that this one replaces; returns the foremost place they held in its own line. */
  function replace({ kind, priority }: WindowRequest): number | undefined {
    if (kind.key === undefined) return undefined;
    let freed: number | undefined;
    for (const [name, line] of Object.entries(waiting)) {
      for (let place = line.length - 1; place >= 0; place -= 1) {
        const older = line[place];
        if (older?.request.kind.name !== 'partial' || older.request.kind.key !== kind.key) continue;
        line.splice(place, 1);
        counts.replaced += 1;
        older.settle({ ok: true, value: undefined });
        if (name === priority) freed = place;
      }
    }
    return freed;
  }

  return {
    submit(request) {
      if (closing !== undefined) return Promise.reject(new SottoError('closed'));
      if (request.signal?.aborted) return Promise.reject(new SottoError('cancelled'));
      return new Promise((resolve, reject) => {
        const onAbort = () => abort(entry);
        const entry: Entry = {
          request,
          settled: false,
          settle(outcome) {
            if (entry.settled) return;
            entry.settled = true;
            request.signal?.removeEventListener('abort', onAbort);
            if (outcome instanceof SottoError) reject(outcome);
            else if (outcome.ok) resolve(outcome.value);
            else reject(fromWire(outcome.error));
          },
        };
        request.signal?.addEventListener('abort', onAbort, { once: true });
        const line = waiting[request.priority];
        line.splice(replace(request) ?? line.length, 0, entry);
        pump();
      });
    },
    stats() {
      return {
        running: running?.entries.length ?? 0,
        waiting: waiting.live.length + waiting.file.length,
        ...counts,
        msPerSecond: rate(pace),
      };
    },
    close() {
      closing ??= new Promise((resolve) => {
        onIdle = resolve;
        if (running === undefined) resolve();
      });
      for (const line of Object.values(waiting)) {
        for (const entry of line.splice(0)) entry.settle(new SottoError('closed'));
      }
      return closing;
    },
  };
}

/** Takes the entry whose turn it is out of the line, and others whose options are equal: `widthOf` them together at most. */
function takeAlike(line: Entry[], turns: Turns, widthOf: (options: ReadOptions) => number): Entry[] {
  const first = oldestOf(line, turns.take(tenantsOf(line)));
  if (first === undefined) return [];
  const width = widthOf(first.request.options);
  const alike = line.filter(({ request }) => equalOptions(request.options, first.request.options));
  const taken: Entry[] = [];
  let next: Entry | undefined = first;
  while (next !== undefined) {
    taken.push(next);
    alike.splice(alike.indexOf(next), 1);
    line.splice(line.indexOf(next), 1);
    next = taken.length < width ? oldestOf(alike, turns.join(tenantsOf(alike))) : undefined;
  }
  return taken;
}

const tenantsOf = (entries: readonly Entry[]): readonly Share[] =>
  sharesOf(entries.map(({ request }) => request));

const oldestOf = (entries: readonly Entry[], share: Share | undefined): Entry | undefined =>
  share && entries.find(({ request }) => (request.tenant ?? NOBODY).id === share.id);

function secondsOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { request }) => sum + request.window.samples.length / SAMPLE_RATE, 0);
}
