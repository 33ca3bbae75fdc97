/** What the page has of the library. */
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { Job, Source, TranscribeOptions } from '../client/transcriber.ts';
import type { Documents } from './documents.ts';
import type { Found, JobJournal, Note, Recording, Session } from './port.ts';

/** `full`: the device had no room; `failed`: it could not be written otherwise. Jobs go on all the same, in memory. */
export type Trouble = 'full' | 'failed';

/** What a job is to be started with, and told once it is. */
export interface Keeping {
  readonly options: Pick<TranscribeOptions, 'tap'>;
  follow(job: Job, asked: TranscribeOptions): void;
}

/** How an unfinished recording is read on. */
export interface Unfinished {
  readonly source: Source;
  readonly options: TranscribeOptions;
  follow(job: Job): void;
  /** it is not going to be read now */
  letGo(): void;
}

export interface Library extends Documents {
  /** not deleted ones, the newest first */
  list(): Promise<readonly Recording[]>;
  /** as they were heard */
  segments(id: string): Promise<readonly Segment[]>;
  journal(id: string): Promise<JobJournal | undefined>;
  search(text: string): Promise<readonly Found[]>;
  sound(id: string): Promise<File | undefined>;
  /** false: this browser keeps text only */
  readonly keepsSound: boolean;
  readonly trouble: Trouble | undefined;
  /** called after each change */
  subscribe(listener: () => void): () => void;
  /**
   * `again`: the job whose source is read once more; its recording gets the new text instead of the old, unless that was
   * edited: then the new text is a recording of its own.
   */
  keep(source: Source, again?: Job, session?: Session): Keeping;
  /** The id of the recording that it is kept as; undefined where it is not. */
  idOf(job: Job): string | undefined;
  /** Who is heard in a recording of a session. */
  nameSpeaker(id: string, speaker: string): Promise<void>;
  /** in order of time */
  notes(id: string): Promise<readonly Note[]>;
  addNote(id: string, note: Note): Promise<void>;
  /** Ids of what an earlier visit left unfinished and no tab is at; their sound is whole again. */
  recover(): Promise<readonly string[]>;
  /** undefined: nothing is left to read, its sound is gone, or somebody is at it */
  resume(id: string): Promise<Unfinished | undefined>;
  rename(id: string, name: string): Promise<void>;
  /** Cancels its job. Sound and text are gone for good some seconds later, or when the page is opened again. */
  remove(id: string): Promise<void>;
  undo(id: string): Promise<void>;
  canUndo(id: string): Promise<boolean>;
  /** Everything as one file, which is there for a while. */
  pack(): Promise<File>;
  /** How many were new. Throws RangeError for a file that is something else. */
  unpack(archive: Blob): Promise<number>;
  close(): Promise<void>;
}
