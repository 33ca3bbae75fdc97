import { html, nothing } from 'lit';
import type { SottoTranscriber } from '../element/sotto-transcriber.ts';
import type { Mode } from '../element/view.ts';
import { SottoElement } from './element.ts';
import { embedPageStyles } from './embed-page-styles.ts';
import { attributesOf, type EmbedChoice, FIRST_CHOICE, policyOf, snippetOf } from './embed-snippet.ts';
import { chooseLocale, currentLocale, LOCALE_NAMES, LOCALES, pickLocale } from './locale.ts';
import { type ModelChoice, namedLanguages } from './model-choice.ts';
import { base, controls } from './styles.ts';
import { embedWords } from './words/embed.ts';
import { pageWords } from './words/page.ts';

const EXAMPLES = ['textarea', 'video', 'search', 'form'] as const;
const MODES: readonly Mode[] = ['dictation', 'captions', 'file'];

/** Options, the element as they make it, and what to copy. */
export class EmbedPage extends SottoElement {
  static override properties = {
    models: { attribute: false },
    hub: {},
    reads: { type: Boolean },
    choice: { state: true },
    copied: { state: true },
  };
  declare models: readonly ModelChoice[];
  /** address the models come from */
  declare hub: string;
  /** this site's server reads too */
  declare reads: boolean;
  declare choice: EmbedChoice;
  declare copied: 'no' | 'yes' | 'failed';

  constructor() {
    super();
    this.models = [];
    this.hub = '';
    this.reads = false;
    this.choice = FIRST_CHOICE;
    this.copied = 'no';
  }

  static override styles = [base, controls, embedPageStyles];

  override render() {
    const site = new URL('./', location.href).href;
    return html`<div class="page">
      <header>
        <div>
          <h1>${embedWords.title()}</h1>
          <p class="muted">${embedWords.tagline()}</p>
          <p><a href="./">${embedWords.home()}</a></p>
        </div>
        ${this.#languageSwitch()}
      </header>
      <main>
        <section class="card" aria-labelledby="options">
          <h2 id="options">${embedWords.options()}</h2>
          ${this.#options()}
        </section>
        <section class="card" aria-labelledby="try">
          <h2 id="try">${embedWords.tryIt()}</h2>
          ${this.#tryIt()}
        </section>
        <section class="card wide" aria-labelledby="snippet">
          <h2 id="snippet">${embedWords.snippet()}</h2>
          <pre tabindex="0" aria-labelledby="snippet"><code>${snippetOf(this.choice, site)}</code></pre>
          <p class="row">
            <button class="button primary" @click=${() => this.#copy(snippetOf(this.choice, site))}>
              ${embedWords.copy()}
            </button>
            <span role="status">${this.#copyText()}</span>
          </p>
          <h3 id="policy">${embedWords.policy()}</h3>
          <pre tabindex="0" aria-labelledby="policy"><code>${policyOf(site, this.hub, this.choice)}</code></pre>
        </section>
        <nav class="card wide" aria-labelledby="examples">
          <h2 id="examples">${embedWords.examples()}</h2>
          <ul>
            ${EXAMPLES.map((name) => html`<li><a href="examples/${name}.html">${embedWords[name]()}</a></li>`)}
          </ul>
        </nav>
      </main>
    </div>`;
  }

