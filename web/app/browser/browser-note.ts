import { css, html, nothing, type PropertyValues } from 'lit';
import { SottoElement } from '../element.ts';
import { base } from '../styles.ts';
import type { ViewParts } from '../view-parts.ts';
import { browserWords, featureWords } from '../words/browser.ts';
import { pageWords } from '../words/page.ts';
import { type Browser, FEATURES, type Feature } from './features.ts';
import { probe } from './probe.ts';

/** What this browser has of what the page uses, and what is so without it. A view, or a part of one. */
export class BrowserNote extends SottoElement {
  static override properties = { browser: { state: true }, parts: { attribute: false } };
  declare browser: Browser | undefined;
  /** there where it is a view of its own */
  declare parts: ViewParts | undefined;

  constructor() {
    super();
    this.browser = undefined;
    this.parts = undefined;
  }

  static override styles = [
    base,
    css`
      section {
        max-inline-size: 46rem;
        margin: 1.5rem auto 0;
        padding: clamp(1.1rem, 3vw, 1.75rem);
      }
      h2 {
        font-size: 1.25rem;
        font-weight: 600;
        margin-block-end: 0.4rem;
      }
      ul {
        margin-block-start: 1.1rem;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.1rem 1rem;
        padding-block: 0.75rem;
        border-block-start: 1px solid var(--line);
      }
      h3 {
        margin: 0;
        font-size: 1rem;
        font-weight: 600;
      }
      p {
        grid-column: 1;
      }
      .has {
        grid-column: 2;
        grid-row: 1;
        align-self: start;
        padding: 0.1rem 0.6rem;
        border-radius: 1rem;
        background: var(--accent-soft);
        font-size: 0.875rem;
        font-weight: 550;
      }
      .has[data-has='no'],
      .has[data-has='partly'] {
        background: var(--note-soft);
        color: var(--note-ink);
      }
    `,
  ];

  protected override firstUpdated(_changed: PropertyValues<this>): void {
    void probe().then((browser) => {
      this.browser = browser;
    });
  }

  override render() {
    return this.parts === undefined ? this.#note() : html`<main>${this.#note()}</main>`;
  }

  #note() {
    const { browser } = this;
    return html`<section class="card" aria-labelledby="title">
      <h2 id="title">${pageWords.browser()}</h2>
      <p class="muted">${browserWords.about()}</p>
      ${
        browser === undefined
          ? html`<p role="status">${browserWords.looking()}</p>`
          : html`<ul>
              ${FEATURES.map((feature) => this.#feature(feature, browser))}
            </ul>`
      }
    </section>`;
  }

  #feature(feature: Feature, { has, codecs }: Browser) {
    const words = featureWords[feature];
    const there = has[feature];
    const lacks = feature === 'files' && codecs.length > 0;
    return html`<li>
      <h3>${words.name()}</h3>
      <span class="has" data-has=${there}>${browserWords[there]()}</span>
      <p>${words.for()}</p>
      ${there === 'yes' ? nothing : html`<p class="muted small">${words.without()}</p>`}
      ${lacks ? html`<p class="muted small">${browserWords.codecs(codecs.join(', '))}</p>` : nothing}
    </li>`;
  }
}
