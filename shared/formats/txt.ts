/** Plain text, a line a segment, or paragraphs where each is to have its time. */
import { type Block, blocksOf, linesOf } from './blocks.ts';
import type { Format } from './format.ts';

export const txt: Format = {
  kind: 'text',
  label: 'TXT',
  mediaType: 'text/plain; charset=utf-8',
  extension: 'txt',
  write(manuscript, options) {
    if (options?.times === 'paragraph') return blocksOf(manuscript, options).map(line).join('\n');
    if (options !== undefined) return linesOf(manuscript, options).map(line).join('');
    return manuscript.segments
      .map((segment) => segment.text.replace(/\s+/g, ' ').trim())
      .filter((text) => text !== '')
      .map((text) => line({ kind: 'said', text }))
      .join('');
  },
};

/** A note is marked as a quotation is in mails: `> [12:34] note`. */
const line = ({ kind, time, speaker, text }: Block): string =>
  `${kind === 'note' ? '> ' : ''}${time === undefined ? '' : `[${time}] `}${speaker === undefined ? '' : `${speaker}: `}${text}\n`;
