import { css, html, nothing } from 'lit';
import { OFFERED } from '../../../shared/asr/catalogue.ts';
import { SottoElement } from '../element.ts';
import { deviceKind } from '../model-choice.ts';
import { base, controls } from '../styles.ts';
import type { ViewElement, ViewParts } from '../view-parts.ts';
import { pageWords } from '../words/page.ts';
import { settingsWords } from '../words/settings.ts';
import { createModelShelf, type ModelShelf } from './model-shelf.ts';

/** In the order of the page; each element is a section that begins with its heading. */
const SECTIONS = [
  { tag: 'model-manager', name: settingsWords.models },
  { tag: 'device-section', name: settingsWords.device },
  { tag: 'reading-section', name: settingsWords.reading },
  { tag: 'files-section', name: settingsWords.files },
  { tag: 'looks-section', name: settingsWords.looks },
  { tag: 'shortcuts-section', name: settingsWords.keys },
  { tag: 'privacy-section', name: settingsWords.privacy },
] as const;

/** Everything that can be chosen, and everything that is known, in one place. */
export class SettingsView extends SottoElement implements ViewElement {
  static override properties = { parts: { attribute: false } };
  declare parts: ViewParts | undefined;
  #shelf: ModelShelf | undefined;

  constructor() {
    super();
    this.parts = undefined;
  }

  static override styles = [
    base,
    controls,
    css`
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1.5rem;
        margin-block-start: 1.5rem;
      }
      nav ul {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      nav .button {
        font-weight: 500;
      }
      .sections {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1.25rem;
      }
      .sections > * {
        scroll-margin-block-start: 1rem;
      }
      @media (min-width: 58rem) {
        main {
          grid-template-columns: 13rem minmax(0, 1fr);
          gap: 2rem;
        }
        nav {
          position: sticky;
          inset-block-start: 1rem;
          align-self: start;
        }
        nav ul {
          flex-direction: column;
        }
        nav .button {
          inline-size: 100%;
          justify-content: start;
        }
      }
    `,
  ];

  override render() {
    const { parts } = this;
    if (parts === undefined) return nothing;
    const shelf = this.#shelfFor(parts.hub);
    const { transcriber, models, hub, offer, desk, reading, output } = parts;
    const model = models.find(({ id }) => id === transcriber.status.model);
    return html`<main>
      <h2 class="visually-hidden">${pageWords.settings()}</h2>
      <nav aria-label=${settingsWords.sections()}>
        <ul>
          ${SECTIONS.map(
            ({ tag, name }) => html`<li>
              <button class="button quiet" @click=${() => this.#goTo(tag)}>${name()}</button>
            </li>`,
          )}
        </ul>
      </nav>
      <div class="sections">
        <model-manager .transcriber=${transcriber} .shelf=${shelf} .hub=${hub}></model-manager>
        <device-section .transcriber=${transcriber} .offer=${offer}></device-section>
        <reading-section .model=${model} .choice=${reading}></reading-section>
        <files-section .desk=${desk} .output=${output}></files-section>
        <looks-section></looks-section>
        <shortcuts-section></shortcuts-section>
        <privacy-section .hub=${hub} .offer=${offer}></privacy-section>
      </div>
    </main>`;
  }

  #shelfFor(hub: string): ModelShelf {
    this.#shelf ??= createModelShelf({
      models: OFFERED,
      hub,
      // The site serves this page at its root.
      site: new URL('models/', document.baseURI).href,
      kind: deviceKind,
    });
    return this.#shelf;
  }

  #goTo(tag: string): void {
    const section = this.renderRoot.querySelector<SottoElement>(tag);
    section?.scrollIntoView({ block: 'start' });
    section?.renderRoot.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
  }
}
