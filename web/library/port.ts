/** What is kept on the device: recordings with their sound, their text, and how far they were read. */
import type { Task } from '../../shared/asr/engine.ts';
import type { StoredDocument } from '../../shared/edit/stored.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';

export type SourceKind = 'live' | 'file' | 'url';

/** What was heard at once from several sources is one session, with a recording for each. */
export interface Session {
  readonly id: string;
  /** who is heard in this one; for people */
  readonly speaker: string;
}

/** Written down by a person while it was recorded. */
export interface Note {
  readonly id: string;
  /** seconds of the recording */
  readonly at: number;
  readonly text: string;
}

/**
 * Where a recording stands. `capturing`: its sound is being written; `reading`: its text is not whole; `done`: it is;
 * `stopped`: nobody wants the rest for now, or it could not be read.
 */
export type RecordingState = 'capturing' | 'reading' | 'done' | 'stopped';

/** Every legal way from one to the next. */
const NEXT: Record<RecordingState, readonly RecordingState[]> = {
  capturing: ['reading', 'done', 'stopped'],
  reading: ['done', 'stopped'],
  done: ['reading'],
  stopped: ['reading'],
};

export const mayBecome = (from: RecordingState, to: RecordingState): boolean =>
  from === to || NEXT[from].includes(to);

/** `none`: not kept; `writing`: it grows; `whole`: all there is; `cut`: the device had no room for the rest. */
export type SoundState = 'none' | 'writing' | 'whole' | 'cut';

export interface Recording {
  readonly id: string;
  /** for people */
  readonly name: string;
  readonly kind: SourceKind;
  /** where a source of kind `url` is */
  readonly url?: string;
  /** epoch milliseconds */
  readonly createdAt: number;
  /** length as far as known */
  readonly seconds: number;
  /** of the sound kept here */
  readonly bytes: number;
  readonly state: RecordingState;
  readonly sound: SoundState;
  /** epoch milliseconds: it was deleted, and can still be had back */
  readonly deletedAt?: number;
  readonly session?: Session;
  /** epoch milliseconds at which its second 0 was, where that is known */
  readonly begunAt?: number;
}

/** There is something to be heard. */
export const hasSound = ({ sound }: Recording): boolean => sound === 'whole' || sound === 'cut';

/** What it is read with, to go on in the same way. */
export interface JournalOptions {
  readonly task?: Task;
  readonly language?: string;
  readonly prompt?: string;
  readonly terms?: readonly string[];
  readonly doubtful?: 'left-out' | 'kept';
  readonly times?: 'segment' | 'word';
}

export interface JobJournal {
  readonly id: string;
  readonly model: string;
  readonly options: JournalOptions;
  /** what it is read as, ISO 639-1 or `auto` */
  readonly language: string;
  /** seconds of the source with final text: reading goes on there */
  readonly readUntil: number;
  /** segments written so far */
  readonly segments: number;
}

/** What a person made of a recording's text. */
export interface DocumentRecord {
  readonly id: string;
  /** from 1, one more with each change: who knows an older one has not seen the newest text */
  readonly revision: number;
  readonly document: StoredDocument;
}

/** A line of a recording's text that holds what was searched for. */
export interface Found {
  readonly id: string;
  readonly segment: Segment;
}

/** One transaction each; throws DOMException `QuotaExceededError` where there is no room. */
export interface IndexStore {
  recordings(): Promise<readonly Recording[]>;
  find(id: string): Promise<Recording | undefined>;
  /** A recording with its journal, and no text; what was there under this id is replaced, text and edits included. */
  begin(recording: Recording, journal: JobJournal): Promise<void>;
  /** Undefined where it is gone. Throws RangeError for a state that it cannot go to. */
  change(id: string, patch: Partial<Omit<Recording, 'id'>>): Promise<Recording | undefined>;
  /** Takes a deletion back. */
  restore(id: string): Promise<void>;
  journal(id: string): Promise<JobJournal | undefined>;
  /** Final text and how far it reaches, together or not at all; of a recording that is gone, nothing. */
  append(id: string, segments: readonly Segment[], told: { readonly language: string }): Promise<void>;
  /** as they were heard */
  segments(id: string): Promise<readonly Segment[]>;
  /** undefined where nobody edited it */
  document(id: string): Promise<DocumentRecord | undefined>;
  /**
   * Writes it, or takes it out (undefined), where the one that is there is of that revision (0: none is). Resolves with
   * the new revision; with undefined, and nothing is written, where it is of another, or the recording is gone.
   */
  putDocument(
    id: string,
    document: StoredDocument | undefined,
    revision: number,
  ): Promise<number | undefined>;
  /** in text as edited; in the order of recordings and their time, at most `limit`; without case */
  search(text: string, limit: number): Promise<readonly Found[]>;
  /** in order of time */
  notes(id: string): Promise<readonly Note[]>;
  /** Each replaces the one with its id. */
  putNotes(id: string, notes: readonly Note[]): Promise<void>;
  remove(id: string): Promise<void>;
  close(): void;
}
