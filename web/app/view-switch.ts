import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit';
import { LATE_VIEWS, type LateView } from './late-views.ts';
import { type View, viewOf } from './view.ts';
import type { ViewElement, ViewParts } from './view-parts.ts';
import { pageWords } from './words/page.ts';

/** Shows the view that the address names. The desk stays where it is, hidden, and so does each view once shown. */
export class ViewSwitch implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #shown = new Map<LateView, ViewElement | 'loading' | 'failed'>();
  view: View = viewOf(location.hash);

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener('hashchange', this.#moved);
  }

  hostDisconnected(): void {
    window.removeEventListener('hashchange', this.#moved);
  }

  readonly #moved = (): void => {
    this.view = viewOf(location.hash);
    scrollTo({ top: 0 });
    this.#host.requestUpdate();
  };

  /** What is shown of the views beside the desk. */
  render(parts: Omit<ViewParts, 'view'>): TemplateResult | typeof nothing {
    const { view } = this;
    if (view.name === 'desk') return nothing;
    const shown = this.#shown.get(view.name);
    if (shown === undefined) this.#fetch(view.name);
    if (shown === 'failed') {
      return html`<p class="note" role="alert">
        ${pageWords.viewFailed()}
        <button class="button small" @click=${() => this.#fetch(view.name)}>${pageWords.tryAgain()}</button>
      </p>`;
    }
    if (shown === undefined || shown === 'loading') {
      return html`<p class="muted" role="status">${pageWords.opening()}</p>`;
    }
    shown.parts = { ...parts, view };
    return html`${shown}`;
  }

  #fetch(name: LateView): void {
    const load = LATE_VIEWS[name];
    if (load === undefined) return;
    this.#shown.set(name, 'loading');
    // Views show text as jobs do, and are written down like them.
    import('./job-elements.ts')
      .then(({ defineJobElements }) => defineJobElements())
      .then(load)
      .then((element) => this.#shown.set(name, element))
      .catch((thrown: unknown) => {
        console.warn(`The view ${name} could not be loaded.`, thrown); // said on the page, too
        this.#shown.set(name, 'failed');
      })
      .finally(() => this.#host.requestUpdate());
    this.#host.requestUpdate();
  }
}
