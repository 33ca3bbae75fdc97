/** Who speaks, as a person says it. */
import type { Document } from './document.ts';

/** Names of colours; how they look is the page's affair. */
export const SPEAKER_COLOURS = [
  'teal',
  'blue',
  'violet',
  'magenta',
  'red',
  'orange',
  'olive',
  'grey',
] as const;

export type SpeakerColour = (typeof SPEAKER_COLOURS)[number];

export interface Speaker {
  readonly id: number;
  /** never empty */
  readonly name: string;
  readonly colour: SpeakerColour;
}

export const LONGEST_NAME = 80;

const named = (name: string): string => name.replace(/\s+/g, ' ').trim().slice(0, LONGEST_NAME);

/** With one more, of a colour that the fewest have; `id` is the new one's. An empty name changes nothing. */
export function withSpeaker(
  document: Document,
  name: string,
): { document: Document; id: number | undefined } {
  if (named(name) === '') return { document, id: undefined };
  const { speakers } = document;
  const id = 1 + Math.max(0, ...speakers.map((speaker) => speaker.id));
  const uses = (colour: SpeakerColour) => speakers.filter((speaker) => speaker.colour === colour).length;
  const [colour] = SPEAKER_COLOURS.toSorted((a, b) => uses(a) - uses(b));
  if (colour === undefined) return { document, id: undefined };
  return { document: { ...document, speakers: [...speakers, { id, name: named(name), colour }] }, id };
}

/** Everywhere, since lines know their speaker by id. */
export function changeSpeaker(
  document: Document,
  id: number,
  change: Partial<Pick<Speaker, 'name' | 'colour'>>,
): Document {
  const before = document.speakers.find((speaker) => speaker.id === id);
  if (before === undefined) return document;
  const name = named(change.name ?? before.name) || before.name;
  const colour = change.colour ?? before.colour;
  if (name === before.name && colour === before.colour) return document;
  const speakers = document.speakers.map((speaker) => (speaker === before ? { id, name, colour } : speaker));
  return { ...document, speakers };
}

/** Its lines are nobody's then. */
export function withoutSpeaker(document: Document, id: number): Document {
  if (!document.speakers.some((speaker) => speaker.id === id)) return document;
  const lines = document.segments.filter(({ speaker }) => speaker === id).map((segment) => segment.id);
  return {
    ...assigned(document, lines, undefined),
    speakers: document.speakers.filter((speaker) => speaker.id !== id),
  };
}

/** Gives lines to a speaker that is there, or to nobody. */
export function assigned(document: Document, ids: Iterable<number>, speaker: number | undefined): Document {
  if (speaker !== undefined && !document.speakers.some(({ id }) => id === speaker)) return document;
  const wanted = new Set(ids);
  let changes = 0;
  const segments = document.segments.map((segment) => {
    if (!wanted.has(segment.id) || segment.speaker === speaker) return segment;
    changes += 1;
    const { speaker: _, ...rest } = segment;
    return speaker === undefined ? rest : { ...rest, speaker };
  });
  return changes === 0 ? document : { ...document, segments };
}
