/** What an element wants done, and what it hears of it: all that its script and the lazy part share. */
import type { ErrorCode } from '../../shared/errors.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { JobSnapshot, TranscribeOptions } from '../client/transcriber.ts';
import type { Shown } from './view.ts';

/** What `transcribe` takes; a stream is read until its sound ends or `stop` is called. */
export type Given = Blob | URL | string | MediaStream;

export type Wanted =
  | { readonly name: 'microphone' }
  | { readonly name: 'given'; readonly given: Given }
  /** what the media element of an id plays, with cues on it */
  | { readonly name: 'captions'; readonly media: string; readonly label: string; readonly language: string };

export interface Order {
  /** who is to ask the visitor, where somebody must */
  readonly element: HTMLElement;
  readonly wanted: Wanted;
  /** where ids are looked for */
  readonly root: Node;
  /** id of the field that receives the text */
  readonly field: string | undefined;
  readonly options: TranscribeOptions;
  /** where it may be computed, best first, as words */
  readonly ladder: string;
  readonly idleMs: number;
  /** address of the site that has the models; the script's own unless said */
  readonly server: string | undefined;
  readonly tag: 'en' | 'zh-Hans';
  /** ends the listening; the last words are still read */
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
}

export interface Listener {
  changed(snapshot: JobSnapshot): void;
  /** `placed`: the field that was to receive it has it */
  said(segment: Segment, placed: boolean): void;
  engine(told: EngineTold): void;
  /** bytes of a model on its way */
  fetched(loaded: number, total: number): void;
  /** The visitor is to be asked; true where the element is to do it. */
  consent(host: string, answer: (yes: boolean) => void): boolean;
  /** the element's question comes, or goes */
  asks(question: Shown['question']): void;
}

export type EngineTold = Pick<Shown, 'rung' | 'host' | 'doing' | 'fetched'>;

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly next: string;
}

export interface Outcome {
  readonly how: 'done' | 'aborted' | Failure;
  /** of a recording in which nobody spoke */
  readonly silent: boolean;
}
