/** Files out of the page. */
import { fileName } from '../../shared/formats/file-name.ts';
import type { Manuscript } from '../../shared/formats/format.ts';
import { OFFERED, type OfferedId } from '../../shared/formats/offered.ts';
import type { OutputOptions } from '../../shared/formats/options.ts';

export async function transcriptFile(
  manuscript: Manuscript,
  format: OfferedId,
  options: OutputOptions,
  sourceName: string,
): Promise<File> {
  const { mediaType, extension, write } = OFFERED[format];
  return new File([await write(manuscript, options)], fileName(sourceName, extension), { type: mediaType });
}

/** Whether this browser has a share sheet that takes text files. */
export function canShareText(): boolean {
  const probe = new File(['text'], 'transcript.txt', { type: OFFERED.txt.mediaType });
  // Not every browser has these, whatever the types say.
  const { share, canShare } = navigator as Partial<Navigator>;
  return share !== undefined && canShare !== undefined && navigator.canShare({ files: [probe] });
}

export async function shareFile(file: File, title: string): Promise<'shared' | 'closed' | 'failed'> {
  try {
    await navigator.share({ files: [file], title });
    return 'shared';
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') return 'closed'; // by who opened it
    console.warn('It could not be shared.', thrown);
    return 'failed';
  }
}

/** Begun at once, for some browsers allow it only just after a click; the text may come a moment later. */
export async function writeClipboard(text: Promise<string>): Promise<'copied' | 'refused'> {
  try {
    const type = 'text/plain';
    const blob = text.then((written) => new Blob([written], { type }));
    await navigator.clipboard.write([new ClipboardItem({ [type]: blob })]);
    return 'copied';
  } catch {
    return 'refused'; // not allowed, or no clipboard on a page that is not secure: said beside the button
  }
}
