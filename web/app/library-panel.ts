import { html, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { type OutputOptions, STANDARD_OPTIONS } from '../../shared/formats/options.ts';
import type { Library } from '../library/library-port.ts';
import type { Found, Recording } from '../library/port.ts';
import { SottoElement } from './element.ts';
import { emit } from './events.ts';
import type { Desk } from './library-desk.ts';
import type { ItemAsks } from './library-item.ts';
import { ORDERS, type Order, PAGE, pickOrder, rowsOf, sorted } from './library-list.ts';
import { libraryPanelStyles } from './library-styles.ts';
import { currentLocale } from './locale.ts';
import { onceAFrame } from './once-a-frame.ts';
import { recall, remember } from './preferences.ts';
import { base, controls } from './styles.ts';
import { Watch } from './watch.ts';
import { libraryWords } from './words/library.ts';
import { pageWords } from './words/page.ts';

/** What is kept on this device, and what can be done with it. */
export class LibraryPanel extends SottoElement {
  static override properties = {
    desk: { attribute: false },
    output: { attribute: false },
    all: { state: true },
    found: { state: true },
    wanted: { state: true },
    order: { state: true },
    most: { state: true },
    removed: { state: true },
    answer: { state: true },
  };
  declare desk: Desk | undefined;
  /** how texts are written down */
  declare output: OutputOptions;
  declare all: readonly Recording[];
  declare found: readonly Found[];
  declare wanted: string;
  declare order: Order;
  /** rows that are shown, at most */
  declare most: number;
  /** the last that was deleted, while it can be had back */
  declare removed: Recording | undefined;
  /** of "Read the rest" */
  declare answer: string;
  readonly #watch = new Watch(this);
  #unsubscribe: (() => void) | undefined;
  /** the newest question to the library: answers to older ones are not shown */
  #asked = 0;
  /** What runs tells many changes at a time. */
  readonly #changed = onceAFrame(() => void this.#refresh());

  constructor() {
    super();
    this.desk = undefined;
    this.output = STANDARD_OPTIONS;
    this.all = [];
    this.found = [];
    this.wanted = '';
    this.order = pickOrder(recall('library-order'));
    this.most = PAGE;
    this.removed = undefined;
    this.answer = '';
  }

  static override styles = [base, controls, libraryPanelStyles];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#changed.cancel();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('desk')) return;
    this.#watch.follow(this.desk);
    this.#unsubscribe?.();
    this.#unsubscribe = this.desk?.library?.subscribe(() => this.#changed.request());
    void this.#refresh();
  }

  override render() {
    const { library } = this.desk ?? {};
    return html`<section class="card" aria-labelledby="library">
      <h2 id="library" tabindex="-1">${libraryWords.title()}</h2>
      ${library === undefined ? html`<p class="note">${libraryWords.unavailable()}</p>` : this.#whole(library)}
    </section>`;
  }

  #rows() {
    return rowsOf(sorted(this.all, this.order, currentLocale()), this);
  }

  #whole(library: Library) {
    const rows = this.#rows();
    return html`
      <p class="muted small">${libraryWords.about()}</p>
      ${this.#switch()}
      ${library.keepsSound ? nothing : html`<p class="note">${libraryWords.textOnly()}</p>`}
      <div role="status">
        ${library.trouble === undefined ? nothing : html`<p class="note">${libraryWords[library.trouble]()}</p>`}
        ${this.removed === undefined ? nothing : this.#undo(this.removed)}
        ${this.answer === '' ? nothing : html`<p>${this.answer}</p>`}
      </div>
      ${this.all.length === 0 ? html`<p class="muted">${libraryWords.empty()}</p>` : this.#tools()}
      <div class="rows">
        ${repeat(
          rows.slice(0, this.most),
          ({ recording }) => recording.id,
          (row) => html`<library-item
            data-recording=${row.recording.id}
            .row=${row}
            .library=${library}
            .output=${this.output}
            @item-asks=${(event: CustomEvent<ItemAsks>) => void this.#do(event.detail)}
          ></library-item>`,
        )}
        ${rows.length > this.most ? this.#rest(rows.length) : nothing}
        ${this.all.length > 0 && rows.length === 0 ? html`<p class="muted">${libraryWords.nothingFound()}</p>` : nothing}
      </div>
      <library-storage .library=${library} .count=${this.all.length}></library-storage>
    `;
  }

  #switch() {
    const keeps = this.desk?.keeps ?? false;
    return html`<label class="check">
        <input
          type="checkbox"
          role="switch"
          .checked=${keeps}
          @change=${(event: Event & { target: HTMLInputElement }) => this.desk?.setKeeps(event.target.checked)}
        />
        ${libraryWords.keep()}
      </label>
      ${keeps ? nothing : html`<p class="muted small">${libraryWords.notKept()}</p>`}`;
  }

  #rest(total: number) {
    const figure = (count: number) => count.toLocaleString(currentLocale());
    const next = Math.min(PAGE, total - this.most);
    return html`<p class="line rest">
      <button class="button" @click=${() => void this.#more()}>${libraryWords.more(figure(next))}</button>
      <span class="muted small">${libraryWords.shown(figure(this.most), figure(total))}</span>
    </p>`;
  }

  #undo({ id, name }: Recording) {
    return html`<p class="line note">
      ${libraryWords.removed(name)}
      <button class="button small" @click=${() => void this.#back(id)}>${libraryWords.undo()}</button>
    </p>`;
  }

  #tools() {
    const names = {
      date: libraryWords.byDate(),
      name: libraryWords.byName(),
      length: libraryWords.byLength(),
    };
    return html`<div class="tools">
      <div>
        <label for="search">${libraryWords.search()}</label>
        <input
          id="search"
          class="field"
          type="search"
          .value=${this.wanted}
          @input=${(event: Event & { target: HTMLInputElement }) => {
            this.wanted = event.target.value;
            this.most = PAGE;
            void this.#refresh();
          }}
        />
      </div>
      <div>
        <label for="order">${libraryWords.order()}</label>
        <select
          id="order"
          class="field"
          @change=${(event: Event & { target: HTMLSelectElement }) => {
            this.order = pickOrder(event.target.value);
            this.most = PAGE;
            remember('library-order', this.order);
          }}
        >
          ${ORDERS.map((order) => html`<option value=${order} .selected=${order === this.order}>${names[order]}</option>`)}
        </select>
      </div>
    </div>`;
  }

  async #refresh(): Promise<void> {
    const library = this.desk?.library;
    if (library === undefined) return;
    this.#asked += 1;
    const asked = this.#asked;
    const [all, found] = await Promise.all([library.list(), library.search(this.wanted)]);
    if (asked !== this.#asked) return;
    if (all.length > 0) void this.#bringItems();
    this.all = all;
    this.found = found;
    // Once its time is over it cannot be had back.
    if (this.removed !== undefined && !(await library.canUndo(this.removed.id))) this.removed = undefined;
    this.requestUpdate();
  }

  async #do(asks: ItemAsks): Promise<void> {
    const { desk } = this;
    this.answer = '';
    switch (asks.ask) {
      case 'rename':
        return desk?.library?.rename(asks.id, asks.name);
      case 'remove':
        await desk?.library?.remove(asks.id);
        this.removed = this.all.find(({ id }) => id === asks.id);
        return this.renderRoot.querySelector<HTMLElement>('#library')?.focus();
      case 'resume': {
        const job = await desk?.resume(asks.id);
        if (job === undefined) this.answer = libraryWords.nothingLeft();
        else emit(this, 'library-resumed', job);
      }
    }
  }

  /** The keyboard goes on at the first that came. */
  async #more(): Promise<void> {
    const first = this.most;
    this.most += PAGE;
    await this.updateComplete;
    this.renderRoot.querySelectorAll('library-item')[first]?.focus();
  }

  async #back(id: string): Promise<void> {
    await this.desk?.library?.undo(id);
    this.removed = undefined;
    await this.#refresh();
    const at = this.#rows().findIndex(({ recording }) => recording.id === id);
    this.most = Math.max(this.most, at + 1);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`[data-recording="${CSS.escape(id)}"]`)?.focus();
  }

  async #bringItems(): Promise<void> {
    try {
      const { defineLibraryItems } = await import('./library-items.ts');
      defineLibraryItems();
    } catch (thrown) {
      console.warn('What shows recordings could not be loaded.', thrown);
      this.answer = pageWords.viewFailed();
    }
  }
}
