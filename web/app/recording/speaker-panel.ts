import { css, html } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Document } from '../../../shared/edit/document.ts';
import { heardDocument } from '../../../shared/edit/document.ts';
import {
  LONGEST_NAME,
  SPEAKER_COLOURS,
  type Speaker,
  type SpeakerColour,
} from '../../../shared/edit/speakers.ts';
import { SottoElement } from '../element.ts';
import { base, controls } from '../styles.ts';
import { colourWords, recordingWords } from '../words/recording.ts';
import { speakerStyles } from './line-styles.ts';

export type SpeakerAct =
  | { readonly act: 'add'; readonly name: string }
  | { readonly act: 'rename'; readonly id: number; readonly name: string }
  | { readonly act: 'recolour'; readonly id: number; readonly colour: SpeakerColour }
  | { readonly act: 'remove'; readonly id: number }
  | { readonly act: 'close' };

declare global {
  interface HTMLElementEventMap {
    'speaker-act': CustomEvent<SpeakerAct>;
  }
}

/** Who speaks: names and colours, changed everywhere at once. */
export class SpeakerPanel extends SottoElement {
  static override properties = { document: { attribute: false }, editable: { type: Boolean } };
  declare document: Document;
  declare editable: boolean;

  constructor() {
    super();
    this.document = heardDocument([]);
    this.editable = false;
  }

  static override styles = [
    base,
    controls,
    speakerStyles,
    css`
      section {
        display: grid;
        gap: 0.5rem;
      }
      header,
      .row,
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem;
      }
      header {
        justify-content: space-between;
      }
      h3 {
        font-size: 1rem;
        font-weight: 600;
      }
      section {
        max-block-size: 40dvh;
        margin: -0.4rem;
        padding: 0.4rem;
        overflow: auto;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr));
        gap: 0.5rem 1rem;
        padding: 0;
        list-style: none;
      }
      .row {
        padding-inline-start: 0.6rem;
        border-inline-start: 4px solid var(--speaker);
      }
      .name {
        flex: 1 1 8rem;
        inline-size: auto;
        color: var(--speaker);
        font-weight: 600;
      }
      form .name {
        max-inline-size: 20rem;
        color: inherit;
        font-weight: 400;
      }
      .colour {
        inline-size: auto;
      }
    `,
  ];

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('#new')?.focus();
  }

  protected override firstUpdated(): void {
    this.focus();
  }

  override render() {
    const { speakers } = this.document;
    return html`<section aria-labelledby="title" @keydown=${this.#key}>
      <header>
        <h3 id="title">${recordingWords.speakers()}</h3>
        <button class="button quiet" @click=${() => this.#tell({ act: 'close' })}>${recordingWords.close()}</button>
      </header>
      <p class="muted small">${recordingWords.aboutSpeakers()}</p>
      <ul>
        ${repeat(
          speakers,
          ({ id }) => id,
          (speaker, at) => this.#row(speaker, at),
        )}
      </ul>
      <form @submit=${this.#add}>
        <input
          id="new"
          class="field name"
          maxlength=${LONGEST_NAME}
          aria-label=${recordingWords.newSpeaker()}
          placeholder=${recordingWords.newSpeaker()}
          ?disabled=${!this.editable}
        />
        <button class="button" ?disabled=${!this.editable}>${recordingWords.add()}</button>
      </form>
    </section>`;
  }

  #row({ id, name, colour }: Speaker, at: number) {
    const lines = this.document.segments.filter(({ speaker }) => speaker === id).length;
    return html`<li class="row" data-colour=${colour}>
      <input
        class="field name"
        maxlength=${LONGEST_NAME}
        aria-label=${recordingWords.nameOf(at + 1)}
        .value=${name}
        ?disabled=${!this.editable}
        @change=${({ target }: Event & { target: HTMLInputElement }) => {
          this.#tell({ act: 'rename', id, name: target.value });
          if (target.value.trim() === '') target.value = name;
        }}
      />
      <select
        class="field colour"
        aria-label=${recordingWords.colourOf(name)}
        ?disabled=${!this.editable}
        @change=${({ target }: Event & { target: HTMLSelectElement }) => {
          const chosen = SPEAKER_COLOURS.find((one) => one === target.value);
          if (chosen !== undefined) this.#tell({ act: 'recolour', id, colour: chosen });
        }}
      >
        ${SPEAKER_COLOURS.map(
          (one) => html`<option value=${one} .selected=${one === colour}>${colourWords[one]()}</option>`,
        )}
      </select>
      <span class="muted small">${recordingWords.lines(lines)}</span>
      <button
        class="button quiet"
        aria-label=${recordingWords.removeSpeaker(name)}
        ?disabled=${!this.editable}
        @click=${() => {
          this.#tell({ act: 'remove', id });
          this.focus();
        }}
      >
        ${recordingWords.remove()}
      </button>
    </li>`;
  }

  readonly #add = (event: Event): void => {
    event.preventDefault();
    const field = this.renderRoot.querySelector<HTMLInputElement>('#new');
    if (field === null || field.value.trim() === '') return;
    this.#tell({ act: 'add', name: field.value });
    field.value = '';
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    this.#tell({ act: 'close' });
  };

  #tell(detail: SpeakerAct): void {
    this.dispatchEvent(new CustomEvent<SpeakerAct>('speaker-act', { detail }));
  }
}
