import { css, html, nothing } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { SottoElement } from './element.ts';
import { base } from './styles.ts';

/** A bar with a percentage and a few facts beside it; without `percent` it only says that something goes on. */
export class ProgressLine extends SottoElement {
  static override properties = {
    label: {},
    percent: { attribute: false },
    facts: { attribute: false },
  };
  declare label: string;
  declare percent: number | undefined;
  declare facts: readonly string[];

  constructor() {
    super();
    this.label = '';
    this.percent = undefined;
    this.facts = [];
  }

  static override styles = [
    base,
    css`
      progress {
        display: block;
        appearance: none;
        inline-size: 100%;
        block-size: 6px;
        border: 0;
        border-radius: 3px;
        overflow: hidden;
        background: var(--sunken);
      }
      progress::-webkit-progress-bar {
        background: var(--sunken);
      }
      progress::-webkit-progress-value {
        background: var(--accent);
        border-radius: 3px;
        transition: inline-size 200ms ease-out;
      }
      progress::-moz-progress-bar {
        background: var(--accent);
        border-radius: 3px;
      }
      progress:indeterminate {
        background: linear-gradient(90deg, var(--sunken) 30%, var(--accent) 50%, var(--sunken) 70%) 0 0 / 200% 100%;
        animation: sweep 1.6s linear infinite;
      }
      progress:indeterminate::-webkit-progress-bar {
        background: transparent;
      }
      progress:indeterminate::-moz-progress-bar {
        background: transparent;
      }
      @keyframes sweep {
        from { background-position: 150% 0; }
        to { background-position: -50% 0; }
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 0.1rem 1rem;
        margin-block-start: 0.45rem;
        color: var(--muted);
        font-size: 0.875rem;
        font-variant-numeric: tabular-nums;
      }
      .percent {
        color: var(--ink);
        font-weight: 600;
      }
    `,
  ];

  override render() {
    return html`
      <progress aria-label=${this.label} max="100" value=${ifDefined(this.percent)}></progress>
      <div class="facts" ?hidden=${this.percent === undefined && this.facts.length === 0}>
        ${this.percent === undefined ? nothing : html`<span class="percent">${this.percent} %</span>`}
        ${this.facts.map((fact) => html`<span>${fact}</span>`)}
      </div>
    `;
  }
}
