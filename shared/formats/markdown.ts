/** Markdown (CommonMark): the title as a heading, then a paragraph a block; notes as quotations. */
import { type Block, blocksOf } from './blocks.ts';
import type { Format } from './format.ts';
import { STANDARD_OPTIONS } from './options.ts';
import { tidy } from './units.ts';

export const md: Format = {
  kind: 'text',
  label: 'Markdown',
  mediaType: 'text/markdown; charset=utf-8',
  extension: 'md',
  write(manuscript, options = STANDARD_OPTIONS) {
    const title = tidy(manuscript.title ?? '');
    const head = title === '' ? [] : [`# ${escaped(title)}\n`];
    return [...head, ...blocksOf(manuscript, options).map(paragraph)].join('\n');
  },
};

function paragraph({ kind, time, speaker, text }: Block): string {
  const before = [
    ...(time === undefined ? [] : [time]),
    ...(speaker === undefined ? [] : [`${escaped(speaker)}:`]),
  ];
  const mark = kind === 'note' ? '> ' : '';
  return `${mark}${before.length === 0 ? '' : `**${before.join(' ')}** `}${escaped(text)}\n`;
}

/** What would be markup anywhere in a line, and what would be only at its beginning. */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_[\]<>&~|#]/g, '\\$&')
    .replace(/^([-+=])/, '\\$1')
    .replace(/^(\d+)([.)])/, '$1\\$2');
}
