import { SottoError } from '../../shared/errors.ts';
import { keepLanguage, languageFor } from '../../shared/pipeline/job-language.ts';
import { createLiveReader, type LiveReader } from '../../shared/pipeline/live.ts';
import { realClock } from '../../shared/queue/port.ts';
import type { LiveEvent } from '../../shared/speech/window.ts';
import { LIMITS } from './limits.ts';
import { type Bench, type JobWork, runJob } from './local-job.ts';
import { type Microphone, openMicrophone } from './microphone.ts';
import type { Job, Source } from './transcriber.ts';
import { createUnread, type Unread } from './unread.ts';

type LiveSource = Extract<Source, { kind: 'live' }>;

/** Listens to a microphone until it is stopped, then reads the tail. */
export function startLiveJob(source: LiveSource, bench: Bench): Job {
  let stop = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  return runJob(
    source,
    bench,
    'live',
    (cancel) => ({ stop, cancel }),
    (work) => listen(source, stopped, work),
  ).job;
}

async function listen(source: LiveSource, stopped: Promise<void>, work: JobWork): Promise<void> {
  const { bench, record, ear, signal, read } = work;
  const { tap } = bench.options;
  const microphone = await openMicrophone({ ...source, ...(tap === undefined ? {} : { tap }) });
  record.begin(microphone.begunAt);
  const unread = createUnread(LIMITS.unreadSeconds);
  const language = keepLanguage(bench.language, record.detect);
  const reader = createLiveReader({
    async read(window, kind, prefix) {
      const reading = await read(window, kind, { language: languageFor(language.state), prefix });
      if (reading !== undefined && kind === 'final') language.hear(reading, window.end - window.start);
      return reading;
    },
    clock: realClock,
    onText: record.append,
    onDone(doneSeconds) {
      unread.readUntil(doneSeconds);
      record.unread(unread.seconds);
      record.progress({ doneSeconds });
    },
  });
  const aborted = new Promise<'aborted'>((resolve) => {
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
  try {
    if (signal.aborted) throw new SottoError('cancelled');
    const engine = bench.room.ready(bench.model, signal);
    const engineFailed = engine.then(() => new Promise<never>(() => undefined));
    engineFailed.catch(() => undefined); // raced below; the job may have ended before
    await ear.listen(microphone.port, microphone.rate, bench.plan, (events) => {
      for (const event of events) hear(event, work, reader, unread);
    });
    record.go({ name: 'listening' });
    const why = await Promise.race([
      stopped.then(() => 'stopped' as const),
      microphone.lost.then(() => 'lost' as const),
      aborted,
      unread.full.then(() => 'full' as const),
      reader.failed,
      engineFailed,
    ]);
    if (why === 'aborted') return;
    if (why === 'full') record.notice({ kind: 'too-far-behind', seconds: unread.seconds });
    record.go({ name: 'finishing' });
    await microphone.stop();
    await ear.finish();
    await engine;
    await reader.finish();
    // A stream that somebody else gave is at its end then.
    if (why === 'lost' && source.stream === undefined) throw new SottoError('microphone_lost');
  } catch (thrown) {
    if (!signal.aborted) await keepUnread(source, unread, work, microphone);
    throw thrown;
  } finally {
    reader.close();
    await microphone.stop();
  }
  if (record.job.snapshot.segments.length === 0) record.notice({ kind: 'no-speech' });
}

/** What was said up to now becomes windows too, and what has no text is kept for another attempt. */
async function keepUnread(
  { name }: LiveSource,
  unread: Unread,
  { ear, record }: JobWork,
  microphone: Microphone,
): Promise<void> {
  await microphone.stop();
  await ear.finish().catch(() => undefined); // an ear that is gone has nothing more to add
  const { seconds } = unread;
  const file = unread.recording();
  if (file === undefined) return;
  record.keep({ source: { kind: 'file', file, name }, seconds });
  record.notice({ kind: 'kept-sound', seconds });
}

function hear(event: LiveEvent, { record }: JobWork, reader: LiveReader, unread: Unread): void {
  switch (event.type) {
    case 'level':
      record.level(event.rms);
      record.progress({ totalSeconds: event.seconds });
      return;
    case 'partial':
      reader.partial(event.window);
      return;
    case 'final':
      unread.add(event.window);
      record.unread(unread.seconds);
      reader.final(event.window);
      // A window that was full ends, and who speaks goes on.
      if (event.window.goesOnAt === undefined) record.speech('paused');
      return;
    case 'digital-silence':
      record.clearNotice('digital-silence');
      record.notice({ kind: 'digital-silence' });
      return;
    case 'sound-again':
      record.clearNotice('digital-silence');
      return;
    case 'speech-start':
      record.speech('begun');
      return;
    case 'end':
      return;
  }
}