  #options() {
    const { choice, models } = this;
    const model = models.find(({ id }) => id === choice.model);
    const languages = model === undefined ? [] : namedLanguages(model, currentLocale());
    return html`
      ${this.#select(
        embedWords.mode(),
        choice.mode,
        MODES.map((mode) => [mode, embedWords[mode]()]),
        (mode) => ({ mode: MODES.find((known) => known === mode) ?? 'dictation' }),
      )}
      ${this.#select(
        embedWords.model(),
        choice.model,
        models.map(({ id, label }) => [id, label]),
        (id) => ({ model: id, language: 'auto', translate: false }),
      )}
      ${
        languages.length < 2
          ? nothing
          : this.#select(
              embedWords.language(),
              choice.language,
              [['auto', embedWords.auto()], ...languages.map(({ code, name }) => [code, name] as const)],
              (language) => ({ language }),
            )
      }
      ${model?.translates ? this.#check('translate', embedWords.translate()) : nothing}
      ${choice.mode === 'dictation' ? this.#check('field', embedWords.field()) : nothing}
      ${choice.mode === 'dictation' ? this.#check('required', embedWords.required()) : nothing}
      ${choice.mode === 'file' ? nothing : this.#check('autoStart', embedWords.autoStart())}
      ${this.reads ? this.#check('server', embedWords.server()) : nothing}
    `;
  }

  #select(
    label: string,
    value: string,
    options: readonly (readonly [value: string, label: string])[],
    choose: (value: string) => Partial<EmbedChoice>,
  ) {
    return html`<label>
      ${label}
      <select
        class="field"
        @change=${(event: Event & { target: HTMLSelectElement }) => this.#choose(choose(event.target.value))}
      >
        ${options.map(([id, text]) => html`<option value=${id} .selected=${id === value}>${text}</option>`)}
      </select>
    </label>`;
  }

  #check(name: 'translate' | 'field' | 'required' | 'autoStart' | 'server', label: string) {
    return html`<label class="check">
      <input
        type="checkbox"
        .checked=${this.choice[name]}
        @change=${(event: Event & { target: HTMLInputElement }) => this.#choose({ [name]: event.target.checked })}
      />
      ${label}
    </label>`;
  }

  #tryIt() {
    const { mode, field } = this.choice;
    return html`
      ${
        mode === 'dictation' && field
          ? html`<label>${embedWords.notes()}<textarea id="notes" class="field" rows="4"></textarea></label>`
          : nothing
      }
      ${
        mode === 'captions'
          ? html`<label>
                ${embedWords.film()}
                <input type="file" class="field" accept="audio/*,video/*" @change=${this.#film} />
              </label>
              <video id="film" controls></video>`
          : nothing
      }
      <sotto-transcriber lang=${currentLocale()}></sotto-transcriber>
    `;
  }

  /** What is tried is what is copied: the same attributes, set and taken away. */
  protected override updated(): void {
    const element = this.renderRoot.querySelector<SottoTranscriber>('sotto-transcriber');
    if (element === null) return;
    const wanted = attributesOf(this.choice);
    for (const name of [
      'mode',
      'model',
      'language',
      'task',
      'for',
      'media',
      'name',
      'required',
      'auto-start',
      'ladder',
    ]) {
      const value = wanted[name];
      if (value === undefined) element.removeAttribute(name);
      else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
    }
  }

  #film(event: Event & { target: HTMLInputElement }): void {
    const [file] = event.target.files ?? [];
    const film = this.renderRoot.querySelector('video');
    if (film === null || file === undefined) return;
    URL.revokeObjectURL(film.src);
    film.src = URL.createObjectURL(file);
  }

  #choose(change: Partial<EmbedChoice>): void {
    this.choice = { ...this.choice, ...change };
    this.copied = 'no';
  }

  async #copy(text: string): Promise<void> {
    this.copied = await navigator.clipboard.writeText(text).then(
      () => 'yes' as const,
      () => 'failed' as const,
    );
  }

  #copyText(): string {
    if (this.copied === 'no') return '';
    return this.copied === 'yes' ? embedWords.copied() : embedWords.notCopied();
  }

  #languageSwitch() {
    return html`<select
      class="field language"
      aria-label=${pageWords.language()}
      @change=${async (event: Event & { target: HTMLSelectElement }) => {
        await chooseLocale(pickLocale([event.target.value]));
        document.title = embedWords.title();
      }}
    >
      ${LOCALES.map(
        (locale) => html`<option value=${locale} lang=${locale} .selected=${locale === currentLocale()}>
          ${LOCALE_NAMES[locale]}
        </option>`,
      )}
    </select>`;
  }
}
