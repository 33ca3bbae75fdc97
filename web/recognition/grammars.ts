/** Grammars, which the specification keeps for old pages and gives no effect; so do we. */

export class SottoSpeechGrammar {
  src = '';
  weight = 1;
}

export class SottoSpeechGrammarList {
  readonly [index: number]: SottoSpeechGrammar;
  #grammars: SottoSpeechGrammar[] = [];

  get length(): number {
    return this.#grammars.length;
  }

  /** Throws RangeError out of range. */
  item(index: number): SottoSpeechGrammar {
    const found = this.#grammars[index];
    if (found === undefined) throw new RangeError(`there is no grammar ${index}`);
    return found;
  }

  addFromURI(src: string, weight = 1): void {
    this.#add(new URL(src, document.baseURI).href, weight);
  }

  addFromString(text: string, weight = 1): void {
    this.#add(`data:application/xml,${encodeURIComponent(text)}`, weight);
  }

  #add(src: string, weight: number): void {
    const grammar = Object.assign(new SottoSpeechGrammar(), { src, weight });
    Object.defineProperty(this, this.#grammars.push(grammar) - 1, { value: grammar, configurable: true });
  }
}
