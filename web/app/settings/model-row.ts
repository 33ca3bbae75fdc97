import { html, nothing } from 'lit';
import type { ModelEntry } from '../../../shared/asr/catalogue.ts';
import { SottoElement } from '../element.ts';
import { emit } from '../events.ts';
import { currentLocale } from '../locale.ts';
import { namedLanguages } from '../model-choice.ts';
import { bytes, percent } from '../quantities.ts';
import { base, controls } from '../styles.ts';
import { modelWords } from '../words/model.ts';
import { placeWords } from '../words/place.ts';
import { settingsWords } from '../words/settings.ts';
import { newsOf } from './model-news.ts';
import type { Presence, PresenceName } from './model-presence.ts';
import { modelRowStyles } from './model-row-styles.ts';
import type { ModelShelf, Shelved, Work } from './model-shelf.ts';
import type { ModelStanding } from './model-standing.ts';
import { sectionStyles } from './settings-styles.ts';

const STATES: Readonly<Record<PresenceName, () => string>> = {
  none: settingsWords.none,
  part: settingsWords.part,
  cpu: settingsWords.cpu,
  whole: settingsWords.whole,
};

/** One model: what it can do, what of it is here, and what can be done with it. */
export class ModelRow extends SottoElement {
  static override properties = {
    entry: { attribute: false },
    shelf: { attribute: false },
    shelved: { attribute: false },
    presence: { attribute: false },
    standing: { attribute: false },
    asking: { state: true },
  };
  declare entry: ModelEntry | undefined;
  declare shelf: ModelShelf | undefined;
  declare shelved: Shelved | undefined;
  declare presence: Presence | undefined;
  /** what it is to the page */
  declare standing: ModelStanding;
  /** it is asked whether it is to be deleted */
  declare asking: boolean;
  #refocus = false;

  constructor() {
    super();
    this.entry = undefined;
    this.shelf = undefined;
    this.shelved = undefined;
    this.presence = undefined;
    this.standing = 'none';
    this.asking = false;
  }

  static override styles = [base, controls, sectionStyles, modelRowStyles];

  /** The button that was pressed is gone with what it deleted. */
  protected override updated(): void {
    const isOver = this.presence?.bytes === 0 || this.shelved?.news.name === 'failed';
    if (!this.#refocus || !isOver || this.shelved?.work.name !== 'none') return;
    this.#refocus = false;
    this.renderRoot.querySelector<HTMLElement>('button')?.focus();
  }

  override render() {
    const { entry, shelved, presence } = this;
    if (entry === undefined || shelved === undefined || presence === undefined) return nothing;
    const { work, news } = shelved;
    return html`<div class="model" role="group" aria-labelledby="name" data-presence=${presence.name}>
      <div class="text">
      <div class="head">
        <h3 id="name">${entry.label}</h3>
        ${this.standing === 'none' ? nothing : html`<span class="tag use">${modelWords.inUse()}</span>`}
        ${entry.recommended ? html`<span class="tag">${modelWords.recommended()}</span>` : nothing}
        ${entry.demo ? html`<span class="tag note">${modelWords.demo()}</span>` : nothing}
      </div>
      <p class="state"><span class="mark" aria-hidden="true"></span>${stateText(presence)}</p>
      <p class="can">${canDo(entry)}</p>
      ${entry.languages.length > 1 ? this.#languages(entry) : nothing}
      </div>
      ${work.name === 'none' ? this.#actions(entry, presence) : this.#work(entry, work)}
      ${newsOf(news, (paths) => void this.shelf?.mend(entry, paths))}
    </div>`;
  }

  #languages(entry: ModelEntry) {
    const locale = currentLocale();
    const names = namedLanguages(entry, locale).map(({ name }) => name);
    return html`<details>
      <summary>${modelWords.languages(entry.languages.length)}</summary>
      <p>${new Intl.ListFormat(locale, { type: 'unit' }).format(names)}</p>
    </details>`;
  }

