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

  function write(text: string): void {
    lastWrite = performance.now();
    if (raw.destroyed || raw.write(text) || blocked !== undefined) return;
    blocked = setTimeout(() => raw.destroy(), stallMs);
    raw.once('drain', () => {
      clearTimeout(blocked);
      blocked = undefined;
      pump();
    });
  }

  /** Says what is new, as far as the connection takes it. */
  function pump(): void {
    if (state === 'ended' || blocked !== undefined || raw.destroyed) return;
    for (;;) {
      const segments = jobs.segments(id, said, SEGMENTS_AT_ONCE);
      said += segments.length;
      if (segments.length > 0) write(segments.map(segmentEvent).join(''));
      if (blocked !== undefined) return;
      if (segments.length < SEGMENTS_AT_ONCE) break;
    }
    const view = jobs.find(id);
    const last = view === undefined ? '' : lastEvent(view);
    if (last !== undefined) finish(last);
    else if (view?.progress !== undefined && view.progress.doneSeconds > told) {
      told = view.progress.doneSeconds;
      write(eventText({ type: 'progress', ...progressWire(view.progress) }));
    }
  }

  function tick(): void {
    if (state === 'ended' || blocked !== undefined) return;
    const view = jobs.find(id);
    if (view?.status === 'queued') {
      write(eventText({ type: 'queue_status', pending: pending(), ...placeWire(view.place) }));
    } else if (performance.now() - lastWrite >= keepAliveMs) write(': still reading\n\n');
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
    const unwatch = jobs.watch(id, pump);
    const timer = setInterval(tick, tickMs);
    raw.once('close', () => {
      state = 'ended';
      unwatch();
      clearInterval(timer);
      clearTimeout(blocked);
      resolve();
    });
    tick();
    pump();
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
