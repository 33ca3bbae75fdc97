/** A Transcriber that does what a test tells it, for tests of what is shown rather than of what is read. */
import type { EngineInfo } from '../../shared/asr/engine.ts';
import { SottoError } from '../../shared/errors.ts';
import { newSnapshot } from '../../web/client/new-snapshot.ts';
import {
  type Job,
  type JobSnapshot,
  NO_OPEN_TEXT,
  type Source,
  type TranscribeOptions,
  type Transcriber,
  type TranscriberStatus,
} from '../../web/client/transcriber.ts';

const ENDED = ['done', 'failed', 'cancelled', 'refused'];

export interface FakeJob extends Job {
  /** becomes the snapshot, together with what it does not name */
  change(patch: Partial<JobSnapshot>): void;
  /** what the page asked of it, in order */
  readonly asked: readonly ('stop' | 'cancel')[];
  /** what it was started with */
  readonly options: TranscribeOptions;
}

export interface FakeTranscriber extends Transcriber {
  /** in the order in which they were started */
  readonly jobs: readonly FakeJob[];
  changeStatus(patch: Partial<TranscriberStatus>): void;
  /** settles the prepare() that waits */
  prepared(outcome: EngineInfo | SottoError): void;
}

export function createFakeTranscriber(model: string): FakeTranscriber {
  const listeners = new Set<(status: TranscriberStatus) => void>();
  const jobs: FakeJob[] = [];
  let status: TranscriberStatus = {
    model,
    engine: { name: 'asleep' },
    changes: [],
    waiting: 0,
    working: [],
    storage: 'kept',
  };
  let settlePrepare: (outcome: EngineInfo | SottoError) => void = () => undefined;

  function changeStatus(patch: Partial<TranscriberStatus>): void {
    status = { ...status, ...patch };
    for (const listener of [...listeners]) listener(status);
  }

  return {
    jobs,
    changeStatus,
    prepared: (outcome) => settlePrepare(outcome),
    get status() {
      return status;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    transcribe(source, options = {}) {
      const job = createFakeJob(`job-${jobs.length}`, source, status.model, options);
      jobs.push(job);
      return job;
    },
    prepare(signal) {
      return new Promise((resolve, reject) => {
        settlePrepare = (outcome) => (outcome instanceof SottoError ? reject(outcome) : resolve(outcome));
        signal?.addEventListener('abort', () => reject(new SottoError('cancelled')), { once: true });
      });
    },
    async useModel(next) {
      changeStatus({ model: next, engine: { name: 'asleep' } });
    },
    useLadder() {},
    async close() {},
  };
}

function createFakeJob(id: string, source: Source, model: string, options: TranscribeOptions): FakeJob {
  const listeners = new Set<(snapshot: JobSnapshot) => void>();
  const asked: ('stop' | 'cancel')[] = [];
  let resolveEnded: (snapshot: JobSnapshot) => void = () => undefined;
  const ended = new Promise<JobSnapshot>((resolve) => {
    resolveEnded = resolve;
  });
  let snapshot = newSnapshot(id, source, { model, language: options.language ?? 'en' });
  function change(patch: Partial<JobSnapshot>): void {
    snapshot = { ...snapshot, ...patch };
    for (const listener of [...listeners]) listener(snapshot);
    if (ENDED.includes(snapshot.state.name)) resolveEnded(snapshot);
  }
  return {
    id,
    asked,
    options,
    ended,
    change,
    get snapshot() {
      return snapshot;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      asked.push('stop');
      change({ state: { name: 'finishing' }, level: 0 });
    },
    cancel() {
      asked.push('cancel');
      change({ state: { name: 'cancelled' }, partial: NO_OPEN_TEXT, level: 0 });
    },
  };
}
