import { SottoError } from '../../shared/errors.ts';
import type { LiveEvent, SpeechWindow } from '../../shared/speech/window.ts';
import { createTranscriptBuilder } from '../../shared/transcript/assemble.ts';
import { plainText } from '../../shared/transcript/transcript.ts';
import { type Bench, type JobWork, runJob } from './local-job.ts';
import { openMicrophone } from './microphone.ts';
import type { Job, Source } from './transcriber.ts';

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
  const { bench, record, ear, signal } = work;
  const microphone = await openMicrophone(source);
  const finals = createFinals(work);
  const aborted = new Promise<'aborted'>((resolve) => {
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
  try {
    if (signal.aborted) throw new SottoError('cancelled');
    const engine = bench.room.ready(bench.model, signal);
    const engineFailed = engine.then(() => new Promise<never>(() => undefined));
    engineFailed.catch(() => undefined); // raced below; the job may have ended before
    await ear.listen(microphone.port, microphone.rate, bench.plan, (events) => {
      for (const event of events) hear(event, work, finals);
    });
    record.go({ name: 'listening' });
    const why = await Promise.race([
      stopped.then(() => 'stopped' as const),
      microphone.lost.then(() => 'lost' as const),
      aborted,
      finals.failed,
      engineFailed,
    ]);
    if (why === 'aborted') return;
    record.go({ name: 'finishing' });
    await microphone.stop();
    await ear.finish();
    await engine;
    await finals.all();
    if (why === 'lost') throw new SottoError('microphone_lost');
  } finally {
    await microphone.stop();
  }
  if (record.job.snapshot.segments.length === 0) record.notice({ kind: 'no-speech' });
}

function hear(event: LiveEvent, { record, signal, read }: JobWork, finals: Finals): void {
  switch (event.type) {
    case 'level':
      record.level(event.rms);
      record.progress({ totalSeconds: event.seconds });
      return;
    case 'partial':
      read(event.window, 'partial').then(
        (reading) => {
          // A partial that was overtaken by its final has nothing to say any more.
          if (reading !== undefined && finals.isOpen(event.window.index) && !signal.aborted) {
            record.partial(plainText(reading.segments));
          }
        },
        () => undefined, // its final will tell
      );
      return;
    case 'final':
      finals.add(event.window);
      return;
    case 'digital-silence':
      record.clearNotice('digital-silence');
      record.notice({ kind: 'digital-silence' });
      return;
    case 'sound-again':
      record.clearNotice('digital-silence');
      return;
    case 'speech-start':
    case 'end':
      return;
  }
}

interface Finals {
  add(window: SpeechWindow): void;
  /** whether the window's final text is still to come */
  isOpen(index: number): boolean;
  /** resolves when every final so far has its text; rejects with the first failure */
  all(): Promise<void>;
  /** rejects with the first failure, never resolves */
  readonly failed: Promise<never>;
}

/** Final windows in order: text is appended in the order it was said, and never changes. */
function createFinals({ record, read }: JobWork): Finals {
  const transcript = createTranscriptBuilder();
  let tail: Promise<void> = Promise.resolve();
  let finished = 0;
  let fail: (reason: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined); // raced by the listener; `all` tells as well
  return {
    failed,
    isOpen: (index) => index >= finished,
    all: () => tail,
    add(window) {
      const reading = read(window, 'final');
      tail = tail.then(async () => {
        const result = await reading;
        if (result === undefined) throw new SottoError('internal', 'a final window was replaced');
        finished = window.index + 1;
        record.partial('');
        record.append(transcript.append(window, result));
        record.progress({ doneSeconds: window.end });
      });
      reading.catch(fail);
      tail.catch(fail);
    },
  };
}
