import { toWire } from '../../shared/errors.ts';
import { newSnapshot } from './new-snapshot.ts';
import type { Job, JobSnapshot, JobState, Source } from './transcriber.ts';

/**
 * A job that waits for the code that runs it, and is that job from then on, under its own id. `real` rejects when the
 * code cannot be had; what it resolves with is not called when the job was ended before. `onTold` is called once:
 * from then on the job counts where it runs, or has ended.
 */
export function lateJob(
  source: Source,
  reads: { readonly model: string; readonly language: string },
  real: Promise<() => Job>,
  onTold: () => void,
): Job {
  const id = crypto.randomUUID();
  const listeners = new Set<(snapshot: JobSnapshot) => void>();
  let snapshot = newSnapshot(id, source, reads);
  let started: Job | undefined;
  let isOver = false;
  let resolveEnded: (snapshot: JobSnapshot) => void = () => undefined;
  const ended = new Promise<JobSnapshot>((resolve) => {
    resolveEnded = resolve;
  });

  function show(next: JobSnapshot): void {
    snapshot = { ...next, id };
    for (const listener of [...listeners]) listener(snapshot);
  }
  function over(state: JobState): void {
    if (isOver) return;
    isOver = true;
    show({ ...snapshot, state });
    resolveEnded(snapshot);
    onTold();
  }
  const follow = (start: () => Job): void => {
    if (isOver) return;
    started = start();
    started.subscribe(show);
    void started.ended.then(() => resolveEnded(snapshot));
    show(started.snapshot);
    onTold();
  };
  real
    .then(follow)
    .catch((thrown: unknown) => over({ name: 'failed', error: toWire(thrown, 'engine_unavailable') }));

  return {
    id,
    ended,
    get snapshot() {
      return snapshot;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    // Nothing was heard yet.
    stop: () => (started === undefined ? over({ name: 'cancelled' }) : started.stop()),
    cancel: () => (started === undefined ? over({ name: 'cancelled' }) : started.cancel()),
  };
}
