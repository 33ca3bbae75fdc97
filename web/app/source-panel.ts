import { css, html } from 'lit';
import { SottoElement } from './element.ts';
import { emit } from './events.ts';
import { fileSources, urlSource } from './given.ts';
import { base, controls } from './styles.ts';
import { sourceWords } from './words/source.ts';

/** What the file chooser offers first; what a file really is shows when it is opened. */
const ACCEPT = 'audio/*,video/*,.mkv,.mka,.opus,.flac,.m4a,.m4b,.oga,.ogg,.weba,.webm,.mov';

/** Files, dropped anywhere on the page or chosen, and a web address. */
export class SourcePanel extends SottoElement {
  static override properties = {
    over: { state: true },
    invalid: { state: true },
  };
  /** files are held over the page */
  declare over: boolean;
  /** the address that was entered is not one */
  declare invalid: boolean;

  constructor() {
    super();
    this.over = false;
    this.invalid = false;
  }

  static override styles = [
    base,
    controls,
    css`
      .drop {
        display: grid;
        justify-items: center;
        gap: 0.15rem;
        inline-size: 100%;
        padding: 1.6rem 1rem;
        border: 2px dashed var(--edge);
        border-radius: var(--radius);
        background: transparent;
        text-align: center;
        cursor: pointer;
        transition: background-color 120ms, border-color 120ms;
      }
      .drop:hover,
      .drop.over {
        border-color: var(--accent);
        background: var(--accent-soft);
      }
      .drop svg {
        inline-size: 1.75rem;
        block-size: 1.75rem;
        margin-block-end: 0.35rem;
        color: var(--accent);
      }
      .drop strong {
        font-weight: 600;
      }
      .drop .small {
        color: var(--muted);
        text-wrap: balance;
      }
      .drop:hover .small,
      .drop.over .small {
        color: var(--ink);
      }
      form {
        margin-block-start: 1.25rem;
      }
      .row {
        display: flex;
        gap: 0.5rem;
      }
      .row .button {
        flex: none;
      }
      @media (max-width: 36rem) {
        .drop {
          padding-block: 1rem;
        }
        form {
          margin-block-start: 1rem;
        }
      }
      .hint {
        margin-block-start: 0.35rem;
        color: var(--muted);
        font-size: 0.8125rem;
        text-wrap: pretty;
      }
      .invalid {
        color: var(--alert-ink);
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('dragover', this.#onDragOver);
    window.addEventListener('dragleave', this.#onDragLeave);
    window.addEventListener('drop', this.#onDrop);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('dragover', this.#onDragOver);
    window.removeEventListener('dragleave', this.#onDragLeave);
    window.removeEventListener('drop', this.#onDrop);
  }

  override render() {
    return html`
      <button class="drop ${this.over ? 'over' : ''}" @click=${this.#openChooser}>
        <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"
          stroke-linejoin="round" aria-hidden="true">
          <path d="M12 15V4m0 0L8 8m4-4 4 4M4 15v3a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-3" />
        </svg>
        <strong>${this.over ? sourceWords.dropNow() : sourceWords.drop()}</strong>
        <span class="small">${sourceWords.choose()}</span>
      </button>
      <input type="file" multiple hidden accept=${ACCEPT} @change=${this.#onChosen} />
      <form novalidate @submit=${this.#onAddress}>
        <label for="url">${sourceWords.url()}</label>
        <div class="row">
          <input
            id="url"
            class="field"
            type="url"
            inputmode="url"
            autocomplete="off"
            spellcheck="false"
            placeholder="https://"
            aria-describedby="url-hint"
            aria-invalid=${this.invalid}
            @input=${() => {
              this.invalid = false;
            }}
          />
          <button class="button">${sourceWords.urlRead()}</button>
        </div>
        <p id="url-hint" class="hint" aria-live="polite">
          ${
            this.invalid
              ? html`<span class="invalid">${sourceWords.urlInvalid()}</span>`
              : sourceWords.urlHint()
          }
        </p>
      </form>
    `;
  }

  readonly #openChooser = (): void => {
    this.renderRoot.querySelector<HTMLInputElement>('input[type=file]')?.click();
  };

  #onChosen(event: Event & { currentTarget: HTMLInputElement }): void {
    const sources = fileSources(event.currentTarget.files ?? []);
    event.currentTarget.value = ''; // so that the same file can be chosen again
    if (sources.length > 0) emit(this, 'sources-given', sources);
  }

  #onAddress(event: SubmitEvent): void {
    event.preventDefault();
    const field = this.renderRoot.querySelector<HTMLInputElement>('#url');
    if (field === null) return;
    const source = urlSource(field.value);
    this.invalid = source === undefined;
    if (source === undefined) {
      field.focus();
      return;
    }
    field.value = '';
    emit(this, 'sources-given', [source]);
  }

  readonly #onDragOver = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    this.over = true;
  };

  readonly #onDragLeave = (event: DragEvent): void => {
    if (event.relatedTarget === null) this.over = false;
  };

  readonly #onDrop = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    this.over = false;
    const sources = fileSources(event.dataTransfer.files);
    if (sources.length > 0) emit(this, 'sources-given', sources);
  };
}
