/** The path from a live source's windows to its text, the same on the page and on the server. */
import type { WindowReading } from '../asr/engine.ts';
import { SottoError } from '../errors.ts';
import type { Clock } from '../queue/port.ts';
import type { SpeechWindow } from '../speech/window.ts';
import { createLiveText } from '../transcript/live.ts';
import type { Segment } from '../transcript/transcript.ts';
import { createPartialPace } from './partial-pace.ts';

export interface LiveReaderInput {
  /** the gate; a partial that was replaced resolves with undefined. `prefix`: what the reading must begin with */
  readonly read: (
    window: SpeechWindow,
    kind: 'final' | 'partial',
    prefix: readonly number[],
  ) => Promise<WindowReading | undefined>;
  readonly clock: Clock;
  /** new final segments, in order, each once, and the text that follows them now: one change, to be shown as one */
  readonly onText: (
    segments: readonly Segment[],
    open: { readonly committed: string; readonly tentative: string },
  ) => void;
  /** seconds of the source up to which it is read for good */
  readonly onDone: (seconds: number) => void;
}

export interface LiveReader {
  /** Offers a partial window; whether it is read depends on the engine's speed. */
  partial(window: SpeechWindow): void;
  /** Final windows in the order of the source; each is read. */
  final(window: SpeechWindow): void;
  /** The source has ended: resolves when every final has its text; rejects with the first failure. */
  finish(): Promise<void>;
  /** Nothing more is wanted: offers that wait are dropped. What was settled stays; what was left open is given. */
  close(): void;
  /** rejects with the first failure of a final window, never resolves */
  readonly failed: Promise<never>;
}

/** One for each live source. A partial that fails is passed over: its final will tell. */
export function createLiveReader(input: LiveReaderInput): LiveReader {
  const { read, clock, onText, onDone } = input;
  const text = createLiveText();
  let tail: Promise<void> = Promise.resolve();
  let fail: (reason: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined); // raced by the caller; `finish` tells as well
  let closed = false;

  const give = (segments: readonly Segment[]): void =>
    onText(segments, { committed: text.committed, tentative: text.tentative });

  const pace = createPartialPace<SpeechWindow>(clock, async (window) => {
    const reading = await read(window, 'partial', text.prefixOf(window.index));
    if (reading === undefined || closed) return;
    text.partial(window, reading);
    give([]);
  });

  return {
    failed,
    partial: (window) => pace.offer(window),
    final(window) {
      pace.drop();
      const reading = read(window, 'final', text.close(window.index));
      tail = tail.then(async () => {
        const result = await reading;
        if (closed) return;
        if (result === undefined) throw new SottoError('internal', 'a final window was replaced');
        give(text.final(window, result));
        onDone(window.end);
      });
      reading.catch(fail);
      tail.catch(fail);
    },
    async finish() {
      pace.drop();
      await tail;
      if (!closed) give(text.finish());
    },
    close() {
      if (closed) return;
      closed = true;
      pace.drop();
      give(text.finish());
    },
  };
}
