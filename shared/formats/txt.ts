/** Plain text, a line a segment. */
import type { Format } from './format.ts';

export const txt: Format = {
  label: 'TXT',
  mediaType: 'text/plain; charset=utf-8',
  extension: 'txt',
  write(transcript) {
    return transcript.segments
      .map((segment) => segment.text.replace(/\s+/g, ' ').trim())
      .filter((line) => line !== '')
      .map((line) => `${line}\n`)
      .join('');
  },
};
