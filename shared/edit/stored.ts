/**
 * A document as it is kept: what a person changed, and which of the heard segments stand between. So a change in ten
 * hours of text is written in a moment, and what was heard stays what it was.
 */

import type { Segment } from '../transcript/transcript.ts';
import { asHeard, type Document, type EditedSegment, heardDocument } from './document.ts';
import { SPEAKER_COLOURS, type Speaker } from './speakers.ts';

/** Heard segments one after another, by their ids, both included. */
export interface HeardRun {
  readonly from: number;
  readonly to: number;
  readonly speaker?: number;
}

export interface StoredDocument {
  /** how many segments had been heard: later ones come after */
  readonly heard: number;
  readonly nextId: number;
  readonly speakers: readonly Speaker[];
  /** in order */
  readonly parts: readonly (HeardRun | EditedSegment)[];
}

export function toStored(
  { segments, speakers, nextId }: Document,
  heard: readonly Segment[],
): StoredDocument {
  const parts: (HeardRun | EditedSegment)[] = [];
  for (const segment of segments) {
    const last = parts.at(-1);
    if (segment.by === 'person') parts.push(segment);
    else if (
      last !== undefined &&
      isRun(last) &&
      last.to === segment.id - 1 &&
      last.speaker === segment.speaker
    )
      parts[parts.length - 1] = { ...last, to: segment.id };
    else {
      const { id, speaker } = segment;
      parts.push({ from: id, to: id, ...(speaker === undefined ? {} : { speaker }) });
    }
  }
  return { heard: heard.length, nextId, speakers, parts };
}

/** Together with what was heard; a heard segment that is gone is left out. */
export function fromStored(stored: StoredDocument, heard: readonly Segment[]): Document {
  const byId = new Map(heard.map((segment) => [segment.id, segment]));
  const segments: EditedSegment[] = [];
  for (const part of stored.parts) {
    if (!isRun(part)) segments.push(part);
    else
      for (let id = part.from; id <= Math.min(part.to, heard.length - 1); id += 1) {
        const segment = byId.get(id);
        const speaker = part.speaker === undefined ? {} : { speaker: part.speaker };
        if (segment !== undefined) segments.push({ ...asHeard(segment), ...speaker });
      }
  }
  segments.push(...heardDocument(heard.slice(stored.heard)).segments);
  return { segments, speakers: stored.speakers, nextId: stored.nextId };
}

const isRun = (part: HeardRun | EditedSegment): part is HeardRun => 'from' in part;

/** Of what comes out of a file. */
export function isStoredDocument(value: unknown): value is StoredDocument {
  if (!isObject(value)) return false;
  const { heard, nextId, speakers, parts } = value;
  return (
    [heard, nextId].every(Number.isInteger) &&
    Array.isArray(speakers) &&
    speakers.every(isSpeaker) &&
    Array.isArray(parts) &&
    parts.every((part) => isObject(part) && ('from' in part ? isHeardRun(part) : isEdited(part))) &&
    inOrder(parts)
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isSpeaker = (value: unknown): boolean =>
  isObject(value) &&
  Number.isInteger(value.id) &&
  typeof value.name === 'string' &&
  SPEAKER_COLOURS.some((colour) => colour === value.colour);

const isHeardRun = ({ from, to, speaker }: Record<string, unknown>): boolean =>
  Number.isInteger(from) && Number.isInteger(to) && (speaker === undefined || Number.isInteger(speaker));

const isEdited = ({
  by,
  id,
  text,
  start,
  end,
  tokens,
  avgLogprob,
  speaker,
  words = [],
}: Record<string, unknown>) =>
  by === 'person' &&
  Number.isInteger(id) &&
  typeof text === 'string' &&
  [start, end, avgLogprob].every(Number.isFinite) &&
  Array.isArray(tokens) &&
  (speaker === undefined || Number.isInteger(speaker)) &&
  Array.isArray(words) &&
  words.every(
    (word) =>
      isObject(word) &&
      typeof word.text === 'string' &&
      [word.start, word.end, word.probability].every(Number.isFinite),
  );

/** Runs go up, as times do. */
function inOrder(parts: readonly unknown[]): boolean {
  let last = -1;
  for (const part of parts as readonly (HeardRun | EditedSegment)[]) {
    if (!isRun(part)) continue;
    if (part.from <= last || part.to < part.from) return false;
    last = part.to;
  }
  return true;
}
