import { html } from 'lit';
import type { Shortcut } from './shortcut-groups.ts';

/** Keys and what each does. */
export const shortcutRows = (shortcuts: readonly Shortcut[]) => html`<dl>
  ${shortcuts.map(
    ({ keys, does }) => html`<dt>${keys.map((key) => html`<kbd>${key}</kbd> `)}</dt>
      <dd>${does}</dd>`,
  )}
</dl>`;
