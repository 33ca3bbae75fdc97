/** What is being done in an open recording: where the keyboard is, what is picked, written and looked for. */
import { type Document, heardDocument, indexOf } from '../../../shared/edit/document.ts';
import { placeAt } from '../../../shared/edit/place-at.ts';
import { wordsOf } from '../../../shared/edit/timed-words.ts';
import type { EditorSession } from './editor-session.ts';
import type { WordPlace, Writing } from './line-chunk.ts';
import { runOnLine } from './line-commands.ts';
import { moved, settled } from './moves.ts';
import type { Player } from './player-port.ts';
import { RATES } from './rates.ts';
import type { Command } from './shortcuts.ts';

export type Panel = 'none' | 'find' | 'speakers';

/** What is said of what was done, to who does not see it. */
export type Told =
  | 'undone'
  | 'redone'
  | 'split'
  | 'merged'
  | 'joined'
  | 'confirmed'
  | 'nothing-unsure'
  | { readonly replaced: number }
  | { readonly picked: number };

export interface EditorPage {
  changed(): void;
  /** The lines are to have the keyboard, `shown` where it is; what is under a pointer is, and must not move. */
  focusLines(place: 'shown' | 'left'): void;
  reveal(id: number): void;
  showShortcuts(): void;
}

/** Seconds back and forward. */
const JUMP = 3;

export class Editor {
  readonly session: EditorSession;
  readonly page: EditorPage;
  player: Player | undefined;
  active: WordPlace | undefined;
  writing: Writing | undefined;
  picked: ReadonlySet<number> = new Set();
  picking = false;
  panel: Panel = 'none';
  told: Told | undefined;
  /** where the active line was, should it go */
  #index = 0;
  #settled: Document | undefined;
  #written = 0;
  /** from where a range of lines is picked */
  #anchor: number | undefined;

  constructor(session: EditorSession, page: EditorPage) {
    this.session = session;
    this.page = page;
  }

  get document(): Document {
    return this.session.document;
  }

  get editable(): boolean {
    return this.session.access === 'open';
  }

  /** All that is written in one line while it is open is one step. */
  get step(): string {
    return `write ${this.#written}`;
  }

  /** Lines that a change is for. */
  get chosen(): readonly number[] {
    if (this.picked.size > 0) return [...this.picked];
    return this.active === undefined ? [] : [this.active.id];
  }

  /** After the document is another: what is gone is let go of. */
  settle(): void {
    const { document } = this;
    if (!this.editable) this.writing = undefined;
    if (document === this.#settled) return;
    this.#settled = document;
    this.active = settled(document, this.active, this.#index);
    this.#index = this.active === undefined ? 0 : indexOf(document, this.active.id);
    const there = new Set(document.segments.map(({ id }) => id));
    if ([...this.picked].some((id) => !there.has(id))) {
      this.picked = new Set([...this.picked].filter((id) => there.has(id)));
    }
    if (this.writing !== undefined && !there.has(this.writing.id)) this.writing = undefined;
  }

  /** `step`: see History. */
  change(document: Document, told?: Told, step?: string): void {
    if (document === this.document || !this.editable) return;
    if (told !== undefined) this.told = told;
    this.session.apply(document, step);
  }

  moveTo(place: WordPlace): void {
    this.active = place;
    this.#index = indexOf(this.document, place.id);
    this.page.changed();
  }

  /** From a word on; undefined: from the line's beginning. */
  hear(id: number, word: number | undefined): void {
    const segment = this.document.segments[indexOf(this.document, id)];
    if (segment === undefined) return;
    this.moveTo({ id, word: word ?? 0 });
    this.player?.seek(word === undefined ? segment.start : (wordsOf(segment)[word]?.start ?? segment.start));
    this.player?.play();
  }

  write(id: number, caret: number): void {
    if (!this.editable) return;
    if (this.writing?.id !== id) this.#written += 1;
    this.writing = { id, caret };
    this.moveTo({ id, word: 0 });
  }

  pick(id: number, reach: 'one' | 'range'): void {
    const { segments } = this.document;
    const [from, to] = [
      indexOf(this.document, this.#anchor ?? this.active?.id ?? id),
      indexOf(this.document, id),
    ];
    const picked = new Set(this.picked);
    if (reach === 'range' && from >= 0) {
      for (const segment of segments.slice(Math.min(from, to), Math.max(from, to) + 1))
        picked.add(segment.id);
    } else if (!picked.delete(id)) picked.add(id);
    this.#anchor = id;
    this.picked = picked;
    this.picking = true;
    this.told = { picked: picked.size };
    this.page.changed();
  }

  unpick(): void {
    this.picked = new Set();
    this.picking = false;
    this.#anchor = undefined;
    this.page.changed();
  }

  open(panel: Panel): void {
    this.panel = panel;
    this.page.changed();
    if (panel === 'none') this.page.focusLines('shown');
  }

  togglePlay(): void {
    if (this.player?.playing) this.player.pause();
    else this.player?.play();
  }

  /** `key`: the one that was pressed, where it matters which. */
  run(command: Command, key = ''): void {
    const { document, active, player } = this;
    const place = active === undefined ? undefined : moved(document, active, command);
    if (active !== undefined && place !== undefined) {
      this.#go(command, active, place);
      return;
    }
    switch (command) {
      case 'play':
        this.togglePlay();
        return;
      case 'hear':
        if (active !== undefined) this.hear(active.id, active.word);
        return;
      case 'back':
      case 'forward':
        player?.seek(clamped(player.time + (command === 'back' ? -JUMP : JUMP), 0, player.duration));
        return;
      case 'slower':
      case 'faster':
        this.#rate(command === 'slower' ? -1 : 1);
        return;
      case 'spoken':
        this.#toSpoken();
        return;
      case 'undo':
        this.#again('undone');
        return;
      case 'redo':
        this.#again('redone');
        return;
      case 'find':
        this.open('find');
        return;
      case 'speakers':
        this.open('speakers');
        return;
      case 'shortcuts':
        this.page.showShortcuts();
        return;
      case 'unpick':
        this.unpick();
        return;
      default:
        runOnLine(this, command, key);
        return;
    }
  }

  #go(command: Command, from: WordPlace, to: WordPlace): void {
    const unsure = command === 'unsure' || command === 'unsureBefore';
    if (unsure && from.id === to.id && from.word === to.word) this.told = 'nothing-unsure';
    if (command === 'pickUp' || command === 'pickDown') {
      if (!this.picked.has(from.id)) this.pick(from.id, 'one');
      if (to.id !== from.id) this.pick(to.id, 'range');
    }
    this.moveTo(to);
    this.page.focusLines('shown');
  }

  #again(told: 'undone' | 'redone'): void {
    const before = this.document;
    if (told === 'undone') this.session.undo();
    else this.session.redo();
    if (this.document === before) return;
    this.told = told;
    this.page.changed();
  }

  #rate(by: 1 | -1): void {
    const { player } = this;
    const at = RATES.findIndex((rate) => rate >= (player?.rate ?? 1));
    const rate = RATES[clamped(at + by, 0, RATES.length - 1)];
    if (rate !== undefined) player?.setRate(rate);
  }

  #toSpoken(): void {
    const { segments } = this.document;
    const place = placeAt(segments, this.player?.time ?? 0);
    const segment = segments[place?.line ?? 0];
    if (segment === undefined) return;
    this.moveTo({ id: segment.id, word: place?.word ?? 0 });
    this.page.focusLines('shown');
  }
}

const clamped = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, value));

export const NOTHING_OPEN: Document = heardDocument([]);
