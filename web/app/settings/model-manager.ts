import { css, html, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { type ModelEntry, OFFERED } from '../../../shared/asr/catalogue.ts';
import type { Transcriber, TranscriberStatus } from '../../client/transcriber.ts';
import { SottoElement } from '../element.ts';
import { type DeviceKind, deviceKind } from '../model-choice.ts';
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
    hub: {},
    kind: { state: true },
    first: { state: true },
  };
  declare transcriber: Transcriber | undefined;
  declare shelf: ModelShelf | undefined;
  declare hub: string;
  declare kind: DeviceKind | undefined;
  /** ids of the models that are shown without being asked for more */
  declare first: ReadonlySet<string> | undefined;
  readonly #watch = new Watch(this);
  readonly #watchShelf = new Watch(this);
  #engine = '';

  constructor() {
    super();
    this.transcriber = undefined;
    this.shelf = undefined;
    this.hub = '';
    this.kind = undefined;
    this.first = undefined;
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
      details {
        padding-block-start: 0.75rem;
        border-block-start: 1px solid var(--line);
      }
      summary {
        inline-size: fit-content;
        padding: 0.5rem 0.25rem;
        border-radius: var(--radius-small);
        font-size: 0.9375rem;
        font-weight: 550;
        cursor: pointer;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    void deviceKind().then((kind) => {
      this.kind = kind;
    });
    this.first = undefined;
    void this.#look();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('transcriber')) this.#watch.follow(this.transcriber);
    if (changed.has('shelf')) {
      this.#watchShelf.follow(this.shelf);
      void this.#look();
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
          : this.#lists(shelf, status, kind)
      }
    </section>`;
  }

  #lists(shelf: ModelShelf, status: TranscriberStatus, kind: DeviceKind) {
    const list = (entries: readonly ModelEntry[]) => html`<ul class="list">
      ${repeat(
        entries,
        ({ id }) => id,
        (entry) => this.#row(entry, shelf, status, kind),
      )}
    </ul>`;
    const { first } = this;
    if (first === undefined) return html`<p class="about" role="status">${settingsWords.looking()}</p>`;
    const more = OFFERED.filter(({ id }) => !first.has(id));
    return html`${list(OFFERED.filter(({ id }) => first.has(id)))}
      <details>
        <summary>${settingsWords.more(more.length)}</summary>
        ${list(more)}
      </details>`;
  }

  #row(entry: ModelEntry, shelf: ModelShelf, status: TranscriberStatus, kind: DeviceKind) {
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
  }

  /** Looks at what is here; what is shown first is settled once a visit to the view, so that nothing jumps. */
  async #look(): Promise<void> {
    const { shelf, transcriber } = this;
    await shelf?.refresh();
    if (shelf === undefined || transcriber === undefined) return;
    const { model } = transcriber.status;
    const isFirst = ({ id, demo, recommended }: ModelEntry) =>
      demo || recommended || id === model || (shelf.of(id)?.held.files.length ?? 0) > 0;
    this.first ??= new Set(OFFERED.filter(isFirst).map(({ id }) => id));
  }
}
