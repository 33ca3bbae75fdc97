/** Comma-separated values, https://www.rfc-editor.org/rfc/rfc4180: a row a segment, times in seconds. */
import type { Format } from './format.ts';

export const csv: Format = {
  kind: 'text',
  label: 'CSV',
  mediaType: 'text/csv; charset=utf-8',
  extension: 'csv',
  write({ segments }, options) {
    const speakers = options?.speakers === 'shown' && segments.some(({ speaker }) => speaker !== undefined);
    const row = (start: string, end: string, speaker: string, text: string) =>
      speakers ? [start, end, speaker, text] : [start, end, text];
    return csvRows([
      row('start', 'end', 'speaker', 'text'),
      ...segments
        .filter(({ text }) => text.trim() !== '')
        .map(({ start, end, speaker = '', text }) =>
          row(start.toFixed(3), end.toFixed(3), speaker, text.trim()),
        ),
    ]);
  },
};

export const csvRows = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');

const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
