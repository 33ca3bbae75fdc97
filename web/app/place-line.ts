import { css, html, nothing } from 'lit';
import type { RungChange } from '../../shared/host/events.ts';
import type { RungId } from '../../shared/host/host.ts';
import type { TranscriberStatus } from '../client/transcriber.ts';
import { SottoElement } from './element.ts';
import { emit } from './events.ts';
import { currentLocale } from './locale.ts';
import type { ModelChoice } from './model-choice.ts';
import { bytes, percent } from './quantities.ts';
import type { ServerOffer } from './server-offer.ts';
import { base, controls } from './styles.ts';
import { errorWords } from './words/errors.ts';
import { jobWords } from './words/job.ts';
import { modelWords } from './words/model.ts';
import { placeWords, rungName } from './words/place.ts';
import { serverWords } from './words/server.ts';

/** Where it computes, with which model, what leaves the device, and every change of that with its reason. */
export class PlaceLine extends SottoElement {
  static override properties = {
    status: { attribute: false },
    model: { attribute: false },
    offer: { attribute: false },
  };
  declare status: TranscriberStatus | undefined;
  /** the model in use */
  declare model: ModelChoice | undefined;
  /** the site's server, if it offers one */
  declare offer: ServerOffer | undefined;

  constructor() {
    super();
    this.status = undefined;
    this.model = undefined;
    this.offer = undefined;
  }

  static override styles = [
    base,
    controls,
    css`
      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.15rem 1rem;
        font-size: 0.9375rem;
      }
      .place {
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .demo {
        margin-inline-start: 0.4rem;
        padding: 0.1em 0.5em;
        border-radius: 1em;
        background: var(--note-soft);
        color: var(--note-ink);
        font-size: 0.8125rem;
        white-space: nowrap;
      }
      ul {
        margin-block-start: 0.4rem;
        padding: 0;
        list-style: none;
        color: var(--note-ink);
        font-size: 0.9375rem;
      }
      .loading {
        display: grid;
        gap: 0.5rem;
        max-inline-size: 42rem;
        margin-block-start: 0.75rem;
      }
      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
        font-size: 0.9375rem;
      }
      .head .button {
        flex: none;
      }
      error-note {
        max-inline-size: 42rem;
        margin-block-start: 0.75rem;
      }
    `,
  ];

  override render() {
    if (this.status === undefined) return nothing;
    const { engine, changes, model, storage } = this.status;
    const rung = 'rung' in engine ? engine.rung : undefined;
    // While it is loading nothing has been sent: it asks the person, connects, or waits in line.
    const remote = rung === 'server' && engine.name !== 'loading';
    const where = remote ? placeWords.server() : placeWords.device();
    const how = rung === undefined || rung === 'server' ? [] : [rungName(rung)];
    return html`
      <section aria-label=${placeWords.where()}>
        <p class="line">
          <span class="place"
            >${[where, ...how, model].join(' · ')}${
              this.model?.demo ? html`<span class="demo">${modelWords.demo()}</span>` : nothing
            }</span
          >
          <span class="muted">${remote ? this.#leaves() : placeWords.nothingLeaves()}</span>
        </p>
        <div role="status">
          ${
            changes.length === 0
              ? nothing
              : html`<ul>
                  ${changes.map((change) => html`<li>${changeText(change)}</li>`)}
                </ul>`
          }
          ${storage === 'memory-only' ? html`<p class="muted">${placeWords.notKept()}</p>` : nothing}
          ${engine.name === 'restarting' ? html`<p class="muted">${placeWords.restarting()}</p>` : nothing}
        </div>
        ${this.#loading()}
        <consent-note .offer=${this.offer}></consent-note>
        ${
          engine.name === 'failed'
            ? html`<error-note .error=${engine.error}>
                <button class="button small" @click=${() => emit(this, 'engine-retry', undefined)}>
                  ${jobWords.retry()}
                </button>
              </error-note>`
            : nothing
        }
      </section>
    `;
  }

  #leaves() {
    return this.offer === undefined ? placeWords.soundLeaves() : serverWords.sent(this.offer.host);
  }

  #loading() {
    const engine = this.status?.engine;
    if (engine?.name !== 'loading') return nothing;
    if (engine.rung === 'server') {
      return html`<server-wait .progress=${engine.progress} .server=${this.offer?.host}></server-wait>`;
    }
    const label = this.model?.label ?? this.status?.model ?? '';
    const { progress } = engine;
    const downloading = progress?.phase === 'download' ? progress : undefined;
    const what =
      downloading !== undefined
        ? placeWords.downloading(label)
        : progress?.phase === 'self-test'
          ? placeWords.testing(label)
          : placeWords.starting(label);
    return html`<div class="loading">
      <div class="head">
        <span role="status">${what}</span>
        ${
          downloading === undefined
            ? nothing
            : html`<button class="button small" @click=${() => emit(this, 'download-cancel', undefined)}>
                ${placeWords.cancelDownload()}
              </button>`
        }
      </div>
      <progress-line
        .label=${what}
        .percent=${downloading === undefined ? undefined : percent(downloading.loaded, downloading.total)}
        .facts=${downloading === undefined ? [] : [amount(downloading)]}
      ></progress-line>
    </div>`;
  }
}

function amount({ loaded, total }: { readonly loaded: number; readonly total: number }): string {
  const locale = currentLocale();
  return placeWords.bytes(bytes(loaded, locale), bytes(total, locale));
}

function changeText({ from, to, error }: RungChange): string {
  const slower: readonly (RungId | undefined)[] = ['wasm', 'cpu'];
  if (error.code === 'no_adapter' && from === 'webgpu' && slower.includes(to)) return placeWords.noWebgpu();
  const { message } = errorWords(error.code);
  return to === undefined
    ? placeWords.gaveUp(message, rungName(from))
    : placeWords.changed(message, rungName(to));
}
