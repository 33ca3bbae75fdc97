import { css, html } from 'lit';
import type { ErrorWire } from '../../shared/errors.ts';
import { SottoElement } from './element.ts';
import { base, controls } from './styles.ts';
import { pageWords } from './words/page.ts';

/** What stands in place of the page when it could not start. */
export class StartFailure extends SottoElement {
  static override properties = { error: { attribute: false } };
  declare error: ErrorWire | undefined;

  constructor() {
    super();
    this.error = undefined;
  }

  static override styles = [
    base,
    controls,
    css`
      main {
        display: grid;
        gap: 1rem;
        max-inline-size: 34rem;
        margin: 12vh auto 0;
        padding-inline: 1rem;
      }
      h1 {
        font-size: 1.375rem;
      }
    `,
  ];

  override render() {
    return html`<main>
      <h1>${pageWords.cannotStart()}</h1>
      <error-note .error=${this.error}>
        <button class="button" @click=${() => location.reload()}>${pageWords.reload()}</button>
      </error-note>
    </main>`;
  }
}
