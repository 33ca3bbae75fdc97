import { css, html } from 'lit';
import { SottoElement } from '../element.ts';
import { shortcutRows } from '../recording/shortcut-rows.ts';
import { base } from '../styles.ts';
import { settingsWords } from '../words/settings.ts';
import { sectionStyles } from './settings-styles.ts';
import { listedShortcuts } from './shortcut-list.ts';

/** The keys of the page, by view. */
export class ShortcutsSection extends SottoElement {
  static override styles = [
    base,
    sectionStyles,
    css`
      dl {
        display: grid;
        grid-template-columns: minmax(6.5rem, max-content) minmax(0, 1fr);
        gap: 0.5rem 1.25rem;
        margin: 0.5rem 0 0;
        font-size: 0.9375rem;
      }
      dd {
        margin: 0;
      }
      kbd {
        display: inline-block;
        padding: 0.05em 0.5em;
        border: 1px solid var(--edge);
        border-block-end-width: 2px;
        border-radius: 6px;
        font: inherit;
        font-size: 0.875rem;
      }
    `,
  ];

  override render() {
    return html`<section class="card section" aria-labelledby="title">
      <h2 id="title" tabindex="-1">${settingsWords.keys()}</h2>
      ${listedShortcuts().map(
        ({ title, shortcuts }) => html`<div class="block">
          <h3>${title}</h3>
          ${shortcutRows(shortcuts)}
        </div>`,
      )}
    </section>`;
  }
}
