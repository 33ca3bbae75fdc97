import { css, html, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { OFFERED } from '../../../shared/asr/catalogue.ts';
import type { Transcriber } from '../../client/transcriber.ts';
import { SottoElement } from '../element.ts';
import type { DeviceKind, ModelChoice } from '../model-choice.ts';
import { deviceKind } from '../model-choice.ts';
import { base, controls } from '../styles.ts';
import { Watch } from '../watch.ts';
import { settingsWords } from '../words/settings.ts';
import { presenceOf } from './model-presence.ts';
import type { ModelShelf } from './model-shelf.ts';
import { standingOf } from './model-standing.ts';
import { sectionStyles } from './settings-styles.ts';

/** Every model that is offered: what of it is on this device, and what can be done with it. */
export class ModelManager extends SottoElement {
  static override properties = {
    transcriber: { attribute: false },
    shelf: { attribute: false },
    models: { attribute: false },
    hub: {},
    kind: { state: true },
  };
  declare transcriber: Transcriber | undefined;
  declare shelf: ModelShelf | undefined;
  declare models: readonly ModelChoice[];
  declare hub: string;
  declare kind: DeviceKind | undefined;
  readonly #watch = new Watch(this);
  readonly #watchShelf = new Watch(this);
  #engine = '';

  constructor() {
    super();
    this.transcriber = undefined;
    this.shelf = undefined;
    this.models = [];
    this.hub = '';
    this.kind = undefined;
  }

  static override styles = [
    base,
    controls,
    sectionStyles,
    css`
      room-line {
        margin-block-start: 0.75rem;
      }
      .list {
        margin: 0.75rem 0 0;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    void deviceKind().then((kind) => {
      this.kind = kind;
    });
    void this.shelf?.refresh();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('transcriber')) this.#watch.follow(this.transcriber);
    if (changed.has('shelf')) {
      this.#watchShelf.follow(this.shelf);
      void this.shelf?.refresh();
    }
    // The engine fetches files by itself.
    const engine = `${this.transcriber?.status.model} ${this.transcriber?.status.engine.name}`;
    if (engine !== this.#engine) void this.shelf?.refresh();
    this.#engine = engine;
  }

  override render() {
    const { shelf, kind } = this;
    const status = this.transcriber?.status;
    if (shelf === undefined || status === undefined) return nothing;
    const host = URL.canParse(this.hub) ? new URL(this.hub).host : this.hub;
    return html`<section class="card section" aria-labelledby="title">
      <h2 id="title" tabindex="-1">${settingsWords.models()}</h2>
      <p class="about">${settingsWords.modelsAbout(host)}</p>
      <room-line .models=${shelf.bytes}></room-line>
      ${
        kind === undefined
          ? html`<p class="about" role="status">${settingsWords.looking()}</p>`
          : html`<ul class="list">
              ${repeat(
                OFFERED,
                ({ id }) => id,
                (entry) => {
                  const shelved = shelf.of(entry.id);
                  return html`<li>
                    <model-row
                      data-model=${entry.id}
                      .entry=${entry}
                      .shelf=${shelf}
                      .shelved=${shelved}
                      .presence=${shelved === undefined ? undefined : presenceOf(entry, shelved.held, kind)}
                      .standing=${standingOf(entry.id, status)}
                    ></model-row>
                  </li>`;
                },
              )}
            </ul>`
      }
    </section>`;
  }
}
