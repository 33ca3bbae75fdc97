/** The question whether what is said may leave this device, in the element that needs to know. */
import { css, html, type TemplateResult } from 'lit';
import type { ConsentWords } from './consent-words.ts';

const { styleSheet } = css`
  .consent {
    display: grid;
    gap: 0.5em;
    margin-block-end: 0.5em;
    padding: 0.75em;
    border: 1px solid var(--line);
    border-radius: calc(var(--sotto-radius, 0.9em) * 0.66);
  }
  .consent p {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .consent p:first-child {
    font-weight: 600;
  }
  .consent button {
    min-block-size: 2.5em;
    border-color: var(--accent);
    background: none;
    color: var(--accent);
    overflow-wrap: anywhere;
  }
`;

/** Both answers weigh the same. The focus goes back to the element's own button when theirs goes. */
export function consentView(
  element: HTMLElement,
  host: string,
  words: ConsentWords,
  answer: (yes: boolean) => void,
): TemplateResult {
  const root = element.shadowRoot;
  if (root && styleSheet && !root.adoptedStyleSheets.includes(styleSheet)) {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, styleSheet];
  }
  const said = (yes: boolean): void => {
    // The element's `focus` would leave the focus where it is: inside.
    if (root?.activeElement) root.querySelector('button')?.focus();
    answer(yes);
  };
  const button = (label: string, yes: boolean) =>
    html`<button type="button" @mousedown=${stayFocused} @click=${() => said(yes)}>${label}</button>`;
  return html`<section part="consent" class="consent" role="group" aria-labelledby="ask">
    <p id="ask">${words.ask(host)}</p>
    <p class="muted small">${words.askText}</p>
    <div class="row">${button(words.agree(host), true)}${button(words.decline, false)}</div>
  </section>`;
}

/** Whoever writes in a field meanwhile keeps the focus. */
const stayFocused = (event: Event): void => event.preventDefault();
