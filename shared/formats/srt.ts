/** SubRip: numbered cues, comma before the milliseconds. It has no standard and no escapes. */
import { cuesOf, timestamp } from './cue.ts';
import type { Format } from './format.ts';

export const srt: Format = {
  kind: 'text',
  label: 'SRT',
  mediaType: 'application/x-subrip; charset=utf-8',
  extension: 'srt',
  write(manuscript, options) {
    const blocks = cuesOf(manuscript, options, 'in-text').map(
      (cue, index) =>
        `${index + 1}\n${timestamp(cue.start, ',')} --> ${timestamp(cue.end, ',')}\n${withoutArrow(cue.text)}\n`,
    );
    return blocks.join('\n');
  },
};

/** An arrow in the text would be read as a timing line. */
function withoutArrow(text: string): string {
  return text.replaceAll('-->', '-- >');
}
