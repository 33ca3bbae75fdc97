import type { Segment, Transcript } from '../transcript/transcript.ts';
import type { OutputOptions } from './options.ts';

/** A segment, and who said it where somebody knows. */
export interface SpokenSegment extends Segment {
  readonly speaker?: string;
}

/** Written down by a person while it was said. */
export interface TimedNote {
  /** seconds of the source */
  readonly at: number;
  readonly text: string;
}

/** What is written down. */
export interface Manuscript extends Transcript {
  readonly segments: readonly SpokenSegment[];
  /** in order of time; in the formats that have a place for them */
  readonly notes?: readonly TimedNote[];
  /** heads the formats that have a place for it */
  readonly title?: string;
}

interface Described {
  /** short and the same in every language, e.g. `SRT` */
  readonly label: string;
  /** with its charset where it is text */
  readonly mediaType: string;
  /** without the dot */
  readonly extension: string;
}

/** One way to write a transcript down. */
export interface Format extends Described {
  readonly kind: 'text';
  /**
   * The whole file, ending in a line break. Without options: a line or cue a segment, without speakers, which is
   * what the server's answers are.
   */
  write(manuscript: Manuscript, options?: OutputOptions): string;
}

/** One that is not text, and whose writer is loaded when it is asked for. */
export interface FileFormat extends Described {
  readonly kind: 'file';
  write(manuscript: Manuscript, options: OutputOptions): Promise<Uint8Array<ArrayBuffer>>;
}
