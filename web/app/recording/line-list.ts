import { html, type PropertyValues } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Document, EditedSegment } from '../../../shared/edit/document.ts';
import { heardDocument } from '../../../shared/edit/document.ts';
import { wordsOf } from '../../../shared/edit/timed-words.ts';
import { SottoElement } from '../element.ts';
import { base, controls } from '../styles.ts';
import { ChunkFiller } from './chunk-filler.ts';
import { tellAct } from './line-acts.ts';
import type { LineChunk, WordPlace, Writing } from './line-chunk.ts';
import { type Chunk, chunked, heightOf } from './line-chunks.ts';
import { lineStyles } from './line-styles.ts';
import { rangeOf, wordAt } from './text-ranges.ts';

const NONE: readonly number[] = [];

/**
 * All lines of a transcript, in the page itself: the browser's own search, selection and screen readers have the whole
 * text. What is not in view is neither laid out nor, at first, filled.
 */
export class LineList extends SottoElement {
  static override properties = {
    document: { attribute: false },
    name: {},
    language: {},
    active: { attribute: false },
    writing: { attribute: false },
    picked: { attribute: false },
    picking: { type: Boolean },
    chunks: { state: true },
    width: { state: true },
  };
  declare document: Document;
  /** for whom it is read out to */
  declare name: string;
  /** BCP 47, when known */
  declare language: string | undefined;
  declare active: WordPlace | undefined;
  declare writing: Writing | undefined;
  declare picked: ReadonlySet<number>;
  declare picking: boolean;
  declare chunks: readonly Chunk[];
  /** of the text, CSS pixels */
  declare width: number;
  readonly #filler = new ChunkFiller(() => this.dispatchEvent(new Event('lines-seen')));
  readonly #sizes = new ResizeObserver(([entry]) => {
    const width = Math.max(200, (entry?.contentRect.width ?? 600) - 120);
    if (Math.abs(width - this.width) > 40) this.width = width;
  });
  #down: PointerEvent | undefined;
  #byId = new Map<number, EditedSegment>();

  constructor() {
    super();
    this.document = heardDocument([]);
    this.name = '';
    this.language = undefined;
    this.active = undefined;
    this.writing = undefined;
    this.picked = new Set();
    this.picking = false;
    this.chunks = [];
    this.width = 600;
  }

  static override styles = [base, controls, lineStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes.observe(this);
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes.disconnect();
    this.#filler.stop();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('document')) return;
    const { segments } = this.document;
    if (changed.get('document')?.segments === segments) return;
    this.chunks = chunked(segments, this.chunks);
    this.#byId = new Map(segments.map((segment) => [segment.id, segment]));
  }

  override render() {
    const { document, active, writing, picked } = this;
    return html`<div
      role="list"
      class=${this.picking ? 'lines picking' : 'lines'}
      aria-label=${this.name}
      lang=${ifDefined(this.language)}
      @pointerdown=${this.#pressed}
      @click=${this.#clicked}
      @dblclick=${this.#twice}
    >
      ${repeat(
        this.chunks,
        ({ key }) => key,
        (chunk, at) => html`<line-chunk
          .height=${heightOf(chunk, this.width)}
          .chunk=${chunk}
          .speakers=${document.speakers}
          .speaksBefore=${this.chunks[at - 1]?.segments.at(-1)?.speaker}
          .active=${within(chunk, active)}
          .writing=${within(chunk, writing)}
          .picked=${picked.size === 0 ? NONE : chunk.segments.map(({ id }) => id).filter((id) => picked.has(id))}
        ></line-chunk>`,
      )}
    </div>`;
  }

  protected override updated(): void {
    this.#filler.follow(this.renderRoot.querySelectorAll('line-chunk'));
  }

  /** Chunks near what is in view. */
  get near(): Iterable<LineChunk> {
    return this.#filler.near;
  }

  lineOf(id: number): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`[data-line="${id}"]`);
  }

  /** A stretch of a line's text; undefined where it is not on the page just now. */
  rangeIn(id: number, from: number, to: number): Range | undefined {
    const text = this.lineOf(id)?.querySelector('.text');
    return text ? rangeOf(text, from, to) : undefined;
  }

  /** Brings a line into view, where it is not. */
  async reveal(id: number, block: ScrollLogicalPosition = 'nearest'): Promise<HTMLElement | null> {
    await this.updateComplete;
    const line = await this.#filled(id);
    line?.scrollIntoView({ block });
    return line;
  }

  async #filled(id: number): Promise<HTMLElement | null> {
    for (const chunk of this.renderRoot.querySelectorAll('line-chunk')) {
      if (!chunk.chunk.segments.some((segment) => segment.id === id)) continue;
      chunk.filled = true;
      await chunk.updateComplete;
    }
    return this.lineOf(id);
  }

  /** The keyboard's word, or its line where that has none. */
  async focusActive(where: 'shown' | 'left'): Promise<void> {
    await this.updateComplete;
    if (this.active === undefined) return;
    const { id } = this.active;
    const line = where === 'shown' ? await this.reveal(id) : await this.#filled(id);
    const place = line?.querySelector<HTMLElement>('.word') ?? line?.querySelector<HTMLElement>('.time');
    place?.focus({ preventScroll: true });
    if (where === 'shown') place?.scrollIntoView({ block: 'nearest' });
  }

  readonly #pressed = (event: PointerEvent): void => {
    this.#down = event;
  };

  readonly #clicked = (event: MouseEvent): void => {
    const on = this.#on(event);
    if (on === undefined) return;
    const { id, target, segment } = on;
    if (target.closest('.pick') !== null) {
      // The label's click comes again from its box.
      if (target instanceof HTMLInputElement)
        tellAct(this, { act: 'pick', id, reach: event.shiftKey ? 'range' : 'one' });
      return;
    }
    if (event.shiftKey) {
      tellAct(this, { act: 'pick', id, reach: 'range' });
      return;
    }
    if (target.closest('.time') !== null) {
      tellAct(this, { act: 'hear', id, word: undefined });
      return;
    }
    const text = target.closest('.text');
    if (text === null || dragged(this.#down, event)) return;
    // A click by keyboard or by a screen reader has no place: it is on the word that has the focus.
    const word =
      event.detail === 0
        ? this.active?.word
        : wordAt(text, wordsOf(segment), { x: event.clientX, y: event.clientY });
    tellAct(this, { act: 'hear', id, word });
  };

  readonly #twice = (event: MouseEvent): void => {
    const on = this.#on(event);
    const text = on?.target.closest('.text');
    if (on === undefined || !text) return;
    const words = wordsOf(on.segment);
    const word = words[wordAt(text, words, { x: event.clientX, y: event.clientY }) ?? -1];
    getSelection()?.removeAllRanges();
    tellAct(this, { act: 'edit', id: on.id, caret: word?.from ?? 0 });
  };

  #on(event: MouseEvent): { id: number; target: Element; segment: EditedSegment } | undefined {
    const target = event.composedPath()[0];
    if (!(target instanceof Element)) return undefined;
    const id = Number(target.closest<HTMLElement>('[data-line]')?.dataset.line ?? Number.NaN);
    const segment = this.#byId.get(id);
    return segment === undefined ? undefined : { id, target, segment };
  }
}

/** Text was selected, nothing clicked. */
const dragged = (down: PointerEvent | undefined, { clientX, clientY, detail }: MouseEvent): boolean =>
  detail > 0 && down !== undefined && Math.hypot(clientX - down.clientX, clientY - down.clientY) > 5;

function within<Place extends { readonly id: number }>(
  chunk: Chunk,
  place: Place | undefined,
): Place | undefined {
  return place !== undefined && chunk.segments.some(({ id }) => id === place.id) ? place : undefined;
}
