/**
 * The end of a job's text, given to the decoder with the next window: `condition_on_previous_text` of OpenAI's
 * whisper/transcribe.py.
 */
import type { WindowReading } from '../asr/engine.ts';
import { plainText } from '../transcript/transcript.ts';

/** Above it a text is drawn rather than read, and what comes next must not be led by it: as in the reference. */
const RESET_TEMPERATURE = 0.5;
/** More than the 223 tokens that a decoder takes of it. */
const MOST_CHARACTERS = 2000;
/** Where the first space is further on, the language puts none between words. */
const LONGEST_WORD = 40;

/** What the next window is given, once `reading` has followed `before`. */
export function carryOver(before: string, { segments }: WindowReading): string {
  if (segments.some(({ temperature = 0 }) => temperature > RESET_TEMPERATURE)) return '';
  const text = plainText([{ text: before }, ...segments]);
  if (text.length <= MOST_CHARACTERS) return text;
  const end = text.slice(-MOST_CHARACTERS);
  const space = end.indexOf(' ');
  return space < LONGEST_WORD ? end.slice(space + 1) : end;
}
