/** Cues on a media element, as they are read. */
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { Source } from '../client/transcriber.ts';

export interface Captions {
  /** A stream is listened to from now: its first second is where its player stands. A file's is at its beginning. */
  clockStarts(): void;
  add(segment: Segment): void;
}

/** Shorter ones cannot be read, and would not show between two pictures. */
const SHORTEST_SECONDS = 0.5;

/** One track for each media element, however often captions are begun: a track cannot be taken away again. */
const tracks = new WeakMap<HTMLMediaElement, TextTrack>();

/** Begins anew: what a former reading left is taken away. */
export function captionsFor(media: HTMLMediaElement, label: string, language: string): Captions {
  const track = tracks.get(media) ?? media.addTextTrack('captions', label, language);
  tracks.set(media, track);
  track.mode = 'showing'; // a disabled track has no cues to ask for
  for (const cue of [...(track.cues ?? [])]) track.removeCue(cue);
  let shift = 0;
  return {
    clockStarts() {
      shift = media.currentTime;
    },
    add({ start, end, text }) {
      track.addCue(new VTTCue(shift + start, shift + Math.max(end, start + SHORTEST_SECONDS), text));
    },
  };
}

/** What a media element plays: its stream, or its address. Undefined where it has neither. */
export function sourceOfMedia({ srcObject, currentSrc, src }: HTMLMediaElement): Source | undefined {
  if (srcObject instanceof MediaStream) return { kind: 'live', stream: srcObject, name: 'media' };
  const url = currentSrc || src;
  return url === '' ? undefined : { kind: 'url', url, name: 'media' };
}
