import { css, html, nothing, type PropertyValues } from 'lit';
import { SottoElement } from './element.ts';
import type { ServerOffer } from './server-offer.ts';
import { base, controls } from './styles.ts';
import { Watch } from './watch.ts';
import { serverWords } from './words/server.ts';

/** Asks, before any sound leaves the device, whether it may, and says where to. */
export class ConsentNote extends SottoElement {
  static override properties = { offer: { attribute: false } };
  declare offer: ServerOffer | undefined;
  readonly #watch = new Watch(this);

  constructor() {
    super();
    this.offer = undefined;
  }

  static override styles = [
    base,
    controls,
    css`
      .ask {
        max-inline-size: 42rem;
        margin-block-start: 0.75rem;
        padding: 0.9rem 1rem 1rem;
        border-radius: var(--radius-small);
        background: var(--note-soft);
      }
      h2 {
        font-size: 1rem;
        font-weight: 600;
        color: var(--note-ink);
        overflow-wrap: anywhere;
      }
      p {
        margin-block: 0.25rem 0.7rem;
        font-size: 0.9375rem;
      }
      .remember {
        display: flex;
        gap: 0.6rem;
        align-items: baseline;
        margin-block-end: 0.7rem;
        font-weight: 400;
        font-size: 0.9375rem;
      }
      .answers {
        display: flex;
        flex-wrap: wrap;
        gap: 0.6rem;
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('offer')) this.#watch.follow(this.offer);
  }

  override render() {
    const { offer } = this;
    return html`<div role="status">${offer?.asking ? this.#question(offer) : nothing}</div>`;
  }

  #question(offer: ServerOffer) {
    return html`<section class="ask" aria-labelledby="ask">
      <h2 id="ask">${serverWords.ask(offer.host)}</h2>
      <p>${serverWords.askText()}</p>
      <label class="remember"><input type="checkbox" id="remember" />${serverWords.remember()}</label>
      <div class="answers">
        <button class="button small" @click=${() => this.#answer(true)}>${serverWords.agree()}</button>
        <button class="button small" @click=${() => this.#answer(false)}>${serverWords.decline()}</button>
      </div>
    </section>`;
  }

  #answer(yes: boolean): void {
    const box = this.renderRoot.querySelector<HTMLInputElement>('#remember');
    this.offer?.answer(yes, box?.checked ?? false);
  }
}
