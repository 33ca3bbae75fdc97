import { css, html } from 'lit';
import { SottoElement } from '../element.ts';
import { base, controls } from '../styles.ts';
import { recordingWords } from '../words/recording.ts';
import { shortcutGroups } from './shortcut-groups.ts';
import { shortcutRows } from './shortcut-rows.ts';

/** What keys do here. */
export class ShortcutsDialog extends SottoElement {
  static override styles = [
    base,
    controls,
    css`
      dialog {
        inline-size: min(46rem, calc(100vw - 2rem));
        max-block-size: calc(100dvh - 2rem);
        padding: 1.25rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        color: var(--ink);
        overflow: auto;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 45%);
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
      }
      h2 {
        font-size: 1.25rem;
        font-weight: 600;
      }
      h3 {
        margin-block: 1.1rem 0.35rem;
        font-size: 1rem;
        font-weight: 600;
      }
      .groups {
        columns: 19rem;
        column-gap: 2rem;
      }
      section {
        break-inside: avoid;
      }
      dl {
        display: grid;
        grid-template-columns: 7.5rem minmax(0, 1fr);
        gap: 0.3rem 0.75rem;
        margin: 0;
      }
      dd {
        margin: 0;
      }
      kbd {
        display: inline-block;
        padding: 0.05rem 0.4rem;
        border: 1px solid var(--edge);
        border-radius: 5px;
        background: var(--sunken);
        font: inherit;
        font-size: 0.875rem;
        white-space: nowrap;
      }
    `,
  ];

  show(): void {
    this.#dialog?.showModal();
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  override render() {
    return html`<dialog aria-labelledby="title" @click=${this.#outside}>
      <header>
        <h2 id="title">${recordingWords.shortcuts()}</h2>
        <button class="button small" @click=${() => this.#dialog?.close()}>${recordingWords.close()}</button>
      </header>
      <div class="groups">
        ${shortcutGroups().map(
          ({ title, shortcuts }) => html`<section>
            <h3>${title}</h3>
            ${shortcutRows(shortcuts)}
          </section>`,
        )}
      </div>
      <p class="muted small">${recordingWords.onMac()}</p>
    </dialog>`;
  }

  readonly #outside = ({ target, currentTarget }: Event): void => {
    if (target === currentTarget) this.#dialog?.close();
  };
}
