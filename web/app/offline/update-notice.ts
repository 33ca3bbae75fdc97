import { css, html, nothing } from 'lit';
import { SottoElement } from '../element.ts';
import { base, controls } from '../styles.ts';
import { offlineWords } from '../words/offline.ts';
import type { UpdateDesk } from './updates.ts';

/** Says that a new version is ready, and lets a person decide when it takes over. */
export class UpdateNotice extends SottoElement {
  static override properties = { desk: { attribute: false } };
  declare desk: UpdateDesk | undefined;

  constructor() {
    super();
    this.desk = undefined;
  }

  static override styles = [
    base,
    controls,
    css`
      .card {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.6rem 1.25rem;
        padding: 0.8rem 1rem;
      }
      .text {
        flex: 1 1 16rem;
        font-size: 0.9375rem;
      }
      strong {
        font-weight: 600;
      }
    `,
  ];

  protected override willUpdate(): void {
    this.hidden = this.desk === undefined || this.desk.update.name === 'none';
  }

  override render() {
    return html`<section aria-label=${offlineWords.notices()}>
      <div class="card">
        <p class="text" role="status">${this.#text()}</p>
        ${this.#button()}
      </div>
    </section>`;
  }

  #text() {
    const { desk } = this;
    switch (desk?.update.name) {
      case 'offered':
        return html`<strong>${offlineWords.newVersion()}</strong>
          ${desk.loses ? offlineWords.loses() : offlineWords.reloads()}`;
      case 'failed':
        return offlineWords.failed();
      case 'agreed':
        return offlineWords.waits();
      case 'applying':
        return offlineWords.applying();
      default:
        return nothing;
    }
  }

  #button() {
    const { desk } = this;
    switch (desk?.update.name) {
      case 'offered':
      case 'failed':
        return html`<button class="button primary" @click=${() => desk.agree()}>
          ${offlineWords.use()}
        </button>`;
      case 'agreed':
        return html`<button class="button" @click=${() => desk.putOff()}>${offlineWords.notNow()}</button>`;
      default:
        return nothing;
    }
  }
}
