import { css, html, nothing } from 'lit';
import type { ErrorWire } from '../../shared/errors.ts';
import { SottoElement } from './element.ts';
import { emit } from './events.ts';
import { currentLocale } from './locale.ts';
import type { ModelChoice } from './model-choice.ts';
import { bytes } from './quantities.ts';
import { base, controls } from './styles.ts';
import { modelWords } from './words/model.ts';

/** Which model reads, what the demo is worth, and what another would bring and from where. */
export class ModelPanel extends SottoElement {
  static override properties = {
    models: { attribute: false },
    current: {},
    hub: {},
    busy: { type: Boolean },
    error: { attribute: false },
    picked: { state: true },
  };
  declare models: readonly ModelChoice[];
  /** id of the model in use */
  declare current: string;
  /** address the models come from */
  declare hub: string;
  /** a model is being made ready */
  declare busy: boolean;
  /** why the last one could not be */
  declare error: ErrorWire | undefined;
  /** looked at in the list, not yet in use */
  declare picked: string | undefined;

  constructor() {
    super();
    this.models = [];
    this.current = '';
    this.hub = '';
    this.busy = false;
    this.error = undefined;
    this.picked = undefined;
  }

  static override styles = [
    base,
    controls,
    css`
      .demo {
        margin-block-end: 1.25rem;
        padding: 0.9rem 1rem 1rem;
        border-radius: var(--radius-small);
        background: var(--note-soft);
      }
      h2,
      h3 {
        font-size: 1rem;
        font-weight: 600;
      }
      h2 {
        margin-block-end: 0.75rem;
      }
      .demo h3 {
        color: var(--note-ink);
      }
      .demo p {
        margin-block: 0.25rem 0.7rem;
        font-size: 0.9375rem;
      }
      .about {
        margin-block: 0.5rem 0;
        color: var(--muted);
        font-size: 0.875rem;
      }
      .demo .about {
        margin-block: 0.6rem 0;
        color: inherit;
        font-size: 0.8125rem;
      }
      .button.wide {
        inline-size: 100%;
      }
      .use {
        margin-block-start: 0.75rem;
      }
      error-note {
        margin-block-start: 0.9rem;
      }
    `,
  ];

  override render() {
    const current = this.models.find(({ id }) => id === this.current);
    const picked = this.models.find(({ id }) => id === this.picked) ?? current;
    return html`
      <h2>${modelWords.title()}</h2>
      ${current?.demo ? this.#demo() : nothing}
      <label for="model">${modelWords.choose()}</label>
      <select
        id="model"
        class="field"
        @change=${(event: Event & { target: HTMLSelectElement }) => {
          this.picked = event.target.value;
        }}
      >
        ${this.models.map(
          (model) =>
            html`<option value=${model.id} .selected=${model.id === picked?.id}>${title(model)}</option>`,
        )}
      </select>
      ${picked === undefined ? nothing : this.#about(picked)}
      ${this.error === undefined ? nothing : html`<error-note .error=${this.error}></error-note>`}
    `;
  }

  #demo() {
    const offered = this.models.find(({ recommended }) => recommended);
    return html`<div class="demo">
      <h3>${modelWords.demoTitle()}</h3>
      <p>${modelWords.demoText()} ${offered === undefined ? nothing : modelWords.offer(offered.label)}</p>
      ${
        offered === undefined
          ? nothing
          : html`<button
                class="button primary wide"
                ?disabled=${this.busy}
                aria-describedby="offer-source"
                @click=${() => this.#use(offered)}
              >
                ${modelWords.download(offered.label, size(offered))}
              </button>
              <p id="offer-source" class="about">${this.#origin(offered)}</p>`
      }
    </div>`;
  }

  #about(model: ModelChoice) {
    const isCurrent = model.id === this.current;
    return html`
      <p class="about" role="status">
        ${languages(model)} · ${isCurrent ? modelWords.inUse() : this.#origin(model)}
      </p>
      ${
        isCurrent
          ? nothing
          : html`<div class="use">
              <button class="button wide" ?disabled=${this.busy} @click=${() => this.#use(model)}>
                ${modelWords.use(model.label)}
              </button>
              <p class="about">${modelWords.later()}</p>
            </div>`
      }
    `;
  }

  #origin(model: ModelChoice): string {
    if (model.demo) return modelWords.onDevice();
    return modelWords.source(size(model), URL.canParse(this.hub) ? new URL(this.hub).host : this.hub);
  }

  #use(model: ModelChoice): void {
    this.picked = undefined;
    emit(this, 'model-chosen', { id: model.id });
  }
}

function size(model: ModelChoice): string {
  return bytes(model.bytes, currentLocale());
}

function title(model: ModelChoice): string {
  if (model.demo) return model.label;
  const marks = [size(model), ...(model.recommended ? [modelWords.recommended()] : [])];
  return `${model.label} (${marks.join(', ')})`;
}

function languages({ languages: known }: ModelChoice): string {
  return known.length === 1 && known[0] === 'en' ? modelWords.english() : modelWords.languages(known.length);
}
