import { css, html } from 'lit';
import { SottoElement } from '../element.ts';
import type { ServerOffer } from '../server-offer.ts';
import { base, controls } from '../styles.ts';
import { privacyWords } from '../words/privacy.ts';
import { settingsWords } from '../words/settings.ts';
import { sectionStyles } from './settings-styles.ts';

/** What stays on the device, what leaves it and when, and the list of what did. */
export class PrivacySection extends SottoElement {
  static override properties = { hub: {}, offer: { attribute: false } };
  declare hub: string;
  declare offer: ServerOffer | undefined;

  constructor() {
    super();
    this.hub = '';
    this.offer = undefined;
  }

  static override styles = [
    base,
    controls,
    sectionStyles,
    css`
      ul {
        max-inline-size: 44rem;
        margin: 0.4rem 0 0;
        padding-inline-start: 1.2rem;
        list-style: disc;
        font-size: 0.9375rem;
        text-wrap: pretty;
        overflow-wrap: anywhere;
      }
      li {
        margin-block-end: 0.35rem;
      }
    `,
  ];

  override render() {
    const { hub, offer } = this;
    const stays = [privacyWords.staysSound(), privacyWords.staysKept(), privacyWords.staysNobody()];
    const leaves = [
      privacyWords.leavesPage(location.host),
      privacyWords.leavesModel(URL.canParse(hub) ? new URL(hub).host : hub),
      privacyWords.leavesUrl(),
      offer === undefined ? privacyWords.leavesNoSound() : privacyWords.leavesSound(offer.host),
    ];
    return html`<section class="card section" aria-labelledby="title">
      <h2 id="title" tabindex="-1">${settingsWords.privacy()}</h2>
      <div class="block">
        <h3>${privacyWords.stays()}</h3>
        <ul>
          ${stays.map((text) => html`<li>${text}</li>`)}
        </ul>
      </div>
      <div class="block">
        <h3>${privacyWords.leaves()}</h3>
        <ul>
          ${leaves.map((text) => html`<li>${text}</li>`)}
        </ul>
      </div>
      <div class="block">
        <h3>${privacyWords.log()}</h3>
        <p class="hint">${privacyWords.logAbout()}</p>
        <sent-list></sent-list>
      </div>
    </section>`;
  }
}
