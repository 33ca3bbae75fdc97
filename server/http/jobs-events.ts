/** A job's events: read from the store from where the client stopped, never faster than it reads. */
import type { JobEvent } from '../../shared/protocol/http-jobs.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { Jobs, JobView } from '../jobs/port.ts';
import { openStream, type StreamReply } from './event-stream.ts';
import { errorWire, placeWire, progressWire, toMilliseconds } from './jobs-answers.ts';

export interface JobStreamOptions {
  readonly jobs: Pick<Jobs, 'find' | 'segments' | 'watch'>;
  readonly id: string;
  /** how many segments the client has */
  readonly from: number;
  /** how many jobs wait */
  readonly pending: () => number;
  /** between two `queue_status` */
  readonly tickMs: number;
  readonly keepAliveMs: number;
  /** a client that reads nothing for so long is gone */
  readonly stallMs: number;
}

/** Of the last event: a client that has it needs no more. */
export const LAST_ID = 'end';

const SEGMENTS_AT_ONCE = 50;
/** For the client: how long to wait before it connects again. */
const RETRY_MS = 2_000;

/** Resolves when all was said, or the client is gone. */
export function streamJob(reply: StreamReply, options: JobStreamOptions): Promise<void> {
  const { jobs, id, pending, tickMs, keepAliveMs, stallMs } = options;
  const { raw } = reply;
  let state: 'open' | 'ended' = 'open';
  let said = options.from;
  let told = -1;
  let lastWrite = performance.now();
  let blocked: NodeJS.Timeout | undefined;
  let looking: 'no' | 'once' | 'again' = 'no';
  let store: 'there' | 'away' = 'there';

  function write(text: string): void {
    lastWrite = performance.now();
    if (raw.destroyed || raw.write(text) || blocked !== undefined) return;
    blocked = setTimeout(() => raw.destroy(), stallMs);
    raw.once('drain', () => {
      clearTimeout(blocked);
      blocked = undefined;
      void pump();
    });
  }

  /** Says what is new, as far as the connection takes it. */
  async function sayNews(): Promise<void> {
    if (over()) return;
    // Before its segments: what it says at its end is all there then.
    const view = await jobs.find(id);
    while (!over()) {
      const segments = await jobs.segments(id, said, SEGMENTS_AT_ONCE);
      if (over()) return;
      said += segments.length;
      if (segments.length > 0) write(segments.map(segmentEvent).join(''));
      if (segments.length < SEGMENTS_AT_ONCE) break;
    }
    if (over()) return;
    const last = view === undefined ? '' : lastEvent(view);
    if (last !== undefined) finish(last);
    else if (view?.progress !== undefined && view.progress.doneSeconds > told) {
      told = view.progress.doneSeconds;
      write(eventText({ type: 'progress', ...progressWire(view.progress) }));
    }
  }

  const over = () => state === 'ended' || blocked !== undefined || raw.destroyed;

  /** One look at a time; what changes meanwhile is looked at next. */
  async function pump(): Promise<void> {
    if (looking !== 'no') {
      looking = 'again';
      return;
    }
    do {
      looking = 'once';
      await orLater(sayNews);
    } while ((looking as 'once' | 'again') === 'again');
    looking = 'no';
  }

  async function sayPlace(): Promise<void> {
    const view = await jobs.find(id);
    if (over()) return;
    if (view?.status === 'queued') {
      write(eventText({ type: 'queue_status', pending: pending(), ...placeWire(view.place) }));
    } else keepAlive();
  }

  function keepAlive(): void {
    if (performance.now() - lastWrite >= keepAliveMs) write(': still reading\n\n');
  }

  async function tick(): Promise<void> {
    if (over()) return;
    if (store === 'away') await pump();
    await orLater(sayPlace);
    if (store === 'away' && !over()) keepAlive();
  }

  /** Where jobs lie elsewhere they may be out of reach: the next tick looks again. */
  async function orLater(look: () => Promise<void>): Promise<void> {
    try {
      await look();
      store = 'there';
    } catch {
      store = 'away';
    }
  }

  function finish(last: string): void {
    state = 'ended';
    if (last !== '') raw.write(last);
    blocked ??= setTimeout(() => raw.destroy(), stallMs);
    raw.end();
  }

  return new Promise((resolve) => {
    openStream(reply, raw);
    write(`retry: ${RETRY_MS}\n\n`);
    const unwatch = jobs.watch(id, () => void pump());
    const timer = setInterval(() => void tick(), tickMs);
    raw.once('close', () => {
      state = 'ended';
      unwatch();
      clearInterval(timer);
      clearTimeout(blocked);
      resolve();
    });
    void tick().then(pump);
  });
}

/** undefined: it is not finished. */
function lastEvent({ id, status, error }: JobView): string | undefined {
  switch (status) {
    case 'queued':
    case 'running':
      return undefined;
    case 'done':
    case 'cancelled':
      return eventText({ type: status, id }, LAST_ID);
    case 'failed':
      return eventText({ type: 'failed', id, error: errorWire(error ?? { code: 'internal' }) }, LAST_ID);
  }
}

/** Its id is the number of segments that a client has with it. */
function segmentEvent({ id, start, end, text }: Segment): string {
  const times = { start: toMilliseconds(start), end: toMilliseconds(end) };
  return eventText({ type: 'segment', id, ...times, text }, String(id + 1));
}

function eventText(event: JobEvent, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
