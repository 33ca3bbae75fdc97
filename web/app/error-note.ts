import { css, html, nothing } from 'lit';
import type { ErrorWire } from '../../shared/errors.ts';
import { SottoElement } from './element.ts';
import { base } from './styles.ts';
import { errorWords } from './words/errors.ts';
import { jobWords } from './words/job.ts';

/** What happened, what is safe and what to do next. A way on (a button) goes into its slot. */
export class ErrorNote extends SottoElement {
  static override properties = { error: { attribute: false } };
  declare error: ErrorWire | undefined;

  constructor() {
    super();
    this.error = undefined;
  }

  static override styles = [
    base,
    css`
      .note {
        padding: 0.85rem 1rem;
        border-radius: var(--radius-small);
        background: var(--alert-soft);
      }
      .message {
        color: var(--alert-ink);
        font-weight: 600;
      }
      .next {
        margin-block-start: 0.2rem;
      }
      details {
        margin-block-start: 0.5rem;
        font-size: 0.8125rem;
      }
      summary {
        inline-size: fit-content;
        cursor: pointer;
      }
      code {
        display: block;
        margin-block-start: 0.25rem;
        overflow-wrap: anywhere;
        font-family: ui-monospace, monospace;
      }
      ::slotted(*) {
        margin-block-start: 0.7rem;
      }
    `,
  ];

  override render() {
    if (this.error === undefined) return nothing;
    const { code, detail } = this.error;
    const { message, next } = errorWords(code);
    return html`
      <div class="note">
        <div role="alert">
          <p class="message">${message}</p>
          <p class="next">${next}</p>
        </div>
        ${
          detail === undefined
            ? nothing
            : html`<details>
                <summary>${jobWords.details()}</summary>
                <code lang="en">${code}: ${detail}</code>
              </details>`
        }
        <slot></slot>
      </div>
    `;
  }
}
