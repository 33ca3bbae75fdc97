import type { Language } from '../../shared/pipeline/job-language.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import { newSnapshot } from './new-snapshot.ts';
import {
  type Job,
  type JobNotice,
  type JobProgress,
  type JobSnapshot,
  type JobState,
  type KeptSound,
  NO_OPEN_TEXT,
  type OpenText,
  type Source,
  type SpeechHeard,
} from './transcriber.ts';

type StateName = JobState['name'];

/** Every legal way through a job's life; a job ends in exactly one of the states that lead nowhere. */
const NEXT: Record<StateName, readonly StateName[]> = {
  waiting: ['preparing', 'waiting', 'cancelled', 'refused', 'failed'],
  preparing: ['reading', 'listening', 'failed', 'cancelled'],
  reading: ['done', 'failed', 'cancelled'],
  listening: ['finishing', 'failed', 'cancelled'],
  finishing: ['done', 'failed', 'cancelled'],
  done: [],
  failed: [],
  cancelled: [],
  refused: [],
};

export function isEnd(state: JobState): boolean {
  return NEXT[state.name].length === 0;
}

export interface JobControl {
  readonly stop: () => void;
  readonly cancel: () => void;
}

/** The writable side of a Job; whoever runs the job holds it, everyone else sees the Job. */
export interface JobRecord {
  readonly job: Job;
  /** Moves on; an end that comes after another end is ignored, any other illegal step is a bug and throws. */
  go(state: JobState): void;
  progress(progress: Partial<JobProgress>): void;
  /** what the model takes for spoken */
  detect(language: Language): void;
  /** Adds final text; `partial` is what follows it from then on, as it was unless said. */
  append(segments: readonly Segment[], partial?: OpenText): void;
  level(rms: number): void;
  speech(heard: SpeechHeard): void;
  /** its sound begins: epoch milliseconds */
  begin(begunAt: number): void;
  /** seconds of speech that wait for their text */
  unread(unreadSeconds: number): void;
  notice(notice: JobNotice): void;
  /** what was heard and not read, for the next attempt */
  keep(kept: KeptSound): void;
  /** takes back notices of a kind that no longer hold */
  clearNotice(kind: JobNotice['kind']): void;
}

export function createJobRecord(
  source: Source,
  reads: { readonly model: string; readonly language: string },
  control: JobControl,
): JobRecord {
  const id = crypto.randomUUID();
  const listeners = new Set<(snapshot: JobSnapshot) => void>();
  let snapshot = newSnapshot(id, source, reads);
  let resolveEnded: (snapshot: JobSnapshot) => void = () => undefined;
  const ended = new Promise<JobSnapshot>((resolve) => {
    resolveEnded = resolve;
  });

  function change(patch: Partial<JobSnapshot>): void {
    snapshot = { ...snapshot, ...patch };
    for (const listener of [...listeners]) listener(snapshot);
  }

  return {
    job: {
      id,
      get snapshot() {
        return snapshot;
      },
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      stop: control.stop,
      cancel: control.cancel,
      ended,
    },
    go(state) {
      if (isEnd(snapshot.state)) return;
      if (!NEXT[snapshot.state.name].includes(state.name)) {
        throw new Error(`a job cannot go from ${snapshot.state.name} to ${state.name}`);
      }
      if (!isEnd(state)) return change({ state });
      change({ state, partial: NO_OPEN_TEXT, level: 0 });
      listeners.clear();
      resolveEnded(snapshot);
    },
    progress: (progress) => change({ progress: { ...snapshot.progress, ...progress } }),
    detect: ({ code, probability }) => change({ language: code, detected: { code, probability } }),
    append(added, partial = snapshot.partial) {
      const { segments, partial: before } = snapshot;
      const isSame = partial.committed === before.committed && partial.tentative === before.tentative;
      if (added.length > 0 || !isSame) change({ segments: [...segments, ...added], partial });
    },
    level: (rms) => change({ level: rms }),
    speech: (speech) => change({ speech }),
    begin: (begunAt) => change({ begunAt }),
    unread(unreadSeconds) {
      if (unreadSeconds !== snapshot.unreadSeconds) change({ unreadSeconds });
    },
    notice: (notice) => change({ notices: [...snapshot.notices, notice] }),
    keep: (kept) => change({ kept }),
    clearNotice(kind) {
      if (snapshot.notices.some((notice) => notice.kind === kind)) {
        change({ notices: snapshot.notices.filter((notice) => notice.kind !== kind) });
      }
    },
  };
}
