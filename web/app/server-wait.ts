import { css, html, nothing } from 'lit';
import type { LoadProgress } from '../../shared/asr/engine.ts';
import { SottoElement } from './element.ts';
import { emit } from './events.ts';
import { currentLocale } from './locale.ts';
import { roughly } from './quantities.ts';
import { base, controls } from './styles.ts';
import { serverWords } from './words/server.ts';

/** What a server is waited for: the visitor's answer, a connection, a place in line; and the way out. */
export class ServerWait extends SottoElement {
  static override properties = { progress: { attribute: false }, server: {} };
  declare progress: LoadProgress | undefined;
  declare server: string | undefined;

  constructor() {
    super();
    this.progress = undefined;
    this.server = undefined;
  }

  static override styles = [
    base,
    controls,
    css`
      .wait {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.5rem 1rem;
        max-inline-size: 42rem;
        margin-block-start: 0.75rem;
        font-size: 0.9375rem;
      }
    `,
  ];

  override render() {
    const { progress } = this;
    const eta = progress?.phase === 'queue' ? progress.etaMs : undefined;
    return html`<div class="wait">
      <p>
        <span role="status">${waitText(progress, this.server ?? '')}</span>
        ${eta === undefined ? nothing : html`<span>${serverWords.eta(roughly(eta, currentLocale()))}</span>`}
      </p>
      ${
        progress?.phase === 'queue'
          ? html`<button class="button small" @click=${() => emit(this, 'read-here', undefined)}>
              ${serverWords.readHere()}
            </button>`
          : nothing
      }
    </div>`;
  }
}

function waitText(progress: LoadProgress | undefined, host: string): string {
  if (progress?.phase === 'consent') return serverWords.asking();
  if (progress?.phase !== 'queue') return serverWords.connecting(host);
  if (progress.position === undefined) return serverWords.full();
  return progress.position === 0 ? serverWords.next() : serverWords.before(progress.position);
}
