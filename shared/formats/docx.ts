/** Word's format (ISO/IEC 29500), by the library of its name: loaded late, it weighs more than the page. */
import { Document, HeadingLevel, Packer, Paragraph, TextRun } from 'docx';
import { type Block, blocksOf } from './blocks.ts';
import type { Manuscript } from './format.ts';
import type { OutputOptions } from './options.ts';

const MUTED = '5F6B66';
/** Between paragraphs, in twentieths of a point. */
const AFTER = 160;
/** Of a note, in the same. */
const INDENT = 400;

export async function writeDocx(
  manuscript: Manuscript,
  options: OutputOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const title = sound(manuscript.title ?? '');
  const { language } = manuscript;
  const known = language !== '' && language !== 'und';
  const heading =
    title === ''
      ? []
      : [new Paragraph({ heading: HeadingLevel.TITLE, children: [new TextRun({ text: title })] })];
  const file = new Document({
    title,
    creator: 'Sotto',
    ...(known ? { styles: { default: { document: { run: { language: { value: language } } } } } } : {}),
    sections: [{ children: [...heading, ...blocksOf(manuscript, options).map(paragraph)] }],
  });
  return new Uint8Array(await Packer.pack(file, 'arraybuffer'));
}

function paragraph({ kind, time, speaker, text }: Block): Paragraph {
  const isNote = kind === 'note';
  return new Paragraph({
    ...(isNote ? { indent: { left: INDENT } } : {}),
    spacing: { after: AFTER },
    children: [
      ...(time === undefined ? [] : [new TextRun({ text: `${time}  `, color: MUTED })]),
      ...(speaker === undefined ? [] : [new TextRun({ text: `${sound(speaker)}: `, bold: true })]),
      new TextRun({ text: sound(text), ...(isNote ? { italics: true } : {}) }),
    ],
  });
}

/** XML 1.0 has no control characters and no halves of surrogate pairs. */
const sound = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is to be replaced
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd');
