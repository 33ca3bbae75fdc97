/** WebVTT, https://www.w3.org/TR/webvtt1/ */
import { cuesOf, timestamp } from './cue.ts';
import type { Format } from './format.ts';
import { tidy } from './units.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export const vtt: Format = {
  kind: 'text',
  label: 'VTT',
  mediaType: 'text/vtt; charset=utf-8',
  extension: 'vtt',
  write(manuscript, options) {
    const blocks = cuesOf(manuscript, options, 'aside').map(
      (cue) =>
        `${timestamp(cue.start, '.')} --> ${timestamp(cue.end, '.')}\n${voice(cue.speaker)}${escaped(cue.text)}\n`,
    );
    return ['WEBVTT\n', ...blocks].join('\n');
  },
};

/** https://www.w3.org/TR/webvtt1/#webvtt-cue-voice-span; it lasts to the end of the cue. */
function voice(speaker: string | undefined): string {
  const name = escaped(tidy(speaker ?? ''));
  return name === '' ? '' : `<v ${name}>`;
}

/** Escaping `>` also keeps the arrow of a timing line out of the text. */
function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ESCAPES[character] ?? character);
}