  #actions(entry: ModelEntry, presence: Presence) {
    if (this.asking) return this.#ask(entry, presence);
    const isHere = presence.bytes > 0;
    return html`<div class="row actions">
      ${
        presence.missing === 0 || this.standing === 'working' // then the engine fetches it
          ? nothing
          : html`<button
              class="button small"
              aria-label=${isHere ? settingsWords.goOnNamed(entry.label) : settingsWords.getNamed(entry.label)}
              @click=${() => void this.shelf?.download(entry)}
            >
              ${isHere ? settingsWords.goOn() : settingsWords.get()}
            </button>`
      }
      ${
        this.standing === 'none' && isHere && presence.name !== 'part'
          ? html`<button
              class="button small"
              aria-label=${settingsWords.useNamed(entry.label)}
              @click=${() => emit(this, 'model-chosen', { id: entry.id })}
            >
              ${settingsWords.use()}
            </button>`
          : nothing
      }
      ${isHere ? this.#keepings(entry) : nothing}
    </div>`;
  }

  #keepings(entry: ModelEntry) {
    return html`<button
        class="button small"
        aria-label=${settingsWords.verifyNamed(entry.label)}
        @click=${() => void this.shelf?.verify(entry)}
      >
        ${settingsWords.verify()}
      </button>
      <button
        class="button small delete"
        aria-label=${settingsWords.removeNamed(entry.label)}
        aria-describedby=${this.standing === 'working' ? 'working' : nothing}
        ?disabled=${this.standing === 'working'}
        @click=${() => this.#askFor('yes')}
      >
        ${settingsWords.remove()}
      </button>
      ${this.standing === 'working' ? html`<p id="working" class="hint">${settingsWords.working()}</p>` : nothing}`;
  }

  #ask(entry: ModelEntry, presence: Presence) {
    const locale = currentLocale();
    const refused = this.standing === 'working';
    return html`<div
      class="ask"
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        this.#askFor('no');
      }}
    >
      <p id="ask">
        ${settingsWords.removeAsk(bytes(presence.bytes, locale))}
        ${refused ? settingsWords.working() : this.standing === 'in-use' && !entry.demo ? settingsWords.removeInUse() : nothing}
      </p>
      <div class="row">
        <button class="button small keep" aria-describedby="ask" @click=${() => this.#askFor('no')}>
          ${settingsWords.keepIt()}
        </button>
        <button
          class="button small"
          ?disabled=${refused}
          aria-describedby="ask"
          @click=${() => this.#remove(entry)}
        >
          ${settingsWords.removeYes()}
        </button>
      </div>
    </div>`;
  }

  #work(entry: ModelEntry, work: Exclude<Work, { name: 'none' }>) {
    if (work.name === 'deleting') return html`<p class="can" role="status">${settingsWords.deleting()}</p>`;
    const label =
      work.name === 'downloading'
        ? settingsWords.downloading(entry.label)
        : settingsWords.verifying(entry.label);
    return html`<div class="work">
      <span class="visually-hidden" role="status">${label}</span>
      <progress-line
        .label=${label}
        .percent=${work.name === 'downloading' ? percent(work.loaded, work.total) : percent(work.done, work.total)}
        .facts=${[amount(work)]}
      ></progress-line>
      <button
        class="button small"
        aria-label=${settingsWords.cancelNamed(label)}
        @click=${() => this.shelf?.cancel(entry.id)}
      >
        ${settingsWords.cancel()}
      </button>
    </div>`;
  }

  #askFor(asked: 'yes' | 'no'): void {
    this.asking = asked === 'yes';
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(this.asking ? '.keep' : '.delete')?.focus(),
    );
  }

  #remove(entry: ModelEntry): void {
    this.asking = false;
    this.#refocus = true;
    void this.shelf?.remove(entry);
  }
}

function stateText({ name, bytes: held, missing }: Presence): string {
  const locale = currentLocale();
  const more = held === 0 ? settingsWords.toFetch : settingsWords.toFetchMore;
  return [
    STATES[name](),
    ...(held === 0 ? [] : [settingsWords.takes(bytes(held, locale))]),
    ...(missing === 0 ? [] : [more(bytes(missing, locale))]),
  ].join(' · ');
}

function canDo(entry: ModelEntry): string {
  return [
    ...(entry.languages.length === 1 ? [modelWords.english()] : []),
    ...(entry.tasks.includes('translate') ? [settingsWords.translates()] : []),
    ...(entry.timestamps === 'word' ? [settingsWords.wordTimes()] : []),
    settingsWords.licence(entry.licence),
  ].join(' · ');
}

function amount(work: Exclude<Work, { name: 'none' | 'deleting' }>): string {
  const locale = currentLocale();
  return work.name === 'downloading'
    ? placeWords.bytes(bytes(work.loaded, locale), bytes(work.total, locale))
    : settingsWords.filesDone(work.done, work.total);
}
