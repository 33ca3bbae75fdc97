/** Reading on after text that is final already: after a reload, or a crash. */
import type { SpeechWindow } from '../../shared/speech/window.ts';
import type { ResumeFrom } from './transcriber.ts';

export const FROM_THE_START: ResumeFrom = { segments: [], at: 0 };

/** Times of the same sound, told twice, differ by rounding at most. Seconds. */
const SAME_TIME = 0.001;

/** Seconds of the whole that have final text. */
export const unreadFrom = ({ segments, at }: ResumeFrom): number => Math.max(at, segments.at(-1)?.end ?? 0);

/** Windows that have no final text yet, in seconds of the whole. */
export async function* unreadWindows(
  windows: AsyncIterable<SpeechWindow>,
  resume: ResumeFrom,
): AsyncGenerator<SpeechWindow, void> {
  const from = unreadFrom(resume);
  for await (const window of windows) {
    const moved = resume.at === 0 ? window : moveWindow(window, resume.at);
    if (moved.speechEnd > from + SAME_TIME) yield moved;
  }
}

/** The same window, `by` seconds later. */
function moveWindow(window: SpeechWindow, by: number): SpeechWindow {
  const { overlap, goesOnAt } = window;
  return {
    ...window,
    start: window.start + by,
    end: window.end + by,
    speechStart: window.speechStart + by,
    speechEnd: window.speechEnd + by,
    ...(overlap === undefined ? {} : { overlap: { end: overlap.end + by, seam: overlap.seam + by } }),
    ...(goesOnAt === undefined ? {} : { goesOnAt: goesOnAt + by }),
  };
}
