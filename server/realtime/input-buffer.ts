/**
 * The input audio buffer: sound goes to the ear, what the ear hears becomes items. With a VAD each turn is an item, by
 * hand everything up to a commit. A commit, a clear and a change of the ear's settings take effect at their place in
 * the sound, however far behind the ear is.
 */
import type { SottoError } from '../../shared/errors.ts';
import type { EarSetup } from '../../shared/protocol/ear-process.ts';
import type { ServerEvent } from '../../shared/protocol/realtime.ts';
import type { LiveEvent, SpeechWindow } from '../../shared/speech/window.ts';
import { ApiError } from '../http/api-error.ts';
import type { EarHost, EarSource } from '../media/ear-host.ts';
import { newId } from './ids.ts';
import type { Turns } from './turns.ts';

export interface BufferedParts {
  readonly ears: EarHost;
  readonly setup: () => EarSetup;
  /** the client commits by hand */
  readonly byHand: () => boolean;
  readonly turns: Turns;
  readonly send: (event: ServerEvent) => void;
  readonly onFailed: (error: SottoError) => void;
}

export interface Buffered {
  append(samples: Float32Array): void;
  /** Throws ApiError where there is nothing to commit. */
  commit(): void;
  clear(): void;
  /** The ear's settings are others from here on. */
  change(): void;
  /** Resolves when all that was appended is heard, and what is open is final. */
  finish(): Promise<void>;
  close(): void;
  readonly behindSeconds: number;
}

/** What happens at a flush of the ear. */
type Mark =
  | { readonly name: 'commit'; readonly item: string | undefined; readonly seconds: number }
  | { readonly name: 'clear' }
  | { readonly name: 'change' }
  | { readonly name: 'finish'; readonly done: () => void };

/** As OpenAI's: less than this cannot be committed. */
const LEAST_SECONDS = 0.1;

export function createBuffered(parts: BufferedParts): Buffered {
  const { turns, send } = parts;
  let source: EarSource | undefined;
  let setup = parts.setup();
  let byHand = parts.byHand();
  const marks: Mark[] = [];
  /** what waits until a change has taken effect */
  let waiting: (() => void)[] | undefined;
  let waitingSeconds = 0;
  /** seconds of sound before this source, and appended in all and since the last commit or clear */
  let before = 0;
  let appended = 0;
  let uncommitted = 0;
  let finals = 0;
  let committedSince = 0;
  /** the item that is spoken, or that a commit by hand will end */
  let item: string | undefined;
  let previous: string | null = null;
  let closed = false;

  const open = (): EarSource =>
    parts.ears.open(setup, {
      onEvent: hear,
      onHeard: () => undefined,
      onFlushed: flushed,
      onFailed: parts.onFailed,
    });

  const ms = (seconds: number): number => Math.max(0, Math.round((before + seconds) * 1_000));

  function commitItem(id: string): void {
    send({ type: 'input_audio_buffer.committed', item_id: id, previous_item_id: previous });
    previous = id;
  }

  function begin(at: number): string {
    const id = item ?? newId('item');
    if (item === undefined && !byHand) {
      const from = Math.max(0, at - setup.plan.padding);
      send({ type: 'input_audio_buffer.speech_started', item_id: id, audio_start_ms: ms(from) });
    }
    item = id;
    turns.speak(id);
    return id;
  }

  function hear(event: LiveEvent): void {
    // What was cleared is of no interest, however late it is heard.
    if (closed || marks.some(({ name }) => name === 'clear')) return;
    const commit = marks.find((mark) => mark.name === 'commit');
    const given = byHand && commit?.item !== undefined ? commit.item : undefined;
    if (event.type === 'speech-start') {
      if (given === undefined) begin(event.at);
    } else if (event.type === 'partial') {
      turns.partial({ ...event.window, index: finals });
    } else if (event.type === 'final') final(event.window, given);
  }

  function final(window: SpeechWindow, given: string | undefined): void {
    const id = given ?? begin(window.speechStart);
    turns.final({ ...window, index: finals }, id);
    finals += 1;
    committedSince += 1;
    if (byHand) return;
    send({ type: 'input_audio_buffer.speech_stopped', item_id: id, audio_end_ms: ms(window.speechEnd) });
    commitItem(id);
    item = undefined;
    turns.complete(id, window.end - window.start);
  }

  function flushed(): void {
    const mark = marks.shift();
    if (mark === undefined || closed) return;
    if (mark.name === 'commit') {
      if (mark.item !== undefined) turns.complete(mark.item, mark.seconds);
      else if (committedSince === 0) {
        // With a VAD that heard nothing: what was committed is an item all the same.
        const id = newId('item');
        commitItem(id);
        turns.complete(id, mark.seconds);
      }
    }
    committedSince = 0;
    if (mark.name === 'finish') mark.done();
    if (mark.name === 'change') renew();
  }

  function renew(): void {
    source?.close();
    source = undefined;
    setup = parts.setup();
    byHand = parts.byHand();
    before = appended - waitingSeconds;
    item = undefined;
    const work = waiting ?? [];
    waiting = undefined;
    waitingSeconds = 0;
    for (const each of work) each();
  }

  function push(samples: Float32Array): void {
    source ??= open();
    source.push(samples);
  }

  function mark(next: Mark): void {
    source ??= open();
    marks.push(next);
    source.flush();
  }

  /** In its turn: at once, or after a change that has not yet taken effect. */
  const inTurn = (work: () => void): void => void (waiting === undefined ? work() : waiting.push(work));

  return {
    get behindSeconds() {
      return (source?.behindSeconds ?? 0) + waitingSeconds;
    },
    append(samples) {
      const seconds = samples.length / parts.setup().rate;
      appended += seconds;
      uncommitted += seconds;
      if (waiting !== undefined) waitingSeconds += seconds;
      inTurn(() => push(samples));
    },
    commit() {
      if (uncommitted < LEAST_SECONDS) {
        throw new ApiError('bad_request', 'the buffer is empty: less than 100 ms since the last commit', {
          wireCode: 'input_audio_buffer_commit_empty',
        });
      }
      const seconds = uncommitted;
      uncommitted = 0;
      inTurn(() => {
        const id = byHand ? (item ?? newId('item')) : undefined;
        if (id !== undefined) {
          item = undefined;
          commitItem(id);
        }
        mark({ name: 'commit', item: id, seconds });
      });
    },
    clear() {
      uncommitted = 0;
      inTurn(() => {
        item = undefined;
        if (source !== undefined) mark({ name: 'clear' });
        send({ type: 'input_audio_buffer.cleared' });
      });
    },
    change() {
      inTurn(() => {
        if (source === undefined) return renew();
        mark({ name: 'change' });
        waiting = [];
      });
    },
    finish() {
      return new Promise((resolve) => {
        inTurn(() => {
          if (source === undefined || closed) return resolve();
          // By hand, only what was committed is wanted.
          if (byHand && uncommitted > 0 && marks.length === 0) return resolve();
          mark({ name: 'finish', done: resolve });
        });
      });
    },
    close() {
      closed = true;
      source?.close();
    },
  };
}
