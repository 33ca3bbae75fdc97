/** Windows that overlap become one line of words, each said once, none of them taken back. */
import type { WindowReading } from '../asr/engine.ts';
import type { SpeechWindow } from '../speech/window.ts';
import { joinWords, readingOf, type SpokenWord, spokenText, spokenWords } from './spoken-words.ts';
import { findSeam, type Seam } from './stitch.ts';

/** What a window adds: the words that the window before it had left open, then its own. */
export interface Passage {
  readonly words: readonly SpokenWord[];
  /** how many of them are the earlier window's */
  readonly earlier: number;
  /** how many of its own were dropped, being among the earlier ones */
  readonly dropped: number;
  /** the reading, where the words are all of it and nothing else */
  readonly whole?: WindowReading;
}

/** A stretch of settled words, in the form that becomes segments. */
export interface Settled {
  readonly window: SpeechWindow;
  readonly reading: WindowReading;
}

/** The end of a window that was cut within speech, until the next one has said how it goes on. */
interface Open {
  readonly window: SpeechWindow;
  readonly words: readonly SpokenWord[];
  /** words that are settled, and never change */
  readonly settled: number;
}

export interface Joiner {
  /** what is left open, as text */
  readonly openText: string;
  /** The seam to the window before, as far as these first words of the window tell; undefined without an overlap. */
  seamTo(window: SpeechWindow, words: readonly SpokenWord[]): Seam | undefined;
  /** The window as it goes on from the one before. `seam` is kept to when given, otherwise it is found. */
  compose(window: SpeechWindow, reading: WindowReading, seam?: Seam): Passage;
  /**
   * Takes the window's final passage and gives what is settled by it. `keep`: how many of its first words are never
   * left open.
   */
  settle(window: SpeechWindow, passage: Passage, keep?: number): Settled[];
  /** No window will follow that overlaps: what is left open is settled as it is. */
  flush(): Settled[];
}

export function createJoiner(): Joiner {
  let open: Open | undefined;

  const left = (): readonly SpokenWord[] => open?.words.slice(open.settled) ?? [];

  const seamTo = (window: SpeechWindow, words: readonly SpokenWord[]): Seam | undefined =>
    open === undefined || window.overlap === undefined || window.index !== open.window.index + 1
      ? undefined
      : findSeam(open.words, words, { from: window.start, ...window.overlap }, open.settled);

  const flush = (): Settled[] => {
    const words = left();
    const window = open?.window;
    open = undefined;
    return window === undefined ? [] : settledOf(window, words, { before: true, after: false });
  };

  return {
    get openText() {
      return spokenText(left());
    },
    seamTo,
    compose(window, reading, known) {
      const words = spokenWords(window.start, reading);
      const seam = known ?? seamTo(window, words);
      if (open === undefined || seam === undefined) return { words, earlier: 0, dropped: 0, whole: reading };
      const earlier = open.words.slice(open.settled, seam.left);
      const own = words.slice(seam.right);
      return { words: joinWords(earlier, own), earlier: earlier.length, dropped: seam.right };
    },
    settle(window, { words, whole }, keep = 0) {
      const joined = seamTo(window, words) !== undefined;
      const before = joined ? [] : flush();
      open = undefined;
      const { goesOnAt } = window;
      if (goesOnAt === undefined) {
        if (whole !== undefined) return [...before, { window, reading: whole }];
        return [...before, ...settledOf(window, words, { before: joined, after: false })];
      }
      const early = words.findIndex((word) => word.end > goesOnAt);
      const settled = Math.max(keep, early < 0 ? words.length : early);
      open = { window, words, settled };
      return [...before, ...settledOf(window, words.slice(0, settled), { before: joined, after: true })];
    },
    flush,
  };
}

/** `cut`: at which ends the words are not all that the window's speech holds. */
function settledOf(
  window: SpeechWindow,
  words: readonly SpokenWord[],
  cut: { readonly before: boolean; readonly after: boolean },
): Settled[] {
  const [first] = words;
  const last = words.at(-1);
  if (first === undefined || last === undefined) return [];
  const start = Math.min(window.start, first.start);
  const speechStart = cut.before ? first.start : window.speechStart;
  const speechEnd = cut.after ? last.end : Math.max(window.speechEnd, speechStart);
  return [{ window: { ...window, start, speechStart, speechEnd }, reading: readingOf(words, start) }];
}
