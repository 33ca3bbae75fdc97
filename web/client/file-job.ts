import { SottoError, toWire } from '../../shared/errors.ts';
import { transcribe } from '../../shared/pipeline/transcribe.ts';
import type { EarSource } from '../../shared/protocol/ear-worker.ts';
import { createTranscriptBuilder } from '../../shared/transcript/assemble.ts';
import { type Bench, type JobWork, runJob } from './local-job.ts';
import { FROM_THE_START, unreadFrom, unreadWindows } from './resume.ts';
import { createSpeedometer } from './speedometer.ts';
import type { Job, Source } from './transcriber.ts';

type FileSource = Exclude<Source, { kind: 'live' }>;

const earSource = (source: FileSource): EarSource =>
  source.kind === 'file' ? { kind: 'blob', blob: source.file } : { kind: 'url', url: source.url };

/** Reads a file or URL to its end. */
export function startFileJob(source: FileSource, bench: Bench): Job {
  return runJob(
    source,
    bench,
    'file',
    (cancel) => ({ stop: cancel, cancel }),
    (work) => readFile(earSource(source), work),
  ).job;
}

async function readFile(source: EarSource, { bench, record, ear, signal, read }: JobWork): Promise<void> {
  const { resume = FROM_THE_START } = bench.options;
  const speedometer = createSpeedometer();
  const transcript = createTranscriptBuilder(resume.segments);
  record.append(resume.segments);
  let heard = resume.at;
  let outstanding = 0;
  const showProgress = (done: number) => record.progress(speedometer.at(done));

  // The engine loads while the file is opened; a file that cannot be read is told before the engine is there.
  const engine = bench.room.ready(bench.model, signal);
  engine.catch(() => undefined);
  if (source.kind === 'url') bench.onSent?.({ kind: 'address', url: source.url });
  const { info, windows } = await ear.open(source, bench.plan, (seconds) => {
    heard = resume.at + seconds;
    if (outstanding === 0) showProgress(heard);
  });
  const totalSeconds = info.durationSeconds && resume.at + info.durationSeconds;
  record.progress({ totalSeconds });
  await engine;
  record.go({ name: 'reading' });
  speedometer.start(totalSeconds, unreadFrom(resume));

  const settled = (done: number) => {
    outstanding -= 1;
    showProgress(outstanding === 0 ? Math.max(done, heard) : done);
  };
  try {
    await transcribe({
      windows: unreadWindows(windows, resume),
      signal,
      inFlight: () => bench.room.lanes() * 2,
      language: bench.language,
      read: async (window, context) => {
        outstanding += 1;
        const reading = await read(window, 'final', context);
        if (reading === undefined) throw new SottoError('internal', 'a final window was replaced');
        return reading;
      },
      onLanguage: record.detect,
      onReading(window, reading) {
        record.append(transcript.append(window, reading));
        settled(window.end);
      },
      onLeftOut(window, error) {
        record.notice({
          kind: 'left-out',
          start: window.speechStart,
          end: window.speechEnd,
          error: toWire(error),
        });
        settled(window.end);
      },
    });
  } catch (thrown) {
    record.append(transcript.finish());
    if (
      thrown instanceof SottoError &&
      thrown.code === 'corrupt_media' &&
      record.job.snapshot.segments.length > 0
    ) {
      record.notice({ kind: 'ended-early', at: heard, error: toWire(thrown) });
    } else {
      throw thrown;
    }
  }
  // The end of a window that was cut in speech, when no other follows it.
  record.append(transcript.finish());
  record.progress({ ...speedometer.at(heard), totalSeconds: heard, remainingMs: 0 });
  if (record.job.snapshot.segments.length === 0) record.notice({ kind: 'no-speech' });
}
