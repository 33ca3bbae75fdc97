/** How much a text repeats itself: `compression_ratio` of OpenAI's whisper/utils.py. */
import { zlibSync } from 'fflate';

/** UTF-8 bytes over their zlib-deflated length; 0 for no text, about 1 for a sentence, above 2.4 for a loop. */
export function compressionRatio(text: string): number {
  const bytes = new TextEncoder().encode(text);
  return bytes.length / zlibSync(bytes).length;
}
