/** One job and its recording: text is written down as it becomes final, one transaction a change. */
import type { Job, JobSnapshot, JobState } from '../client/transcriber.ts';
import type { IndexStore, Recording, RecordingState } from './port.ts';

export interface KeeperParts {
  readonly index: IndexStore;
  readonly id: string;
  readonly job: Job;
  /** how many of the job's first segments are written already */
  readonly written: number;
  readonly onChange: () => void;
  /** What could not be written; nothing more of this job is, so that there is no gap. */
  readonly onTrouble: (thrown: unknown) => void;
}

const END: Partial<Record<JobState['name'], RecordingState>> = {
  done: 'done',
  failed: 'stopped',
  cancelled: 'stopped',
  refused: 'stopped',
};

/** Where a recording stands while its job does; undefined: where it stood. */
export const stateFor = (state: JobState): RecordingState | undefined =>
  END[state.name] ?? (state.name === 'finishing' ? 'reading' : undefined);

/** Resolves when the job has ended and its end is written. */
export async function keepJob({ index, id, job, written, onChange, onTrouble }: KeeperParts): Promise<void> {
  let told = written;
  let length: number | undefined;
  let state: RecordingState | undefined;
  let begunAt: number | undefined;
  let tail = Promise.resolve();
  let broken = false;

  function enqueue(work: () => Promise<unknown>): void {
    tail = tail.then(async () => {
      if (broken) return;
      try {
        await work();
        onChange();
      } catch (thrown) {
        broken = true;
        onTrouble(thrown);
      }
    });
  }

  function note(snapshot: JobSnapshot): void {
    const { segments, language, progress } = snapshot;
    if (segments.length > told) {
      const fresh = segments.slice(told);
      told = segments.length;
      enqueue(() => index.append(id, fresh, { language }));
    }
    const patch = changeOf(snapshot, { state, length, begunAt });
    if (patch === undefined) return;
    state = patch.state ?? state;
    length = progress.totalSeconds;
    begunAt = snapshot.begunAt;
    enqueue(() => index.change(id, patch));
  }

  const unsubscribe = job.subscribe(note);
  note(job.snapshot);
  note(await job.ended);
  unsubscribe();
  await tail;
}

/** What a picture of the job changes in its recording. The length of a capture is its sound's. */
function changeOf(
  { source, state, progress, begunAt }: JobSnapshot,
  before: {
    readonly state: RecordingState | undefined;
    readonly length: number | undefined;
    readonly begunAt: number | undefined;
  },
): Partial<Omit<Recording, 'id'>> | undefined {
  const next = stateFor(state);
  const moved = next === undefined || next === before.state ? {} : { state: next };
  const { totalSeconds } = progress;
  const begins = begunAt === undefined || begunAt === before.begunAt ? {} : { begunAt };
  const known = totalSeconds !== undefined && totalSeconds !== before.length && source.kind !== 'live';
  const patch = { ...moved, ...begins, ...(known ? { seconds: totalSeconds } : {}) };
  return Object.keys(patch).length === 0 ? undefined : patch;
}
