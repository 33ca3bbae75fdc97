/** What WebVTT and SubRip share: cues with times in whole milliseconds and text without blank lines. */
import { cutCues, SHORTEST } from './cut-cues.ts';
import type { Manuscript, SpokenSegment } from './format.ts';
import type { OutputOptions } from './options.ts';

export interface Cue {
  /** milliseconds, 0 <= start < end */
  readonly start: number;
  readonly end: number;
  /** one or more lines, none of them blank, joined by a line feed */
  readonly text: string;
  /** where speakers are shown */
  readonly speaker?: string;
}

/**
 * Without options a cue a segment, else cues that fit them. `labels`: where the format has no place for the
 * speaker, the name stands in the text at each change.
 */
export function cuesOf(
  { segments }: Manuscript,
  options: OutputOptions | undefined,
  labels: 'in-text' | 'aside',
): Cue[] {
  if (options === undefined) return wholeCues(segments);
  let before: string | undefined;
  return segments.flatMap((segment) => {
    const speaker = options.speakers === 'shown' ? segment.speaker : undefined;
    const label = labels === 'in-text' && speaker !== undefined && speaker !== before ? `${speaker}:` : '';
    before = speaker;
    const cues = cutCues(segment, options, label);
    return speaker === undefined ? cues : cues.map((cue) => ({ ...cue, speaker }));
  });
}

/**
 * Cues of the segments that have text. One of no length would never be shown (and WebVTT forbids it): it gets a
 * little.
 */
function wholeCues(segments: readonly SpokenSegment[]): Cue[] {
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
