import { FORMATS, type FormatId } from '../../shared/formats/index.ts';
import type { Transcript } from '../../shared/transcript/transcript.ts';

/** A browser has begun to read the address by then. */
const REVOKE_AFTER_MS = 10_000;

/** Hands the transcript to the browser's downloads. */
export function saveTranscript(transcript: Transcript, format: FormatId, sourceName: string): void {
  const { write, mediaType, extension } = FORMATS[format];
  const url = URL.createObjectURL(new Blob([write(transcript)], { type: mediaType }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName(sourceName, extension);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS);
}

/** `talk.mp3` to `talk.srt`; characters that file systems refuse become `-`. */
export function fileName(sourceName: string, extension: string): string {
  const stem = sourceName
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is to be replaced
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*]+/g, '-')
    .replace(/^[.\s-]+|[.\s]+$/g, '');
  return `${stem === '' ? 'transcript' : stem}.${extension}`;
}
