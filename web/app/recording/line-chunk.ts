import { html, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { EditedSegment } from '../../../shared/edit/document.ts';
import type { Speaker } from '../../../shared/edit/speakers.ts';
import { SottoElement } from '../element.ts';
import { clock } from '../quantities.ts';
import { recordingWords } from '../words/recording.ts';
import type { Chunk } from './line-chunks.ts';
import { piecesOf } from './line-pieces.ts';

/** A line and a place in it. */
export interface WordPlace {
  readonly id: number;
  /** which of its words */
  readonly word: number;
}

export interface Writing {
  readonly id: number;
  readonly caret: number;
}

const EMPTY: Chunk = { key: 0, segments: [] };
const differs = (a: readonly number[] | undefined, b: readonly number[]): boolean =>
  a === undefined || a.length !== b.length || a.some((id, at) => id !== b[at]);

/** Some lines that are laid out together. It renders nothing until it is to be filled. */
export class LineChunk extends SottoElement {
  static override properties = {
    chunk: { attribute: false },
    filled: { type: Boolean },
    height: { type: Number },
    speakers: { attribute: false },
    speaksBefore: { attribute: false },
    active: { attribute: false },
    writing: { attribute: false },
    picked: {
      attribute: false,
      hasChanged: (now: readonly number[], old?: readonly number[]) => differs(old, now),
    },
  };
  declare chunk: Chunk;
  declare filled: boolean;
  /** of all its lines, roughly, while they are not laid out; CSS pixels */
  declare height: number;
  declare speakers: readonly Speaker[];
  /** who speaks before its first line */
  declare speaksBefore: number | undefined;
  /** undefined where that is in another chunk */
  declare active: WordPlace | undefined;
  declare writing: Writing | undefined;
  /** of its lines */
  declare picked: readonly number[];

  constructor() {
    super();
    this.chunk = EMPTY;
    this.filled = false;
    this.height = 0;
    this.speakers = [];
    this.speaksBefore = undefined;
    this.active = undefined;
    this.writing = undefined;
    this.picked = [];
  }

  /** In the list's own tree, whose styles it has. */
  protected override createRenderRoot() {
    return this;
  }

  protected override updated(changed: PropertyValues<this>): void {
    // The content policy allows no style attributes.
    if (changed.has('height')) this.style.setProperty('--height', `${this.height}px`);
  }

  override render() {
    if (!this.filled) return nothing;
    return repeat(
      this.chunk.segments,
      ({ id }) => id,
      (segment, at) =>
        this.#line(segment, at === 0 ? this.speaksBefore : this.chunk.segments[at - 1]?.speaker),
    );
  }

  #line(segment: EditedSegment, before: number | undefined) {
    const { id, start } = segment;
    const time = clock(start);
    const speaker = this.speakers.find((one) => one.id === segment.speaker);
    const active = this.active?.id === id ? this.active.word : undefined;
    const picked = this.picked.includes(id);
    const noWord = active !== undefined && segment.text.trim() === '';
    return html`<div
      role="listitem"
      class="line ${picked ? 'picked' : ''} ${active === undefined ? '' : 'active'}"
      data-line=${id}
    >
      <label class="pick"
        ><input type="checkbox" tabindex="-1" .checked=${picked} aria-label=${recordingWords.pick(time)}
      /></label>
      <button class="time" tabindex=${noWord ? 0 : -1} aria-label=${recordingWords.hearFrom(time)}>${time}</button>
      <div class="said" data-colour=${speaker?.colour ?? nothing}>
        ${
          speaker === undefined || speaker.id === before
            ? nothing
            : html`<span class="speaker">${speaker.name}</span>`
        }
        ${
          this.writing?.id === id
            ? html`<line-field .line=${id} .text=${segment.text} .caret=${this.writing.caret}></line-field>`
            : this.#text(segment, active)
        }
      </div>
    </div>`;
  }

  /** No white space of the template's own: places in the text are counted. */
  #text(segment: EditedSegment, active: number | undefined) {
    return html`<p class="text">${piecesOf(segment, active).map(({ text, unsure, active: here }) =>
      here
        ? html`<span
            class=${unsure ? 'word unsure' : 'word'}
            role="button"
            tabindex="0"
            aria-label=${recordingWords.word(text, clock(segment.start))}
            >${text}</span
          >`
        : unsure
          ? html`<span class="unsure">${text}</span>`
          : text,
    )}</p>`;
  }
}
