import { css, html, nothing } from 'lit';
import { SottoElement } from '../element.ts';
import { type InstallPrompt, watchInstallPrompt } from '../install-prompt.ts';
import { base, controls } from '../styles.ts';
import { offlineWords } from '../words/offline.ts';

/** A button to install the page as an app, where the browser offers that. */
export class InstallOffer extends SottoElement {
  static override properties = { prompt: { state: true } };
  declare prompt: InstallPrompt | undefined;

  constructor() {
    super();
    this.prompt = undefined;
    watchInstallPrompt((prompt) => {
      this.prompt = prompt;
    });
  }

  static override styles = [
    base,
    controls,
    css`
      :host {
        display: inline-block;
      }
    `,
  ];

  override render() {
    if (this.prompt === undefined) return nothing;
    return html`<button class="button small" @click=${this.#install}>${offlineWords.install()}</button>`;
  }

  readonly #install = (): void => {
    // It may be used once.
    void this.prompt?.prompt();
    this.prompt = undefined;
  };
}
