/** What the page offers: the text formats, and DOCX, whose writer is loaded when it is first asked for. */
import type { FileFormat, Format } from './format.ts';
import { FORMATS } from './index.ts';

const docx: FileFormat = {
  kind: 'file',
  label: 'DOCX',
  mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  extension: 'docx',
  async write(manuscript, options) {
    const { writeDocx } = await import('./docx.ts');
    return writeDocx(manuscript, options);
  },
};

const { txt, md, srt, vtt, json, csv } = FORMATS;

export const OFFERED = { txt, md, docx, srt, vtt, csv, json } as const satisfies Record<
  string,
  Format | FileFormat
>;

export type OfferedId = keyof typeof OFFERED;

export const OFFERED_IDS = Object.keys(OFFERED) as readonly OfferedId[];
