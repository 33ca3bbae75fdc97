import { css, html, nothing } from 'lit';
import { SottoElement } from '../element.ts';
import { remember } from '../preferences.ts';
import { base, controls } from '../styles.ts';
import { featureWords } from '../words/browser.ts';
import { offlineWords } from '../words/offline.ts';
import { pageWords } from '../words/page.ts';
import type { Feature } from './features.ts';

/** A short notice on the desk of what matters and is missing in this browser. */
class BrowserWarning extends SottoElement {
  static override properties = { missing: { attribute: false }, isHidden: { state: true } };
  declare missing: readonly Feature[];
  declare isHidden: boolean;

  constructor() {
    super();
    this.missing = [];
    this.isHidden = false;
  }

  static override styles = [
    base,
    controls,
    css`
      section {
        padding: 0.8rem 1rem;
        border-radius: var(--radius-small);
        background: var(--note-soft);
        color: var(--note-ink);
        font-size: 0.9375rem;
      }
      ul {
        margin-block: 0.3rem 0.6rem;
        padding-inline-start: 1.1rem;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 1.25rem;
      }
      a {
        color: inherit;
      }
    `,
  ];

  override render() {
    if (this.isHidden) return nothing;
    return html`<section aria-label=${offlineWords.lacks()}>
      <p>${offlineWords.lacks()}</p>
      <ul>
        ${this.missing.map(
          (feature) => html`<li>${featureWords[feature].name()}. ${featureWords[feature].without()}</li>`,
        )}
      </ul>
      <div class="row">
        <a href="#browser">${pageWords.browser()}</a>
        <button class="button" @click=${this.#hide}>${offlineWords.hide()}</button>
      </div>
    </section>`;
  }

  readonly #hide = (): void => {
    remember('browser-note', this.missing.join());
    this.isHidden = true;
  };
}

export function browserWarning(missing: readonly Feature[]): HTMLElement {
  if (customElements.get('browser-warning') === undefined) {
    customElements.define('browser-warning', BrowserWarning);
  }
  const warning = document.createElement('browser-warning') as BrowserWarning;
  warning.missing = missing;
  return warning;
}
