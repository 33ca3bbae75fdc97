/** A transcript that a person edits: timed lines, and who said each. Pure: every change gives a new document. */
import type { SpokenSegment } from '../formats/format.ts';
import type { Segment } from '../transcript/transcript.ts';
import type { Speaker } from './speakers.ts';

/**
 * Times as in Segment. Its id is unique in the document and stays while the segment does: that of the segment that was
 * heard, or a negative one where a person made it by splitting.
 */
export interface EditedSegment extends Segment {
  /** whose it is; the engine's is just as it was heard, apart from its speaker */
  readonly by: 'engine' | 'person';
  readonly speaker?: number;
}

export interface Document {
  /** in order of start; none has an empty text, unless it was heard so */
  readonly segments: readonly EditedSegment[];
  readonly speakers: readonly Speaker[];
  /** for the next segment that a person makes: negative, and smaller than those before */
  readonly nextId: number;
}

/** What was heard, by nobody in particular. */
export function heardDocument(segments: readonly Segment[]): Document {
  return { segments: segments.map(asHeard), speakers: [], nextId: -1 };
}

export const asHeard = (segment: Segment): EditedSegment => ({ ...segment, by: 'engine' });

/** Whether it says no more than what was heard. */
export const isAsHeard = ({ segments, speakers }: Document, heard: readonly Segment[]): boolean =>
  speakers.length === 0 &&
  segments.length === heard.length &&
  segments.every(
    ({ by, id, speaker }, index) => by === 'engine' && speaker === undefined && id === heard[index]?.id,
  );

/** As formats take it: numbered in order, speakers by name. */
export function spokenSegments({ segments, speakers }: Document): SpokenSegment[] {
  const names = new Map(speakers.map(({ id, name }) => [id, name]));
  return segments.map(({ by: _, speaker, ...segment }, id) => {
    const name = speaker === undefined ? undefined : names.get(speaker);
    return { ...segment, id, ...(name === undefined ? {} : { speaker: name }) };
  });
}

export const indexOf = ({ segments }: Document, id: number): number =>
  segments.findIndex((segment) => segment.id === id);

/** `count` segments from `index` on replaced. */
export const spliced = (
  document: Document,
  index: number,
  count: number,
  ...put: readonly EditedSegment[]
): Document => ({ ...document, segments: document.segments.toSpliced(index, count, ...put) });
