/** Many transcripts as one ZIP, made a piece at a time. */
import { strToU8, Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { csvRows } from './csv.ts';
import { fileNames } from './file-name.ts';
import type { Manuscript } from './format.ts';
import { OFFERED, type OfferedId } from './offered.ts';
import type { OutputOptions } from './options.ts';
import { tidy } from './units.ts';

export interface ArchiveWork {
  /** each is asked for once, when its turn comes */
  readonly manuscripts: readonly (() => Manuscript | Promise<Manuscript>)[];
  /** of their sources, in the same order */
  readonly names: readonly string[];
  readonly format: OfferedId;
  readonly options: OutputOptions;
  /** lets others go on between two pieces; throws when it is to end */
  pause(): Promise<void>;
  /** files written so far */
  onFile(count: number): void;
}

const INDEX = 'index.csv';
/** Bytes that are compressed without a pause. */
const PIECE = 1 << 16;

/** The bytes of the archive in order: a file for each, and a table of them all. */
export async function* archive(work: ArchiveWork): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { manuscripts, format, options } = work;
  const ready: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    ready.push(new Uint8Array(chunk));
  });
  const names = fileNames(work.names, OFFERED[format].extension, [INDEX]);
  const rows: string[][] = [['file', 'source', 'seconds', 'language', 'model', 'segments']];
  for (const [index, ask] of manuscripts.entries()) {
    const manuscript = await ask();
    const name = names[index] ?? '';
    const content = await OFFERED[format].write(manuscript, options);
    // What is a ZIP itself grows when it is compressed again.
    for await (const _ of added(zip, name, content, work.pause)) yield* ready.splice(0);
    rows.push(rowOf(manuscript, name, work.names[index] ?? ''));
    work.onFile(index + 1);
  }
  for await (const _ of added(zip, INDEX, csvRows(rows), work.pause)) yield* ready.splice(0);
  zip.end();
  yield* ready.splice(0);
}

async function* added(
  zip: Zip,
  name: string,
  content: string | Uint8Array,
  pause: () => Promise<void>,
): AsyncGenerator<void> {
  const bytes = typeof content === 'string' ? strToU8(content) : content;
  const entry = typeof content === 'string' ? new ZipDeflate(name) : new ZipPassThrough(name);
  zip.add(entry);
  for (let at = 0; at === 0 || at < bytes.length; at += PIECE) {
    entry.push(bytes.slice(at, at + PIECE), at + PIECE >= bytes.length);
    yield;
    await pause();
  }
}

const rowOf = ({ duration, language, model, segments }: Manuscript, file: string, source: string) => [
  file,
  tidy(source),
  duration.toFixed(3),
  language,
  model,
  String(segments.length),
];
