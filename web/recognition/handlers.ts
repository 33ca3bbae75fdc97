/** `onresult` and its like, as IDL event handler attributes: at most one function each, called in the order it was set. */
import type { SpeechRecognitionEventMap } from './events.ts';

export type Handler<Type extends keyof SpeechRecognitionEventMap> =
  | ((event: SpeechRecognitionEventMap[Type]) => unknown)
  | null;

/** An event target whose events are those of recognition. */
export abstract class RecognitionEventTarget extends EventTarget {
  declare onstart: Handler<'start'>;
  declare onaudiostart: Handler<'audiostart'>;
  declare onsoundstart: Handler<'soundstart'>;
  declare onspeechstart: Handler<'speechstart'>;
  declare onspeechend: Handler<'speechend'>;
  declare onsoundend: Handler<'soundend'>;
  declare onaudioend: Handler<'audioend'>;
  declare onresult: Handler<'result'>;
  declare onnomatch: Handler<'nomatch'>;
  declare onerror: Handler<'error'>;
  declare onend: Handler<'end'>;

  override addEventListener<Type extends keyof SpeechRecognitionEventMap>(
    type: Type,
    listener: ((event: SpeechRecognitionEventMap[Type]) => unknown) | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener, options);
  }
}

export const EVENT_TYPES: readonly (keyof SpeechRecognitionEventMap)[] = [
  'start',
  'audiostart',
  'soundstart',
  'speechstart',
  'speechend',
  'soundend',
  'audioend',
  'result',
  'nomatch',
  'error',
  'end',
];

interface Set {
  readonly handler: unknown;
  readonly listener: EventListener;
}

const sets = new WeakMap<EventTarget, Map<string, Set>>();

for (const type of EVENT_TYPES) {
  Object.defineProperty(RecognitionEventTarget.prototype, `on${type}`, {
    configurable: true,
    enumerable: true,
    get(this: EventTarget) {
      return sets.get(this)?.get(type)?.handler ?? null;
    },
    set(this: EventTarget, given: unknown) {
      const mine = sets.get(this) ?? new Map<string, Set>();
      sets.set(this, mine);
      const before = mine.get(type);
      const handler = typeof given === 'function' ? given : null;
      if (before !== undefined && handler !== null) {
        // A handler that takes another's place keeps it.
        mine.set(type, { ...before, handler });
        return;
      }
      if (before !== undefined) this.removeEventListener(type, before.listener);
      mine.delete(type);
      if (handler === null) return;
      const listener: EventListener = (event) => {
        const now = sets.get(this)?.get(type)?.handler;
        if (typeof now === 'function') now.call(this, event);
      };
      mine.set(type, { handler, listener });
      this.addEventListener(type, listener);
    },
  });
}
