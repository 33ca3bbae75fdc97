/** What WebVTT and SubRip share: cues with times in whole milliseconds and text without blank lines. */
import type { Segment } from '../transcript/transcript.ts';

export interface Cue {
  /** milliseconds, 0 <= start < end */
  readonly start: number;
  readonly end: number;
  /** one or more lines, none of them blank, joined by a line feed */
  readonly text: string;
}

/** A cue of no length is never shown (and WebVTT forbids it): it gets this many milliseconds. */
const SHORTEST = 100;

/** Cues of the segments that have text. */
export function cuesOf(segments: readonly Segment[]): Cue[] {
  const cues: Cue[] = [];
  for (const segment of segments) {
    const text = withoutBlankLines(segment.text);
    if (text === '') continue;
    const start = Math.round(segment.start * 1000);
    const end = Math.round(segment.end * 1000);
    cues.push({ start, end: end > start ? end : start + SHORTEST, text });
  }
  return cues;
}

/** `HH:MM:SS` + mark + `mmm`; more hour digits from 100 hours on. */
export function timestamp(milliseconds: number, mark: '.' | ','): string {
  const seconds = Math.floor(milliseconds / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const clock = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return `${clock}${mark}${String(milliseconds % 1000).padStart(3, '0')}`;
}

function withoutBlankLines(text: string): string {
  return text
    .replaceAll('\0', '\uFFFD')
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}
