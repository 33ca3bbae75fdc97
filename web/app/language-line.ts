import { css, html, nothing } from 'lit';
import { SottoElement } from './element.ts';
import { emit } from './events.ts';
import { currentLocale } from './locale.ts';
import { languageName, type ModelChoice, namedLanguages } from './model-choice.ts';
import { share } from './quantities.ts';
import { base, controls } from './styles.ts';
import { readingWords } from './words/reading.ts';

/** Which language a job was taken for, how surely, and a way to say that it is another. */
export class LanguageLine extends SottoElement {
  static override properties = {
    detected: { attribute: false },
    model: { attribute: false },
    job: {},
  };
  declare detected: { readonly code: string; readonly probability: number } | undefined;
  declare model: ModelChoice | undefined;
  /** id of the job that can be read again; undefined where its sound is gone */
  declare job: string | undefined;

  constructor() {
    super();
    this.detected = undefined;
    this.model = undefined;
    this.job = undefined;
  }

  static override styles = [
    base,
    controls,
    css`
      .line {
        display: flex;
        flex-wrap: wrap;
        gap: 0.35rem 0.75rem;
        align-items: center;
        margin-block: 0.6rem 0;
        color: var(--muted);
        font-size: 0.875rem;
      }
      .again {
        display: flex;
        flex-wrap: wrap;
        gap: 0.35rem;
        align-items: center;
      }
      label {
        margin: 0;
        font-weight: 400;
      }
      .again .field {
        inline-size: auto;
        max-inline-size: 100%;
        min-block-size: 2.125rem;
        padding-block: 0.2rem;
        font-size: 0.875rem;
      }
    `,
  ];

  override render() {
    const { detected, model, job } = this;
    if (detected === undefined) return nothing;
    const locale = currentLocale();
    const name = languageName(detected.code, locale);
    return html`<div class="line">
      <p>${readingWords.detected(name, share(detected.probability, locale))}</p>
      ${job === undefined || model === undefined ? nothing : this.#again(job, model, detected.code)}
    </div>`;
  }

  #again(id: string, model: ModelChoice, taken: string) {
    const others = namedLanguages(model, currentLocale()).filter(({ code }) => code !== taken);
    return html`<span class="again">
      <label for="again">${readingWords.wrong()}</label>
      <select
        id="again"
        class="field"
        @change=${(event: Event & { target: HTMLSelectElement }) => {
          const language = event.target.value;
          event.target.value = '';
          if (language !== '') emit(this, 'job-reread', { id, language });
        }}
      >
        <option value="">${readingWords.choose()}</option>
        ${others.map(({ code, name }) => html`<option value=${code}>${name}</option>`)}
      </select>
    </span>`;
  }
}
