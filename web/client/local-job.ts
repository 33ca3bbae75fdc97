import type { ReadOptions, WindowReading } from '../../shared/asr/engine.ts';
import { SottoError, toSottoError, toWire } from '../../shared/errors.ts';
import type { WindowContext } from '../../shared/pipeline/transcribe.ts';
import type { Admission, Batcher, Lease, Priority } from '../../shared/queue/port.ts';
import type { SpeechWindow, WindowPlan } from '../../shared/speech/window.ts';
import type { Ear } from './ear.ts';
import type { EngineRoom } from './engine-room.ts';
import { createJobRecord, type JobControl, type JobRecord } from './job.ts';
import type { TellSent } from './sent.ts';
import type { Source, TranscribeOptions } from './transcriber.ts';

/** What a job is run with; everything is shared with the other jobs but the ear, which is the job's own. */
export interface Bench {
  readonly admission: Admission;
  readonly batcher: Batcher;
  readonly room: EngineRoom;
  readonly ear: () => Ear;
  readonly plan: WindowPlan;
  readonly model: string;
  /** ISO 639-1, or `auto` */
  readonly language: string;
  readonly options: TranscribeOptions;
  readonly onSent?: TellSent | undefined;
}

/** What a window is read with, beside what the job is read with; its language unless another one is told. */
export interface ReadContext extends Partial<WindowContext> {
  /** tokens that its reading must begin with */
  readonly prefix?: readonly number[];
}

/** What the two kinds of local job have in common, handed to the work of either. */
export interface JobWork {
  readonly bench: Bench;
  readonly record: JobRecord;
  readonly ear: Ear;
  readonly signal: AbortSignal;
  /** sends one window through the gate */
  read(
    window: SpeechWindow,
    kind: 'final' | 'partial',
    context?: ReadContext,
  ): Promise<WindowReading | undefined>;
}

/**
 * Takes a job through its life: wait for a place, hold the model, do the work, and leave everything free on
 * every way out. The state it ends in is decided here alone.
 */
export function runJob(
  source: Source,
  bench: Bench,
  priority: Priority,
  control: (abort: () => void) => JobControl,
  work: (job: JobWork) => Promise<void>,
): JobRecord {
  const abort = new AbortController();
  const { signal } = abort;
  const cancel = () => abort.abort();
  const record = createJobRecord(source, bench, control(cancel));
  const job = record.job.id;

  async function admitted(lease: Lease): Promise<void> {
    let release: (() => void) | undefined;
    let ear: Ear | undefined;
    const onAbort = () => ear?.close();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      release = await bench.room.claim(bench.model, signal);
      record.go({ name: 'preparing' });
      ear = bench.ear();
      await work({
        bench,
        record,
        ear,
        signal,
        read: (window, kind, { language = bench.language, before, prefix = [] } = {}) =>
          bench.batcher.submit({
            window: {
              samples: window.samples,
              ...(window.speechSeconds === undefined ? {} : { speechSeconds: window.speechSeconds }),
              ...(before === undefined ? {} : { before }),
              ...(prefix.length === 0 ? {} : { prefix }),
            },
            options: {
              model: bench.model,
              task: bench.options.task ?? 'transcribe',
              language,
              ...hints(bench.options),
              effort: kind === 'partial' ? 'draft' : 'full',
              ...(kind === 'final' && bench.options.times === 'word' ? { times: 'word' } : {}),
            },
            priority,
            kind: { name: kind, key: `${job}:${window.index}` },
            signal,
          }),
      });
      if (signal.aborted) throw new SottoError('cancelled');
      lease.leave('done');
      record.go({ name: 'done' });
    } catch (thrown) {
      const error = signal.aborted ? toSottoError(signal.reason, 'cancelled') : toSottoError(thrown);
      const cancelled = signal.aborted || error.code === 'cancelled';
      lease.leave(cancelled ? 'cancelled' : 'failed');
      record.go(cancelled ? { name: 'cancelled' } : { name: 'failed', error: toWire(error) });
      abort.abort(); // what is still at the gate is of no use to anyone
    } finally {
      signal.removeEventListener('abort', onAbort);
      ear?.close();
      release?.();
    }
  }

  bench.admission
    .enter({ priority, signal, onPlace: (place) => record.go({ name: 'waiting', ...place }) })
    .then(admitted, (thrown: SottoError) => {
      const error = toSottoError(thrown);
      record.go(
        error.code === 'cancelled' ? { name: 'cancelled' } : { name: 'refused', error: toWire(error) },
      );
    });
  return record;
}

/** What may be said, as far as the caller knows, and what is to become of doubtful text. */
function hints({
  prompt,
  terms,
  doubtful,
}: TranscribeOptions): Pick<ReadOptions, 'prompt' | 'terms' | 'doubtful'> {
  return {
    ...(prompt === undefined ? {} : { prompt }),
    ...(terms === undefined ? {} : { terms }),
    ...(doubtful === undefined ? {} : { doubtful }),
  };
}
