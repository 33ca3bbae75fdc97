import { css, html, nothing, type PropertyValues } from 'lit';
import { SottoElement } from './element.ts';
import { PLACE_CHOICES, type PlaceChoice, type ServerOffer } from './server-offer.ts';
import { base, controls } from './styles.ts';
import { Watch } from './watch.ts';
import { serverWords } from './words/server.ts';

const LABELS: Readonly<Record<PlaceChoice, () => string>> = {
  device: serverWords.deviceOnly,
  'device-first': serverWords.deviceFirst,
  'server-first': serverWords.serverFirst,
};

/** Where it may run; nothing where the site offers no server. */
export class PlacePanel extends SottoElement {
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
      .place {
        margin-block-start: 1.25rem;
      }
      .hint {
        margin-block-start: 0.35rem;
        color: var(--muted);
        font-size: 0.8125rem;
        overflow-wrap: anywhere;
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('offer')) this.#watch.follow(this.offer);
  }

  override render() {
    const { offer } = this;
    if (offer === undefined) return nothing;
    return html`<div class="place">
      <label for="place">${serverWords.where()}</label>
      <select
        id="place"
        class="field"
        aria-describedby="place-hint"
        @change=${(event: Event & { target: HTMLSelectElement }) => {
          const chosen = PLACE_CHOICES.find((choice) => choice === event.target.value);
          if (chosen !== undefined) offer.choose(chosen);
        }}
      >
        ${PLACE_CHOICES.map(
          (choice) =>
            html`<option value=${choice} .selected=${choice === offer.choice}>${LABELS[choice]()}</option>`,
        )}
      </select>
      <p id="place-hint" class="hint">
        ${offer.choice === 'device' ? serverWords.neverHint() : serverWords.serverHint(offer.host)}
      </p>
    </div>`;
  }
}
