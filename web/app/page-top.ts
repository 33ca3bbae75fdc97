import { html } from 'lit';
import { languageSwitch } from './language-switch.ts';
import { pageWords } from './words/page.ts';

/** Name, what it is, and the page's language. */
export const pageTop = () => html`<header class="top">
  <div>
    <h1>Sotto</h1>
    <p class="muted">${pageWords.tagline()}</p>
  </div>
  ${languageSwitch()}
</header>`;
