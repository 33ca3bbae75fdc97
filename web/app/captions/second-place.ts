import { html, nothing, type ReactiveController, type ReactiveControllerHost } from 'lit';
import { captionWords } from '../words/captions.ts';
import type { CaptionList } from './caption-list.ts';
import { hasSecondWindow, openSecondWindow, type SecondWindow } from './second-window.ts';

type Place =
  | { readonly name: 'page' }
  | { readonly name: 'refused' }
  | { readonly name: 'window'; readonly window: SecondWindow };

/** Where the captions are: on the page, or in a window of their own until that is closed. */
export class SecondPlace implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #list: CaptionList;
  #place: Place = { name: 'page' };

  constructor(host: ReactiveControllerHost & HTMLElement, list: CaptionList) {
    this.#host = host;
    this.#list = list;
    host.addController(this);
  }

  hostConnected(): void {}

  /** The captions, or what is said instead of them. */
  render() {
    return this.#place.name === 'window'
      ? html`<div class="elsewhere">
          <p>${captionWords.inSecondWindow()}</p>
          <button class="button" @click=${this.#bringBack}>${captionWords.bringBack()}</button>
        </div>`
      : this.#list;
  }

  control() {
    if (!hasSecondWindow()) return html`<p class="muted small">${captionWords.noSecondWindow()}</p>`;
    return html`<div class="second">
      <button class="button second-window" ?disabled=${this.#place.name === 'window'} @click=${this.#open}>
        ${captionWords.secondWindow()}
      </button>
      <span role="status" class="muted small"
        >${this.#place.name === 'refused' ? captionWords.windowRefused() : nothing}</span
      >
    </div>`;
  }

  readonly #open = async (): Promise<void> => {
    try {
      const opened = await openSecondWindow(this.#list, captionWords.title());
      this.#list.place = 'window';
      this.#move({ name: 'window', window: opened });
      await opened.closed;
      this.#list.place = 'page';
      this.#move({ name: 'page' });
      await this.#host.updateComplete;
      this.#host.shadowRoot?.querySelector<HTMLElement>('.second-window')?.focus();
    } catch (thrown) {
      if (!(thrown instanceof DOMException)) throw thrown;
      console.warn('There is no second window.', thrown); // said on the page, too
      this.#move({ name: 'refused' });
    }
  };

  readonly #bringBack = (): void => {
    if (this.#place.name === 'window') this.#place.window.close();
  };

  #move(place: Place): void {
    this.#place = place;
    this.#host.requestUpdate();
  }
}
