import { css, html, nothing } from 'lit';
import type { Document } from '../../../shared/edit/document.ts';
import { unsureStretches } from '../../../shared/edit/unsure.ts';
import { SottoElement } from '../element.ts';
import { clock } from '../quantities.ts';
import { base, controls } from '../styles.ts';
import { recordingWords } from '../words/recording.ts';
import { NOTHING_OPEN } from './editor.ts';
import { speakerStyles } from './line-styles.ts';
import type { Command } from './shortcuts.ts';

/** `command` to the view; `speaker`: whom the chosen lines are to be given to. */
export type BarAct =
  | { readonly act: 'command'; readonly command: Command }
  | { readonly act: 'speaker'; readonly id: number | undefined }
  | { readonly act: 'new-speaker' };

declare global {
  interface HTMLElementEventMap {
    'bar-act': CustomEvent<BarAct>;
  }
}

/** What can be done with the line that the keyboard is at, or with those that are picked. */
export class LineBar extends SottoElement {
  static override properties = {
    document: { attribute: false },
    active: { attribute: false },
    chosen: { attribute: false },
    picked: { type: Number },
    playing: { type: Boolean },
    playable: { type: Boolean },
    editable: { type: Boolean },
  };
  declare document: Document;
  /** the line's id */
  declare active: number | undefined;
  /** lines that a change is for */
  declare chosen: readonly number[];
  /** how many are picked */
  declare picked: number;
  declare playing: boolean;
  declare playable: boolean;
  declare editable: boolean;

  constructor() {
    super();
    this.document = NOTHING_OPEN;
    this.active = undefined;
    this.chosen = [];
    this.picked = 0;
    this.playing = false;
    this.playable = false;
    this.editable = false;
  }

  static override styles = [
    base,
    controls,
    speakerStyles,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.375rem 0.5rem;
        padding: 0.5rem 0.75rem;
      }
      .what {
        min-inline-size: 6rem;
        font-variant-numeric: tabular-nums;
      }
      .button {
        padding-inline: 0.65rem;
      }
      .who {
        inline-size: auto;
        max-inline-size: 12rem;
        border-inline-start: 4px solid var(--speaker, var(--edge));
      }
      .play {
        display: none;
      }
      /* Where the player does not stay in view (recording-styles.ts). */
      @media (max-width: 48rem), (max-height: 52rem) {
        .play {
          display: inline-flex;
        }
      }
      @media (max-width: 52rem) {
        .bar {
          flex-wrap: nowrap;
          overflow-x: auto;
          overscroll-behavior-x: contain;
        }
        .bar > * {
          flex: none;
        }
        .what {
          min-inline-size: 0;
        }
        .who {
          max-inline-size: 8.5rem;
        }
      }
    `,
  ];

  override render() {
    const line = this.document.segments.find(({ id }) => id === this.active);
    if (line === undefined) return nothing;
    const several = this.picked > 0;
    const unsure = this.document.segments.some(
      (segment) => this.chosen.includes(segment.id) && unsureStretches(segment).length > 0,
    );
    return html`<div class="bar card" role="toolbar" aria-label=${recordingWords.lineTools()}>
      ${
        this.playable
          ? html`<button class="button play" @click=${() => this.#run('play')}>
              ${this.playing ? recordingWords.pause() : recordingWords.play()}
            </button>`
          : nothing
      }
      <span class="what muted small"
        >${several ? recordingWords.picked(this.picked) : recordingWords.lineAt(clock(line.start))}</span
      >
      ${this.editable ? html`${this.#speaker()} ${several ? this.#forSeveral(unsure) : this.#forOne(unsure)}` : nothing}
    </div>`;
  }

  #speaker() {
    const { speakers, segments } = this.document;
    const chosen = segments.filter(({ id }) => this.chosen.includes(id));
    const [first] = chosen;
    const who = chosen.every(({ speaker }) => speaker === first?.speaker) ? first?.speaker : undefined;
    const colour = speakers.find(({ id }) => id === who)?.colour;
    return html`<select
      class="field who"
      data-colour=${colour ?? nothing}
      aria-label=${recordingWords.speaker()}
      @change=${this.#chose}
    >
      <option value="" .selected=${who === undefined}>${recordingWords.nobody()}</option>
      ${speakers.map(({ id, name }) => html`<option value=${id} .selected=${id === who}>${name}</option>`)}
      <option value="new">${recordingWords.newSpeaker()}</option>
    </select>`;
  }

  #forOne(unsure: boolean) {
    return html`
      ${this.#button('edit', recordingWords.edit())} ${this.#button('split', recordingWords.split())}
      ${this.#button('merge', recordingWords.merge())}
      ${unsure ? this.#button('confirm', recordingWords.confirm()) : nothing}
    `;
  }

  #forSeveral(unsure: boolean) {
    return html`
      ${this.picked > 1 ? this.#button('join', recordingWords.join(this.picked)) : nothing}
      ${unsure ? this.#button('confirm', recordingWords.confirm()) : nothing}
      ${this.#button('unpick', recordingWords.unpick())}
    `;
  }

  #button(command: Command, name: string) {
    return html`<button class="button" @click=${() => this.#run(command)}>${name}</button>`;
  }

  readonly #chose = ({ target }: Event & { target: HTMLSelectElement }): void => {
    if (target.value === 'new') this.#tell({ act: 'new-speaker' });
    else this.#tell({ act: 'speaker', id: target.value === '' ? undefined : Number(target.value) });
  };

  #run(command: Command): void {
    this.#tell({ act: 'command', command });
  }

  #tell(detail: BarAct): void {
    this.dispatchEvent(new CustomEvent<BarAct>('bar-act', { detail }));
  }
}
