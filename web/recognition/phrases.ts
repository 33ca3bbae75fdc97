/** Hints of the Web Speech API: phrases that are likely to be said. Ours weigh alike, so a boost only says whether. */

/** The bounds that the specification sets for a boost. */
const LEAST = 0;
const MOST = 10;

export class SottoSpeechRecognitionPhrase {
  readonly phrase: string;
  readonly boost: number;

  /** Throws SyntaxError for a boost out of [0, 10]. */
  constructor(phrase: string, boost = 1) {
    if (!(boost >= LEAST && boost <= MOST)) {
      throw new DOMException(`A boost is between ${LEAST} and ${MOST}.`, 'SyntaxError');
    }
    this.phrase = String(phrase);
    this.boost = boost;
  }
}

/** What the engine is told: phrases with a boost of 0 are no hint. The list is the page's, and may hold anything by now. */
export const termsOf = (phrases: readonly SottoSpeechRecognitionPhrase[]): readonly string[] =>
  phrases
    .filter((one) => one instanceof SottoSpeechRecognitionPhrase && one.boost > LEAST)
    .map(({ phrase }) => phrase);

/** Throws TypeError for what is no list of phrases. */
export function phrasesOf(given: unknown): SottoSpeechRecognitionPhrase[] {
  const phrases = Array.from(given as Iterable<unknown>);
  if (
    phrases.every((one): one is SottoSpeechRecognitionPhrase => one instanceof SottoSpeechRecognitionPhrase)
  ) {
    return phrases;
  }
  throw new TypeError('phrases are SpeechRecognitionPhrase objects.');
}
