/**
 * Windows of one session to its items: committed text as deltas, then the transcript, in the order in which it was
 * said. Committed text is never taken back: the deltas of an item, joined, are its transcript. An item is one window
 * (a turn that the VAD found), or all windows up to a commit by hand.
 */
import type { WindowReading } from '../../shared/asr/engine.ts';
import { type SottoError, toSottoError } from '../../shared/errors.ts';
import { createPartialPace } from '../../shared/pipeline/partial-pace.ts';
import { realClock } from '../../shared/queue/port.ts';
import type { SpeechWindow } from '../../shared/speech/window.ts';
import { createLiveText } from '../../shared/transcript/live.ts';

export interface TurnsParts {
  readonly read: (
    window: SpeechWindow,
    kind: 'final' | 'partial',
    prefix: readonly number[],
  ) => Promise<WindowReading | undefined>;
  readonly onDelta: (item: string, delta: string) => void;
  readonly onTentative: (item: string, text: string) => void;
  readonly onCompleted: (item: string, transcript: string, seconds: number) => void;
  readonly onFailed: (item: string, error: SottoError) => void;
}

export interface Turns {
  partial(window: SpeechWindow): void;
  /** `item`: what its text belongs to */
  final(window: SpeechWindow, item: string): void;
  /** Nothing more will come for the item: when all its windows are read, it is completed. */
  complete(item: string, seconds: number): void;
  /** which item the window that is spoken now will belong to */
  speak(item: string): void;
  /** Resolves when all that was given is told. */
  settled(): Promise<void>;
  /** windows given and not read */
  readonly pending: number;
  close(): void;
}

const NOTHING: WindowReading = { segments: [], tokens: [], noSpeechProb: 1 };

export function createTurns(parts: TurnsParts): Turns {
  const text = createLiveText();
  const said = new Map<string, string>();
  const failed = new Map<string, SottoError>();
  let speaking: string | undefined;
  let tail: Promise<void> = Promise.resolve();
  let pending = 0;
  let closed = false;
  /** committed text of the window that comes next, told already, with what joins it to the item */
  let open = { item: '', before: '', told: '' };

  /** Goes on with the item's text: a delta is what is new. */
  function grow(item: string, to: string): void {
    const told = said.get(item) ?? '';
    if (to.length <= told.length || !to.startsWith(told)) return;
    said.set(item, to);
    parts.onDelta(item, to.slice(told.length));
  }

  function tellOpen(item: string): void {
    const before = open.item === item ? open.before : (said.get(item) ?? '');
    open = { item, before, told: text.committed };
    grow(item, join(before, text.committed.trim()));
    parts.onTentative(item, text.tentative);
  }

  function tellFinal(item: string, window: SpeechWindow, reading: WindowReading): void {
    const before = open.item === item ? open.before : (said.get(item) ?? '');
    open = { item: '', before: '', told: '' };
    const texts = text.final(window, reading).map((segment) => segment.text);
    grow(
      item,
      texts.reduce((all, next) => continuing(all, next, said.get(item) ?? ''), before),
    );
  }

  const pace = createPartialPace<SpeechWindow>(realClock, async (window) => {
    const reading = await parts.read(window, 'partial', text.prefixOf(window.index));
    if (reading === undefined || closed) return;
    text.partial(window, reading);
    if (speaking !== undefined && pending === 0) tellOpen(speaking);
  });

  return {
    partial: (window) => pace.offer(window),
    speak(item) {
      speaking = item;
    },
    final(window, item) {
      pace.drop();
      pending += 1;
      const reading = parts.read(window, 'final', text.close(window.index));
      reading.catch(() => undefined); // told below, in its turn
      tail = tail.then(async () => {
        let result: WindowReading = NOTHING;
        try {
          result = (await reading) ?? NOTHING;
        } catch (thrown) {
          failed.set(item, toSottoError(thrown));
        }
        pending -= 1;
        if (!closed) tellFinal(item, window, result);
      });
    },
    complete(item, seconds) {
      tail = tail.then(() => {
        if (closed) return;
        const error = failed.get(item);
        const transcript = said.get(item) ?? '';
        failed.delete(item);
        said.delete(item);
        if (error === undefined) parts.onCompleted(item, transcript, seconds);
        else parts.onFailed(item, error);
      });
    },
    settled: () => tail,
    get pending() {
      return pending;
    },
    close() {
      closed = true;
      pace.drop();
    },
  };
}

const join = (before: string, next: string): string =>
  before === '' || next === '' ? before + next : `${before} ${next}`;

/** With a space between, unless what was told already has none there: languages that write without. */
function continuing(all: string, next: string, told: string): string {
  const spaced = join(all, next);
  const tight = all + next;
  const shorter = Math.min(spaced.length, told.length);
  const fits = spaced.slice(0, shorter) === told.slice(0, shorter);
  return fits || tight.slice(0, told.length) !== told.slice(0, tight.length) ? spaced : tight;
}
