import { css, html, nothing } from 'lit';
import { SottoElement } from '../element.ts';
import { emit } from '../events.ts';
import { currentLocale } from '../locale.ts';
import { languageName, type ModelChoice, namedLanguages } from '../model-choice.ts';
import { AUTO, NOTHING_CHOSEN, type ReadingChoice, spokenFor } from '../reading-choice.ts';
import { base, controls } from '../styles.ts';
import { readingWords } from '../words/reading.ts';
import { settingsWords } from '../words/settings.ts';
import { sectionStyles } from './settings-styles.ts';
import { countTerms, MOST_TERMS, withTerms } from './vocabulary.ts';

type Checkbox = Event & { readonly target: HTMLInputElement };

/** How what is given next is to be read: language, translation, vocabulary, what is left out. */
export class ReadingSection extends SottoElement {
  static override properties = {
    model: { attribute: false },
    choice: { attribute: false },
    unread: { state: true },
  };
  /** the model in use; what it cannot do is said */
  declare model: ModelChoice | undefined;
  declare choice: ReadingChoice;
  /** the file that was chosen is no text */
  declare unread: boolean;

  constructor() {
    super();
    this.model = undefined;
    this.choice = NOTHING_CHOSEN;
    this.unread = false;
  }

  static override styles = [
    base,
    controls,
    sectionStyles,
    css`
      textarea {
        display: block;
        font: inherit;
        color: inherit;
        resize: vertical;
        max-inline-size: 34rem;
        min-block-size: 11rem;
      }
      .import {
        margin-block-start: 0.6rem;
      }
      .bad {
        color: var(--alert-ink);
      }
    `,
  ];

  override render() {
    const { model, choice } = this;
    if (model === undefined) return nothing;
    return html`<section class="card section" aria-labelledby="title">
      <h2 id="title" tabindex="-1">${settingsWords.reading()}</h2>
      <p class="about">${readingWords.later()}</p>
      <div class="block">${this.#spoken(model)}</div>
      ${
        model.translates
          ? html`<label class="check">
              <input
                type="checkbox"
                .checked=${choice.translate}
                @change=${({ target }: Checkbox) => this.#change({ translate: target.checked })}
              />
              ${readingWords.translate()}
            </label>`
          : html`<p class="hint">${settingsWords.noTranslation()}</p>`
      }
      <div class="block">${this.#vocabulary()}</div>
      <div class="block">
        <label class="check">
          <input
            type="checkbox"
            aria-describedby="doubtful-hint"
            .checked=${choice.doubtful === 'left-out'}
            @change=${({ target }: Checkbox) => this.#change({ doubtful: target.checked ? 'left-out' : 'kept' })}
          />
          ${settingsWords.doubtful()}
        </label>
        <p id="doubtful-hint" class="hint">${settingsWords.doubtfulHint()}</p>
      </div>
    </section>`;
  }

  #spoken(model: ModelChoice) {
    const locale = currentLocale();
    const [only = 'en', ...others] = model.languages;
    if (others.length === 0) return html`<p>${settingsWords.oneLanguage(languageName(only, locale))}</p>`;
    const chosen = spokenFor(model, this.choice.spoken);
    return html`<label for="spoken">${readingWords.spoken()}</label>
      <select
        id="spoken"
        class="field narrow"
        @change=${({ target }: Event & { readonly target: HTMLSelectElement }) =>
          this.#change({ spoken: target.value })}
      >
        <option value=${AUTO} .selected=${chosen === AUTO}>${readingWords.detect()}</option>
        ${namedLanguages(model, locale).map(
          ({ code, name }) => html`<option value=${code} .selected=${code === chosen}>${name}</option>`,
        )}
      </select>`;
  }

  #vocabulary() {
    const { used, unused } = countTerms(this.choice.terms);
    return html`<label for="terms">${settingsWords.terms()}</label>
      <textarea
        id="terms"
        class="field"
        rows="8"
        spellcheck="false"
        aria-describedby="terms-hint terms-count"
        .value=${this.choice.terms}
        @change=${({ target }: Event & { readonly target: HTMLTextAreaElement }) =>
          this.#change({ terms: target.value })}
      ></textarea>
      <p id="terms-hint" class="hint">${settingsWords.termsHint()}</p>
      <p id="terms-count" class="hint" role="status">
        ${settingsWords.termsCount(used)} ${unused === 0 ? '' : settingsWords.termsUnused(unused, MOST_TERMS)}
        ${this.unread ? html`<span class="bad">${settingsWords.termsFailed()}</span>` : nothing}
      </p>
      <button class="button small import" @click=${this.#choose}>${settingsWords.termsImport()}</button>
      <input
        type="file"
        hidden
        accept=".txt,.csv,.tsv,.md,text/plain,text/csv"
        @change=${({ target }: Checkbox) => {
          const [file] = target.files ?? [];
          target.value = ''; // so that the same file can be chosen again
          if (file !== undefined) void this.#import(file);
        }}
      />`;
  }

  readonly #choose = (): void => {
    this.renderRoot.querySelector<HTMLInputElement>('input[type=file]')?.click();
  };

  async #import(file: File): Promise<void> {
    this.unread = false;
    try {
      if (file.size > LARGEST_FILE) throw new RangeError(`${file.size} bytes`);
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
      this.#change({ terms: withTerms(this.choice.terms, text) });
    } catch (thrown) {
      console.warn('The vocabulary could not be read.', thrown);
      this.unread = true;
    }
  }

  #change(part: Partial<ReadingChoice>): void {
    emit(this, 'reading-chosen', { ...this.choice, ...part });
  }
}

/** Far more than is used of it. */
const LARGEST_FILE = 1_000_000;
