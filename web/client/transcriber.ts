/** What the page, the element and programs talk to, wherever the engine runs. */
import type { EngineInfo, LoadProgress, Task } from '../../shared/asr/engine.ts';
import type { ErrorWire } from '../../shared/errors.ts';
import type { RungChange } from '../../shared/host/events.ts';
import type { RungId } from '../../shared/host/host.ts';
import type { Language } from '../../shared/pipeline/job-language.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { SoundTap } from './microphone.ts';
import type { LadderStep } from './rungs.ts';

export type Source =
  | { readonly kind: 'file'; readonly file: Blob; readonly name: string }
  | { readonly kind: 'url'; readonly url: string; readonly name: string }
  /** a microphone, or what `stream` brings (a tab, a call, a media element): its tracks stay the caller's to stop */
  | {
      readonly kind: 'live';
      readonly deviceId?: string;
      readonly stream?: MediaStream;
      readonly name: string;
    };

/** Where a job stands. Exactly one of done, failed, cancelled, refused ends it. */
export type JobState =
  | { readonly name: 'waiting'; readonly position: number; readonly etaMs: number | undefined }
  | { readonly name: 'preparing' }
  | { readonly name: 'reading' }
  | { readonly name: 'listening' }
  /** live: microphone off, the tail is being read */
  | { readonly name: 'finishing' }
  | { readonly name: 'done' }
  | { readonly name: 'failed'; readonly error: ErrorWire }
  | { readonly name: 'cancelled' }
  | { readonly name: 'refused'; readonly error: ErrorWire };

export interface JobProgress {
  /** seconds of the source whose text is final */
  readonly doneSeconds: number;
  /** length of the source; undefined while unknown (live, or a stream without a length) */
  readonly totalSeconds: number | undefined;
  /** seconds of audio a second of wall time since reading began; undefined before the first window */
  readonly speed: number | undefined;
  readonly remainingMs: number | undefined;
}

/** One immutable picture of a job; a new object each time something changes. */
export interface JobSnapshot {
  readonly id: string;
  readonly source: Source;
  readonly state: JobState;
  readonly progress: JobProgress;
  /** final, in order; grows, never changes */
  readonly segments: readonly Segment[];
  /** live: what follows the segments and is not final yet */
  readonly partial: OpenText;
  /** live: whether anybody is heard */
  readonly speech: SpeechHeard;
  /** live: level of the microphone, RMS in [0, 1] */
  readonly level: number;
  /** live: epoch milliseconds at which second 0 of the source was, once there is sound */
  readonly begunAt?: number;
  /** live: seconds of speech that wait for their text */
  readonly unreadSeconds?: number;
  /** things to say that do not end the job (digital silence, a window left out, a truncated end) */
  readonly notices: readonly JobNotice[];
  /** of a recording that failed: sound without final text; trying again reads this, not the microphone */
  readonly kept?: KeptSound;
  readonly model: string;
  /** what it is read as, ISO 639-1; `auto` until the model has heard enough to tell */
  readonly language: string;
  /** where the model told the language: what it took for spoken, and its probability */
  readonly detected?: Language;
}

/** `none`: nobody yet; `begun`: someone speaks; `paused`: a stretch of speech is over, and the next has not begun */
export type SpeechHeard = 'none' | 'begun' | 'paused';

/** Segments, then `committed`, then `tentative`: only the last of these may change, the others grow. '' when none. */
export interface OpenText {
  readonly committed: string;
  readonly tentative: string;
}

export const NO_OPEN_TEXT: OpenText = { committed: '', tentative: '' };

export interface KeptSound {
  readonly source: Extract<Source, { kind: 'file' }>;
  readonly seconds: number;
}

export type JobNotice =
  | { readonly kind: 'digital-silence' }
  | { readonly kind: 'left-out'; readonly start: number; readonly end: number; readonly error: ErrorWire }
  | { readonly kind: 'ended-early'; readonly at: number; readonly error: ErrorWire }
  | { readonly kind: 'no-speech' }
  /** so many seconds wait to be read: the recording was ended, so that nothing of it is lost */
  | { readonly kind: 'too-far-behind'; readonly seconds: number }
  /** so many seconds without text are kept for the next attempt */
  | { readonly kind: 'kept-sound'; readonly seconds: number };

export interface Job {
  readonly id: string;
  readonly snapshot: JobSnapshot;
  /** called on each change, with the snapshot; returns what unsubscribes */
  subscribe(listener: (snapshot: JobSnapshot) => void): () => void;
  /** live: microphone off, the tail is still read to its end. Files: same as cancel. */
  stop(): void;
  /** ends at once; finished text stays in the snapshot */
  cancel(): void;
  /** settles when the job has ended, never rejects */
  readonly ended: Promise<JobSnapshot>;
}

/** Where the engine is and what it is doing. */
export type EngineStatus =
  | { readonly name: 'asleep' }
  | { readonly name: 'loading'; readonly rung: RungId; readonly progress: LoadProgress | undefined }
  | { readonly name: 'ready'; readonly rung: RungId; readonly info: EngineInfo }
  | { readonly name: 'restarting'; readonly rung: RungId }
  | { readonly name: 'failed'; readonly error: ErrorWire };

export interface TranscriberStatus {
  readonly model: string;
  readonly engine: EngineStatus;
  /** every step down the ladder in this session, with its reason */
  readonly changes: readonly RungChange[];
  readonly waiting: number;
  /** models of the jobs that have not ended */
  readonly working: readonly string[];
  /** `memory-only`: there was no room to keep the model's files, so they will be fetched again next time */
  readonly storage: 'kept' | 'memory-only';
}

export interface TranscribeOptions {
  /** catalogue id; the transcriber's model unless said */
  readonly model?: string;
  readonly task?: Task;
  /** what is spoken, ISO 639-1; `auto`, or nothing: the model finds out. Models of one language ignore it. */
  readonly language?: string;
  /** what it may be about, or how it is to be written */
  readonly prompt?: string;
  /** words and names that are likely to be said */
  readonly terms?: readonly string[];
  /** text that is improbable and taken for silence: left out unless it is to be kept */
  readonly doubtful?: 'left-out' | 'kept';
  /** `word`: final segments carry their words with times and probabilities, where the model can tell them */
  readonly times?: 'segment' | 'word';
  /** live: who wants the sound as well */
  readonly tap?: SoundTap;
  /** files and URLs: text that is final already; reading goes on after it */
  readonly resume?: ResumeFrom;
}

export interface ResumeFrom {
  /** the job's first */
  readonly segments: readonly Segment[];
  /** seconds of the whole at which the source begins: 0 where it is the whole */
  readonly at: number;
}

export interface Transcriber {
  readonly status: TranscriberStatus;
  subscribe(listener: (status: TranscriberStatus) => void): () => void;
  /** Starts a job; it queues by itself. Never throws: a job that cannot start is `refused` or `failed`. */
  transcribe(source: Source, options?: TranscribeOptions): Job;
  /** Loads a model, its own unless said, ahead of the first job; rejects with a SottoError. Abort keeps files already downloaded. */
  prepare(signal?: AbortSignal, model?: string): Promise<EngineInfo>;
  /** Changes the model for jobs that start later; running jobs keep theirs to their end. */
  useModel(model: string): Promise<void>;
  /** Changes where it may run, best first. Holds at once: what runs elsewhere is ended and read again here. */
  useLadder(ladder: readonly LadderStep[]): void;
  close(): Promise<void>;
}
