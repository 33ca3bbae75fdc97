/**
 * The text of a live source: final segments, then text that is committed, then text that may still change.
 *
 * Final segments followed by committed text only ever grow at their end: what was shown as committed is in the final
 * text, at its place, once. Three things make it so. Readings of a window are made to begin with its committed tokens
 * (agreement.ts). Where a window was cut within speech, what it has in common with the next is told apart once, before
 * anything of the next is committed (stitch.ts). And whatever an engine answers, what was committed is put first.
 */
import type { WindowReading } from '../asr/engine.ts';
import type { SpeechWindow } from '../speech/window.ts';
import { type Agreement, agree, beginsWith, NOTHING_AGREED } from './agreement.ts';
import { appendReading } from './assemble.ts';
import { createJoiner, type Joiner, type Passage, type Settled } from './joiner.ts';
import { type SpokenWord, spokenText, spokenWords, wordsWithin } from './spoken-words.ts';
import { findSeam, type Seam } from './stitch.ts';
import type { Segment } from './transcript.ts';

export interface LiveText {
  /** final, in order */
  readonly segments: readonly Segment[];
  /** follows the segments: it will not change any more, but is not final text with times yet */
  readonly committed: string;
  /** follows the committed text, and may change */
  readonly tentative: string;
  /** Tokens that the next reading of this window must begin with. */
  prefixOf(index: number): readonly number[];
  /**
   * A partial reading of the window that is spoken; of any other it changes nothing. Commits nothing once `close` was
   * called for the window.
   */
  partial(window: SpeechWindow, reading: WindowReading): void;
  /** The window has ended and is sent to be read for the last time, beginning with these tokens. */
  close(index: number): readonly number[];
  /** The final reading of the next window; returns the segments it added. */
  final(window: SpeechWindow, reading: WindowReading): readonly Segment[];
  /**
   * The source has ended, or no more of it is read: what is open or committed becomes final, and is returned. What is
   * tentative is dropped.
   */
  finish(): readonly Segment[];
}

/** A window that is being spoken, or waits for its final reading. */
interface OpenWindow {
  readonly index: number;
  readonly state: 'spoken' | 'closed';
  readonly agreement: Agreement;
  /** to the window before it; once anything of this one is committed it stays */
  readonly seam: Seam | undefined;
  /** as it was when it was read last */
  readonly window: SpeechWindow | undefined;
  /** what is shown of it */
  readonly words: readonly SpokenWord[];
  /** and what of that is committed */
  readonly committed: readonly SpokenWord[];
}

export function createLiveText(): LiveText {
  let segments: readonly Segment[] = [];
  const joiner = createJoiner();
  const windows = new Map<number, OpenWindow>();
  /** the window whose final reading comes next */
  let next = 0;

  const openAt = (index: number): OpenWindow =>
    windows.get(index) ?? {
      index,
      state: 'spoken',
      agreement: NOTHING_AGREED,
      seam: undefined,
      window: undefined,
      words: [],
      committed: [],
    };

  const append = (all: readonly Settled[]): readonly Segment[] => {
    const before = segments.length;
    for (const { window, reading } of all) segments = appendReading(segments, window, reading);
    return segments.slice(before);
  };

  return {
    get segments() {
      return segments;
    },
    get committed() {
      return spokenText(openAt(next).committed);
    },
    get tentative() {
      const { committed, words } = openAt(next);
      return words.length === 0 ? joiner.openText : spokenText(words.slice(committed.length));
    },
    prefixOf: (index) => openAt(index).agreement.prefix,
    close(index) {
      const open = openAt(index);
      windows.set(index, { ...open, state: 'closed' });
      return open.agreement.prefix;
    },
    partial(window, reading) {
      const open = openAt(window.index);
      if (window.index !== next || !beginsWith(reading.tokens, open.agreement.prefix)) return;
      const agreement = open.state === 'closed' ? open.agreement : agree(open.agreement, reading);
      const own = spokenWords(window.start, reading);
      const agreed = own.slice(0, wordsWithin(own, agreement.length));
      const seam = open.seam ?? sureSeam(window, agreed, joiner);
      const passage = joiner.compose(window, reading, seam);
      const isOpen = seam === undefined && joiner.seamTo(window, own) !== undefined;
      const committed = isOpen ? [] : committedWords(passage, agreed.length);
      const words = passage.words;
      windows.set(next, { ...open, window, agreement, seam, ...grown(open, { words, committed }) });
    },
    final(window, reading) {
      const { seam, committed } = openAt(window.index);
      const passage = keepCommitted(committed, joiner.compose(window, reading, seam));
      windows.delete(window.index);
      next = window.index + 1;
      const keep = wordsWithin(passage.words, spokenText(committed).length);
      return append(joiner.settle(window, passage, keep));
    },
    finish() {
      const { window, committed } = openAt(next);
      windows.clear();
      if (window === undefined || committed.length === 0) return append(joiner.flush());
      const passage = { words: committed, earlier: 0, dropped: 0 };
      return append(joiner.settle(window, passage, committed.length)).concat(append(joiner.flush()));
    },
  };
}

type Shown = Pick<OpenWindow, 'words' | 'committed'>;

/** The newer of the two, if it goes on from what was committed. */
function grown(before: Shown, after: Shown): Shown {
  const text = spokenText(after.words);
  if (!text.startsWith(spokenText(before.committed))) return before;
  return after.committed.length >= before.committed.length
    ? after
    : { ...after, committed: before.committed };
}

/** The seam to the window before, once all that both hold is agreed on and so will not change. */
function sureSeam(window: SpeechWindow, agreed: readonly SpokenWord[], joiner: Joiner): Seam | undefined {
  const last = agreed.at(-1);
  const isHeard = last !== undefined && window.overlap !== undefined && last.end >= window.overlap.end;
  return isHeard ? joiner.seamTo(window, agreed) : undefined;
}

/** The words that the window before left open, and those of this one that are agreed on. */
function committedWords({ words, earlier, dropped }: Passage, agreed: number): readonly SpokenWord[] {
  return agreed <= dropped ? [] : words.slice(0, earlier + agreed - dropped);
}

/** The final passage, which begins with what is committed; where an engine did not keep to it, it is put first. */
function keepCommitted(committed: readonly SpokenWord[], final: Passage): Passage {
  if (spokenText(final.words).startsWith(spokenText(committed))) return final;
  const all = { from: 0, end: Number.POSITIVE_INFINITY, seam: committed.at(-1)?.end ?? 0 };
  const seam = findSeam(committed, final.words, all, committed.length);
  return { words: [...committed, ...final.words.slice(seam.right)], earlier: 0, dropped: 0 };
}
