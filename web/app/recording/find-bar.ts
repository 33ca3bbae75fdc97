import { css, html, type PropertyValues } from 'lit';
import type { Query } from '../../../shared/edit/find.ts';
import { SottoElement } from '../element.ts';
import { base, controls } from '../styles.ts';
import { recordingWords } from '../words/recording.ts';
import { checkStyles } from './check-styles.ts';

export type FindAct =
  | { readonly act: 'query'; readonly query: Query }
  | { readonly act: 'next' | 'previous' | 'close' }
  | { readonly act: 'replace' | 'replace-all'; readonly replacement: string };

declare global {
  interface HTMLElementEventMap {
    'find-act': CustomEvent<FindAct>;
  }
}

export const NO_QUERY: Query = { text: '', matchCase: false };

/** What is looked for, and what is put in its place. */
export class FindBar extends SottoElement {
  static override properties = {
    query: { attribute: false },
    count: { type: Number },
    at: { type: Number },
    editable: { type: Boolean },
  };
  declare query: Query;
  /** places found */
  declare count: number;
  /** which of them is shown; -1: none */
  declare at: number;
  declare editable: boolean;

  constructor() {
    super();
    this.query = NO_QUERY;
    this.count = 0;
    this.at = -1;
    this.editable = false;
  }

  static override styles = [
    base,
    controls,
    checkStyles,
    css`
      search,
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem;
      }
      .field {
        flex: 1 1 9rem;
        inline-size: auto;
      }
      .count {
        min-inline-size: 5.5rem;
        font-variant-numeric: tabular-nums;
      }
      .row {
        flex: 1 1 20rem;
      }
    `,
  ];

  override focus(): void {
    this.#input('find')?.select();
  }

  protected override firstUpdated(_: PropertyValues<this>): void {
    this.focus();
  }

  override render() {
    const { text, matchCase } = this.query;
    return html`<search @keydown=${this.#key}>
      <div class="row">
        <input
          id="find"
          class="field"
          type="search"
          aria-label=${recordingWords.find()}
          placeholder=${recordingWords.find()}
          .value=${text}
          @input=${({ target }: Event & { target: HTMLInputElement }) => this.#ask({ text: target.value })}
        />
        <span class="count muted small" role="status"
          >${text === '' ? '' : recordingWords.found(this.at + 1, this.count)}</span
        >
        ${this.#button('previous', '↑', recordingWords.previous())} ${this.#button('next', '↓', recordingWords.next())}
        <label class="check">
          <input
            type="checkbox"
            .checked=${matchCase}
            @change=${({ target }: Event & { target: HTMLInputElement }) => this.#ask({ matchCase: target.checked })}
          />
          ${recordingWords.matchCase()}
        </label>
      </div>
      <div class="row">
        <input
          id="replacement"
          class="field"
          aria-label=${recordingWords.replaceBy()}
          placeholder=${recordingWords.replaceBy()}
          ?disabled=${!this.editable}
        />
        ${this.#change('replace', recordingWords.replace())} ${this.#change('replace-all', recordingWords.replaceAll())}
        <button class="button quiet" @click=${() => this.#tell({ act: 'close' })}>${recordingWords.close()}</button>
      </div>
    </search>`;
  }

  #button(act: 'next' | 'previous', sign: string, name: string) {
    return html`<button
      class="button"
      aria-label=${name}
      title=${name}
      ?disabled=${this.count === 0}
      @click=${() => this.#tell({ act })}
    >
      <span aria-hidden="true">${sign}</span>
    </button>`;
  }

  #change(act: 'replace' | 'replace-all', name: string) {
    return html`<button
      class="button"
      ?disabled=${this.count === 0 || !this.editable}
      @click=${() => this.#tell({ act, replacement: this.#input('replacement')?.value ?? '' })}
    >
      ${name}
    </button>`;
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const { id } = event.target as HTMLElement;
    if (event.key === 'Escape') this.#tell({ act: 'close' });
    else if (event.key === 'Enter' && id === 'find')
      this.#tell({ act: event.shiftKey ? 'previous' : 'next' });
    else if (event.key === 'Enter' && id === 'replacement' && this.count > 0 && this.editable)
      this.#tell({ act: 'replace', replacement: this.#input('replacement')?.value ?? '' });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  #ask(part: Partial<Query>): void {
    this.#tell({ act: 'query', query: { ...this.query, ...part } });
  }

  #input(id: string): HTMLInputElement | null {
    return this.renderRoot.querySelector<HTMLInputElement>(`#${id}`);
  }

  #tell(detail: FindAct): void {
    this.dispatchEvent(new CustomEvent<FindAct>('find-act', { detail }));
  }
}
