/** Lights what is being spoken: the line by an attribute, the word by a mark. Nothing is rendered for it. */
import { type Place, placeAt } from '../../../shared/edit/place-at.ts';
import { wordsOf } from '../../../shared/edit/timed-words.ts';
import type { LineList } from './line-list.ts';
import type { Player } from './player-port.ts';
import { mark } from './text-marks.ts';

const SPOKEN = 'data-spoken';

export class SpokenWord {
  readonly #list: () => LineList | null;
  #player: Player | undefined;
  #unsubscribe: (() => void) | undefined;
  #at: { readonly id: number; readonly word: number | undefined } | undefined;
  #line: HTMLElement | undefined;

  constructor(list: () => LineList | null) {
    this.#list = list;
  }

  follow(player: Player | undefined): void {
    this.#unsubscribe?.();
    this.#player = player;
    this.#unsubscribe = player?.subscribe(() => this.#moved());
    if (player === undefined) this.#clear();
  }

  /** Of the segment that is spoken now; undefined before the first. */
  get id(): number | undefined {
    return this.#at?.id;
  }

  /** The page may show other lines, or the same in other elements. */
  refresh(): void {
    this.#at = undefined;
    this.#moved();
  }

  #moved(): void {
    const list = this.#list();
    const player = this.#player;
    // Nothing is lit before it was played for the first time.
    if (list === null || player === undefined || (player.time === 0 && !player.playing)) {
      this.#clear();
      return;
    }
    const { segments } = list.document;
    const place: Place | undefined = placeAt(segments, player.time);
    const segment = place === undefined ? undefined : segments[place.line];
    if (place === undefined || segment === undefined) {
      this.#clear();
      return;
    }
    const { id } = segment;
    if (this.#at?.id === id && this.#at.word === place.word && this.#line?.isConnected) return;
    const next = this.#at?.id === id && this.#line?.isConnected ? this.#line : list.lineOf(id);
    if (next !== this.#line) this.#enter(next ?? undefined, player.playing);
    this.#at = { id, word: place.word };
    const word = place.word === undefined ? undefined : wordsOf(segment)[place.word];
    const range = word === undefined ? undefined : list.rangeIn(id, word.from, word.to);
    mark('sotto-spoken', range === undefined ? [] : [range]);
  }

  /** Who reads along stays with it; who has scrolled away is left alone. */
  #enter(next: HTMLElement | undefined, playing: boolean): void {
    const followed = this.#line !== undefined && inView(this.#line);
    this.#line?.removeAttribute(SPOKEN);
    next?.setAttribute(SPOKEN, '');
    this.#line = next;
    if (playing && followed && next !== undefined && !inView(next)) next.scrollIntoView({ block: 'center' });
  }

  #clear(): void {
    this.#line?.removeAttribute(SPOKEN);
    this.#line = undefined;
    this.#at = undefined;
    mark('sotto-spoken', []);
  }
}

/** Between what sticks to the top and to the bottom, roughly. */
function inView(element: HTMLElement): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > innerHeight * 0.2 && top < innerHeight * 0.85;
}
