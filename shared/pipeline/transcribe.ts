/** The path from speech windows to readings, the same on the page and on the server. */
import type { WindowReading } from '../asr/engine.ts';
import {
  type ErrorCode,
  fromWire,
  type Outcome,
  type SottoError,
  settle,
  toSottoError,
  unwrap,
} from '../errors.ts';
import type { SpeechWindow } from '../speech/window.ts';
import {
  foundLanguage,
  keepLanguage,
  type Language,
  languageFor,
  type Vote,
  windowsToHear,
} from './job-language.ts';
import { carryOver } from './previous-text.ts';

/** What a window is read with, beside what the whole job is read with. */
export interface WindowContext {
  /** undefined: the model knows one only */
  readonly language: string | undefined;
  /** the text before it, where it is carried over */
  readonly before?: string;
}

export interface TranscribeInput {
  /** in order of time; pulled one by one, so that memory stays constant */
  readonly windows: AsyncIterable<SpeechWindow>;
  /** the gate: resolves with what the window says, or rejects with a SottoError */
  readonly read: (window: SpeechWindow, context: WindowContext) => Promise<WindowReading>;
  /** how many windows may be at the gate at once: twice the lanes keeps the engine busy */
  readonly inFlight: () => number;
  /** ISO 639-1; undefined or `auto`: found in the first windows that have text, and kept */
  readonly language?: string | undefined;
  /** each window is told the text before it: then they are read one after another */
  readonly carry?: boolean | undefined;
  readonly signal: AbortSignal;
  /** in order of the windows, each exactly once */
  readonly onReading: (window: SpeechWindow, reading: WindowReading) => void;
  /** each time that more is known of a language that was not said, before the reading that told it */
  readonly onLanguage?: (language: Language) => void;
  /** what a window was taken for, before its reading: with these in `votes` a job that goes on later keeps its language */
  readonly onVote?: (window: SpeechWindow, vote: Vote) => void;
  /** of windows before these */
  readonly votes?: readonly Vote[];
  /** in the same order: a window whose failure does not end the job */
  readonly onLeftOut: (window: SpeechWindow, error: SottoError) => void;
}

export interface Transcribed {
  /** where it was not said and the model knows several: what was found */
  readonly language?: Language;
}

/** One bad stretch must not cost the rest of the recording. */
const LEFT_OUT: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['poison']);

/**
 * Sends windows to the gate and hands their readings on in order. When the source fails in the middle, the windows
 * before the failure are still read and handed on, and only then does it reject with the source's error. When the
 * gate fails or `signal` aborts, nothing more is pulled and it rejects.
 *
 * Until the language is settled no more windows are at the gate than may still settle it: what a window is read with
 * depends on the windows before it, never on which is faster.
 */
export async function transcribe(input: TranscribeInput): Promise<Transcribed> {
  const { windows, read, signal, onReading, onLeftOut, carry = false } = input;
  const language = keepLanguage(input.language, input.onLanguage, input.votes);
  let before = '';
  let outstanding = 0;
  let stop: SottoError | undefined;
  let wake = () => {};
  let delivered = Promise.resolve();

  const over = () => stop !== undefined || signal.aborted;

  function deliver(window: SpeechWindow, outcome: Outcome<WindowReading>): void {
    outstanding -= 1;
    wake();
    if (over()) return;
    if (outcome.ok) {
      const vote = language.hear(outcome.value, window.end - window.start);
      if (vote !== undefined) input.onVote?.(window, vote);
      if (carry) before = carryOver(before, outcome.value);
      onReading(window, outcome.value);
    } else {
      const error = fromWire(outcome.error);
      if (LEFT_OUT.has(error.code)) onLeftOut(window, error);
      else stop = error;
    }
  }

  const most = () => Math.min(carry ? 1 : Math.max(1, input.inFlight()), windowsToHear(language.state));
  const contextOf = (): WindowContext => ({
    language: languageFor(language.state),
    ...(before === '' ? {} : { before }),
  });

  async function placeFree(): Promise<void> {
    while (outstanding >= most() && !over()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort, { once: true });
  const source: Outcome<void> = await settle(async () => {
    for await (const window of windows) {
      if (over()) break;
      outstanding += 1;
      const context = contextOf();
      const reading = settle(() => read(window, context));
      delivered = delivered.then(async () => deliver(window, await reading));
      await placeFree();
      if (over()) break;
    }
  }).finally(() => signal.removeEventListener('abort', onAbort));
  await delivered;
  if (signal.aborted) throw toSottoError(signal.reason, 'cancelled');
  if (stop !== undefined) throw stop;
  unwrap(source);
  const found = foundLanguage(language.state);
  return found === undefined ? {} : { language: found };
}
