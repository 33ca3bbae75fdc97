/** The lines as the player shows them: where somebody speaks, in whose colour. */
import type { Document } from '../../../shared/edit/document.ts';
import type { ColouredSpan } from './paint-wave.ts';
import { cssColour } from './speaker-colours.ts';

/** The same list as before where nothing of it changed: text alone is no reason to draw anew. */
export function spansOf(
  { segments, speakers }: Document,
  before: readonly ColouredSpan[],
): readonly ColouredSpan[] {
  const colours = new Map(speakers.map(({ id, colour }) => [id, cssColour(colour)]));
  const spans = segments.map(({ start, end, speaker }) => {
    const colour = speaker === undefined ? undefined : colours.get(speaker);
    return { start, end, ...(colour === undefined ? {} : { colour }) };
  });
  const same =
    spans.length === before.length &&
    spans.every(({ start, end, colour }, at) => {
      const old = before[at];
      return old?.start === start && old.end === end && old.colour === colour;
    });
  return same ? before : spans;
}
