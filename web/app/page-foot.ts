import { html } from 'lit';
import { pageWords } from './words/page.ts';

/** What stands below everything: keys, and the way to the page about embedding. */
export const pageFoot = () =>
  html`<footer class="muted small">
    <p>${pageWords.keys()}</p>
    <a href="#browser">${pageWords.browser()}</a>
    <a href="embed">${pageWords.embed()}</a>
    <install-offer></install-offer>
  </footer>`;
