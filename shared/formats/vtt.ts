/** WebVTT, https://www.w3.org/TR/webvtt1/ */
import { cuesOf, timestamp } from './cue.ts';
import type { Format } from './format.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export const vtt: Format = {
  label: 'VTT',
  mediaType: 'text/vtt; charset=utf-8',
  extension: 'vtt',
  write(transcript) {
    const blocks = cuesOf(transcript.segments).map(
      (cue) => `${timestamp(cue.start, '.')} --> ${timestamp(cue.end, '.')}\n${escaped(cue.text)}\n`,
    );
    return ['WEBVTT\n', ...blocks].join('\n');
  },
};

/** Escaping `>` also keeps the arrow of a timing line out of the text. */
function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ESCAPES[character] ?? character);
}
