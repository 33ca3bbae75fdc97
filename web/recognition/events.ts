/** The events of the Web Speech API's recognition. */
import { SottoSpeechRecognitionResultList } from './results.ts';

export type SpeechRecognitionErrorCode =
  | 'no-speech'
  | 'aborted'
  | 'audio-capture'
  | 'network'
  | 'not-allowed'
  | 'service-not-allowed'
  | 'language-not-supported'
  | 'phrases-not-supported';

export interface SottoSpeechRecognitionEventInit extends EventInit {
  readonly resultIndex?: number;
  readonly results: SottoSpeechRecognitionResultList;
}

export class SottoSpeechRecognitionEvent extends Event {
  /** the first result that changed */
  readonly resultIndex: number;
  readonly results: SottoSpeechRecognitionResultList;

  constructor(type: string, init: SottoSpeechRecognitionEventInit) {
    super(type, init);
    this.resultIndex = init.resultIndex ?? 0;
    this.results = init.results;
  }
}

export interface SottoSpeechRecognitionErrorEventInit extends EventInit {
  readonly error: SpeechRecognitionErrorCode;
  readonly message?: string;
}

export class SottoSpeechRecognitionErrorEvent extends Event {
  readonly error: SpeechRecognitionErrorCode;
  /** what happened and what to do, in English, for developers */
  readonly message: string;

  constructor(type: string, init: SottoSpeechRecognitionErrorEventInit) {
    super(type, init);
    this.error = init.error;
    this.message = init.message ?? '';
  }
}

export interface SpeechRecognitionEventMap {
  readonly start: Event;
  readonly audiostart: Event;
  readonly soundstart: Event;
  readonly speechstart: Event;
  readonly speechend: Event;
  readonly soundend: Event;
  readonly audioend: Event;
  readonly result: SottoSpeechRecognitionEvent;
  readonly nomatch: SottoSpeechRecognitionEvent;
  readonly error: SottoSpeechRecognitionErrorEvent;
  readonly end: Event;
}

export const NO_RESULTS = new SottoSpeechRecognitionResultList([]);
