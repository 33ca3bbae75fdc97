/** The attributes of a recognition, on the prototype and converted as WebIDL does. */
import { SottoSpeechGrammarList } from './grammars.ts';
import { RecognitionEventTarget } from './handlers.ts';
import { phrasesOf, type SottoSpeechRecognitionPhrase } from './phrases.ts';

export abstract class RecognitionWishes extends RecognitionEventTarget {
  #lang = '';
  #continuous = false;
  #interimResults = false;
  #maxAlternatives = 1;
  #processLocally = false;
  #grammars = new SottoSpeechGrammarList();
  #phrases: SottoSpeechRecognitionPhrase[] = [];

  /** BCP 47; '' stands for the page's language, or else the browser's */
  get lang(): string {
    return this.#lang;
  }
  set lang(given) {
    this.#lang = String(given);
  }

  get continuous(): boolean {
    return this.#continuous;
  }
  set continuous(given) {
    this.#continuous = Boolean(given);
  }

  get interimResults(): boolean {
    return this.#interimResults;
  }
  set interimResults(given) {
    this.#interimResults = Boolean(given);
  }

  /** Accepted; there is one alternative. */
  get maxAlternatives(): number {
    return this.#maxAlternatives;
  }
  set maxAlternatives(given) {
    this.#maxAlternatives = Number(given) >>> 0;
  }

  /** Accepted: it is always computed on this device. */
  get processLocally(): boolean {
    return this.#processLocally;
  }
  set processLocally(given) {
    this.#processLocally = Boolean(given);
  }

  /** Accepted, without effect, as the specification has it. */
  get grammars(): SottoSpeechGrammarList {
    return this.#grammars;
  }
  set grammars(given) {
    if (!(given instanceof SottoSpeechGrammarList)) throw new TypeError('grammars are a SpeechGrammarList.');
    this.#grammars = given;
  }

  /** what is likely to be said */
  get phrases(): SottoSpeechRecognitionPhrase[] {
    return this.#phrases;
  }
  set phrases(given) {
    this.#phrases = phrasesOf(given);
  }
}
