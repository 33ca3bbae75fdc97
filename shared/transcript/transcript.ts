/** The transcript: timed segments of a whole source, final, in order. */
import type { WindowSegment } from '../asr/engine.ts';

/** In seconds from the source's beginning; start <= end; never before the previous segment's start. */
export interface Segment extends WindowSegment {
  /** 0-based, in order of start */
  readonly id: number;
}

export interface Transcript {
  readonly segments: readonly Segment[];
  /** length of the source in seconds, as far as it was read */
  readonly duration: number;
  readonly language: string;
  readonly model: string;
}

/** The whole text, segments joined by one space. */
export function plainText(segments: readonly Pick<Segment, 'text'>[]): string {
  return segments
    .map((segment) => segment.text.trim())
    .filter((text) => text !== '')
    .join(' ');
}
