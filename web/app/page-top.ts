import { html, nothing } from 'lit';
import { languageSwitch } from './language-switch.ts';
import { LATE_VIEWS } from './late-views.ts';
import { fragmentOf, type View } from './view.ts';
import { pageWords } from './words/page.ts';

/** Where the page's head leads; a kept recording is reached from the library. */
const WAYS = ['desk', 'captions', 'settings'] as const;

/** Name, what it is, its views and its language. */
export const pageTop = (view: View) => html`<header class="top">
  <div>
    <h1>Sotto</h1>
    <p class="muted">${pageWords.tagline()}</p>
  </div>
  <nav aria-label=${pageWords.views()}>
    ${WAYS.map((name) =>
      name !== 'desk' && LATE_VIEWS[name] === undefined
        ? nothing
        : html`<a href=${fragmentOf({ name })} aria-current=${view.name === name ? 'page' : nothing}
            >${pageWords[name]()}</a
          >`,
    )}
  </nav>
  ${languageSwitch()}
</header>`;
