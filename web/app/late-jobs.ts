import { html, nothing } from 'lit';
import type { SottoElement } from './element.ts';
import type { Printed } from './manuscript.ts';
import { pageWords } from './words/page.ts';

/** Brings the elements of jobs when there is a job. Until then the page does without their weight. */
export class LateJobs {
  readonly #host: SottoElement;
  readonly #printed: () => Printed | undefined;
  #state: 'absent' | 'coming' | 'there' | 'failed' = 'absent';

  constructor(host: SottoElement, printed: () => Printed | undefined) {
    this.#host = host;
    this.#printed = printed;
  }

  need(): void {
    if (this.#state === 'absent') this.#fetch();
  }

  /** What is said where they did not come; what was given is read all the same. */
  render() {
    if (this.#state !== 'failed') return nothing;
    return html`<p class="note" role="alert">
      ${pageWords.viewFailed()}
      <button class="button small" @click=${() => this.#fetch()}>${pageWords.tryAgain()}</button>
    </p>`;
  }

  #fetch(): void {
    this.#state = 'coming';
    import('./job-elements.ts')
      .then(({ defineJobElements, startPrinting }) => {
        defineJobElements();
        startPrinting(this.#host, this.#printed);
        this.#state = 'there';
      })
      .catch((thrown: unknown) => {
        console.warn('The part of the page that shows jobs could not be loaded.', thrown); // said there, too
        this.#state = 'failed';
      })
      .finally(() => this.#host.requestUpdate());
  }
}
