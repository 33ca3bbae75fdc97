import type { Transcript } from '../transcript/transcript.ts';

/** One way to write a transcript down. */
export interface Format {
  /** short and the same in every language, e.g. `SRT` */
  readonly label: string;
  /** with its charset */
  readonly mediaType: string;
  /** without the dot */
  readonly extension: string;
  /** The whole file, ending in a line feed. */
  write(transcript: Transcript): string;
}
