/** What the element says, as events of their own classes; `error` and `progress` are the platform's, with more in them. */
import type { ErrorCode } from '../../shared/errors.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { ElementState } from './state.ts';

/** These can be heard by what is around the element. As on media elements, `error` and `progress` cannot. */
const HEARD_AROUND = { bubbles: true, composed: true } as const;

/** Text that is being said: `committed` will not change any more, `tentative` may. */
export class SottoPartialEvent extends Event {
  readonly committed: string;
  readonly tentative: string;
  constructor(committed: string, tentative: string) {
    super('partial', HEARD_AROUND);
    this.committed = committed;
    this.tentative = tentative;
  }
}

/** One timed stretch of final text, as soon as it is final. */
export class SottoSegmentEvent extends Event {
  readonly segment: Segment;
  constructor(segment: Segment) {
    super('segment', HEARD_AROUND);
    this.segment = segment;
  }
}

/** The last event of everything that was started, however it ended: all text that was finished. */
export class SottoFinalEvent extends Event {
  readonly text: string;
  readonly segments: readonly Segment[];
  constructor(text: string, segments: readonly Segment[]) {
    super('final', HEARD_AROUND);
    this.text = text;
    this.segments = segments;
  }
}

export class SottoStateChangeEvent extends Event {
  readonly state: ElementState;
  readonly previous: ElementState;
  constructor(state: ElementState, previous: ElementState) {
    super('statechange', HEARD_AROUND);
    this.state = state;
    this.previous = previous;
  }
}

/** `loaded` of `total`: bytes of a model on its way, or seconds of a recording that were read. */
export class SottoProgressEvent extends ProgressEvent {
  readonly phase: 'download' | 'read';
  constructor(phase: 'download' | 'read', loaded: number, total: number | undefined) {
    super('progress', { lengthComputable: total !== undefined, loaded, total: total ?? 0 });
    this.phase = phase;
  }
}

/** What went wrong, in `message`; what is safe and what to do, in `next`. Prevented, the element does not show it. */
export class SottoErrorEvent extends ErrorEvent {
  readonly code: ErrorCode;
  readonly next: string;
  constructor(code: ErrorCode, message: string, next: string) {
    super('error', { message, cancelable: true });
    this.code = code;
    this.next = next;
  }
}

/**
 * The visitor is to be asked whether what is said may be sent to the server at `host`. Prevented, the element does not
 * ask: the page does, and says the answer. None in a minute and a half is a no.
 */
export class SottoConsentEvent extends Event {
  readonly host: string;
  readonly answer: (yes: boolean) => void;
  constructor(host: string, answer: (yes: boolean) => void) {
    super('consent', { ...HEARD_AROUND, cancelable: true });
    this.host = host;
    this.answer = answer;
  }
}

export interface SottoTranscriberEventMap {
  partial: SottoPartialEvent;
  segment: SottoSegmentEvent;
  final: SottoFinalEvent;
  statechange: SottoStateChangeEvent;
  progress: SottoProgressEvent;
  consent: SottoConsentEvent;
  error: SottoErrorEvent;
}

declare global {
  interface GlobalEventHandlersEventMap {
    partial: SottoPartialEvent;
    segment: SottoSegmentEvent;
    final: SottoFinalEvent;
    statechange: SottoStateChangeEvent;
    consent: SottoConsentEvent;
  }
}
