/** Cues on a media element, as they are read. */
import type { Segment } from '../../shared/transcript/transcript.ts';

export interface Captions {
  /** `shift`: seconds of the media's clock at which the segments' clock began */
  add(segment: Segment, shift?: number): void;
  /** Takes all cues away and stops showing them; a track cannot be taken off its element. */
  clear(): void;
}

/** One track for each media element, however often captions are begun. */
const tracks = new WeakMap<HTMLMediaElement, TextTrack>();

export function captionsFor(media: HTMLMediaElement, label: string, language: string): Captions {
  const track = tracks.get(media) ?? media.addTextTrack('captions', label, language);
  tracks.set(media, track);
  empty(track);
  track.mode = 'showing';
  return {
    add({ start, end, text }, shift = 0) {
      track.addCue(new VTTCue(shift + start, Math.max(shift + end, shift + start + 0.1), text));
    },
    clear() {
      empty(track);
      track.mode = 'disabled';
    },
  };
}

function empty(track: TextTrack): void {
  for (const cue of [...(track.cues ?? [])]) track.removeCue(cue);
}
