/** What was recognised, in the shape of the Web Speech API. Arrays underneath, so that `results[0][0]` and `for of` work. */

export class SottoSpeechRecognitionAlternative {
  readonly transcript: string;
  /** 0 to 1: the geometric mean of the probabilities of its tokens; 0 while it may still change */
  readonly confidence: number;

  constructor(transcript: string, confidence: number) {
    this.transcript = transcript;
    this.confidence = confidence;
  }
}

/** A list that can only be read: by index, `item()` and iteration. */
class ReadonlyList<Item> {
  readonly [index: number]: Item;
  readonly length: number;
  readonly #items: readonly Item[];

  constructor(items: readonly Item[]) {
    this.#items = items;
    this.length = items.length;
    Object.assign(this, items);
  }

  /** Null out of range, as indexed getters of the platform. */
  item(index: number): Item | null {
    return this.#items[index] ?? null;
  }

  [Symbol.iterator](): IterableIterator<Item> {
    return this.#items[Symbol.iterator]();
  }
}

export class SottoSpeechRecognitionResult extends ReadonlyList<SottoSpeechRecognitionAlternative> {
  readonly #isFinal: boolean;

  constructor(alternatives: readonly SottoSpeechRecognitionAlternative[], isFinal: boolean) {
    super(alternatives);
    this.#isFinal = isFinal;
  }

  get isFinal(): boolean {
    return this.#isFinal;
  }
}

export class SottoSpeechRecognitionResultList extends ReadonlyList<SottoSpeechRecognitionResult> {}
