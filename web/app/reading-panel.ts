import { css, html, nothing } from 'lit';
import { SottoElement } from './element.ts';
import { emit } from './events.ts';
import { currentLocale } from './locale.ts';
import { type ModelChoice, namedLanguages } from './model-choice.ts';
import { AUTO, NOTHING_CHOSEN, type ReadingChoice, spokenFor } from './reading-choice.ts';
import { base, controls } from './styles.ts';
import { readingWords } from './words/reading.ts';

/** How what is given next is to be read: its language, a translation, words that may come up. */
export class ReadingPanel extends SottoElement {
  static override properties = {
    model: { attribute: false },
    choice: { attribute: false },
  };
  /** the model in use; what it cannot do is not offered */
  declare model: ModelChoice | undefined;
  declare choice: ReadingChoice;

  constructor() {
    super();
    this.model = undefined;
    this.choice = NOTHING_CHOSEN;
  }

  static override styles = [
    base,
    controls,
    css`
      h2 {
        margin-block-end: 0.75rem;
        font-size: 1rem;
        font-weight: 600;
      }
      .row {
        margin-block-end: 0.9rem;
      }
      .check {
        display: flex;
        gap: 0.6rem;
        align-items: baseline;
        font-weight: 400;
        font-size: 0.9375rem;
      }
      textarea {
        font: inherit;
        color: inherit;
        resize: vertical;
        min-block-size: 4.5rem;
      }
      .hint {
        margin-block-start: 0.35rem;
        color: var(--muted);
        font-size: 0.8125rem;
      }
    `,
  ];

  override render() {
    const { model, choice } = this;
    if (model === undefined) return nothing;
    return html`
      <h2>${readingWords.title()}</h2>
      ${model.languages.length > 1 ? this.#spoken(model) : nothing}
      ${
        model.translates
          ? html`<label class="check row">
              <input
                type="checkbox"
                .checked=${choice.translate}
                @change=${(event: Event & { target: HTMLInputElement }) =>
                  this.#change({ translate: event.target.checked })}
              />
              ${readingWords.translate()}
            </label>`
          : nothing
      }
      <label for="terms">${readingWords.terms()}</label>
      <textarea
        id="terms"
        class="field"
        rows="2"
        spellcheck="false"
        aria-describedby="terms-hint"
        .value=${choice.terms}
        @change=${(event: Event & { target: HTMLTextAreaElement }) =>
          this.#change({ terms: event.target.value })}
      ></textarea>
      <p id="terms-hint" class="hint">${readingWords.termsHint()} ${readingWords.later()}</p>
    `;
  }

  #spoken(model: ModelChoice) {
    const chosen = spokenFor(model, this.choice.spoken);
    return html`<div class="row">
      <label for="spoken">${readingWords.spoken()}</label>
      <select
        id="spoken"
        class="field"
        @change=${(event: Event & { target: HTMLSelectElement }) =>
          this.#change({ spoken: event.target.value })}
      >
        <option value=${AUTO} .selected=${chosen === AUTO}>${readingWords.detect()}</option>
        ${namedLanguages(model, currentLocale()).map(
          ({ code, name }) => html`<option value=${code} .selected=${code === chosen}>${name}</option>`,
        )}
      </select>
    </div>`;
  }

  #change(part: Partial<ReadingChoice>): void {
    emit(this, 'reading-chosen', { ...this.choice, ...part });
  }
}
