import { css, html, type PropertyValues } from 'lit';
import { SottoElement } from './element.ts';
import { meterLength } from './quantities.ts';
import { base } from './styles.ts';

/** How loud the microphone is, for the eye; what matters of it (silence) is said in words elsewhere. */
export class LevelMeter extends SottoElement {
  static override properties = { rms: { type: Number } };
  /** RMS in [0, 1] */
  declare rms: number;

  constructor() {
    super();
    this.rms = 0;
  }

  static override styles = [
    base,
    css`
      .track {
        block-size: 1.125rem;
        --stripes: repeating-linear-gradient(90deg, #000 0 4px, transparent 4px 7px);
        mask: var(--stripes);
        background: var(--line);
      }
      .level {
        block-size: 100%;
        background: linear-gradient(90deg, var(--accent) 70%, var(--record));
        clip-path: inset(0 calc(100% - var(--length, 0) * 100%) 0 0);
        transition: clip-path 90ms linear;
      }
    `,
  ];

  override render() {
    return html`<div class="track" aria-hidden="true"><div class="level"></div></div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('rms')) return;
    const level = this.renderRoot.querySelector<HTMLElement>('.level');
    level?.style.setProperty('--length', meterLength(this.rms).toFixed(3));
  }
}
