import type { TranscribeOptions } from '../client/transcriber.ts';
import type { JournalOptions } from './port.ts';

/** What it is to be read on with, should it be interrupted. */
export function journalOptions({
  task,
  language,
  prompt,
  terms,
  doubtful,
}: TranscribeOptions): JournalOptions {
  return {
    ...(task === undefined ? {} : { task }),
    ...(language === undefined ? {} : { language }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(terms === undefined ? {} : { terms }),
    ...(doubtful === undefined ? {} : { doubtful }),
  };
}
