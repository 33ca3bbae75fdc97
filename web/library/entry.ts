/** What is written of a job when it begins. Pure. */
import type { Job, Source, TranscribeOptions } from '../client/transcriber.ts';
import type { JobJournal, JournalOptions, Recording, Session } from './port.ts';

export interface Start {
  readonly job: Job;
  readonly asked: TranscribeOptions;
  /** what it is recorded together with */
  readonly session: Session | undefined;
}

/** `former`: what is there of an earlier reading, which stays but its text; `now`: epoch milliseconds. */
export function entryOf(
  id: string,
  source: Source,
  { job, asked, session }: Start,
  { former, now }: { readonly former: Recording | undefined; readonly now: number },
): { readonly recording: Recording; readonly journal: JobJournal } {
  const { model, language } = job.snapshot;
  const state = source.kind === 'live' ? 'capturing' : 'reading';
  const recording: Recording = former ?? {
    id,
    name: source.name,
    kind: source.kind,
    ...(source.kind === 'url' ? { url: source.url } : {}),
    createdAt: now,
    seconds: 0,
    bytes: 0,
    state,
    sound: 'none',
    ...(session === undefined ? {} : { session }),
  };
  return {
    recording: { ...recording, state },
    journal: { id, model, options: journalOptions(asked), language, readUntil: 0, segments: 0 },
  };
}

/** What it is to be read on with, should it be interrupted. */
function journalOptions({
  task,
  language,
  prompt,
  terms,
  doubtful,
  times,
}: TranscribeOptions): JournalOptions {
  return {
    ...(task === undefined ? {} : { task }),
    ...(language === undefined ? {} : { language }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(terms === undefined ? {} : { terms }),
    ...(doubtful === undefined ? {} : { doubtful }),
    ...(times === undefined ? {} : { times }),
  };
}
