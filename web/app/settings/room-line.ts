import { html, nothing } from 'lit';
import { SottoElement } from '../element.ts';
import { currentLocale } from '../locale.ts';
import { bytes } from '../quantities.ts';
import { base, controls } from '../styles.ts';
import { libraryWords } from '../words/library.ts';
import { settingsWords } from '../words/settings.ts';
import { sectionStyles } from './settings-styles.ts';

interface Room {
  readonly used: number;
  readonly quota: number;
  readonly lasts: boolean;
}

/** What is taken of the room that the browser gives this site, and whether it may be cleared. */
export class RoomLine extends SottoElement {
  static override properties = { models: { type: Number }, room: { state: true } };
  /** bytes of models: another number, and the rest is asked for anew */
  declare models: number;
  declare room: Room | undefined;

  constructor() {
    super();
    this.models = 0;
    this.room = undefined;
  }

  static override styles = [base, controls, sectionStyles];

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('models')) void this.#measure();
  }

  override render() {
    const { room, models } = this;
    const locale = currentLocale();
    if (room === undefined) return html`<p>${settingsWords.usedModels(bytes(models, locale))}</p>`;
    const all = Math.max(room.used, models);
    return html`<p>${settingsWords.used(bytes(models, locale), bytes(all, locale), bytes(room.quota, locale))}</p>
      <div class="row">
        <p class="muted small">${room.lasts ? libraryWords.persisted() : libraryWords.notPersisted()}</p>
        ${
          room.lasts
            ? nothing
            : html`<button class="button quiet small" @click=${this.#persist}>${libraryWords.persist()}</button>`
        }
      </div>`;
  }

  async #measure(): Promise<void> {
    // Missing on insecure pages.
    const storage: StorageManager | undefined = navigator.storage;
    if (storage === undefined) return;
    const [{ usage = 0, quota = 0 }, lasts] = await Promise.all([storage.estimate(), storage.persisted()]);
    this.room = { used: usage, quota, lasts };
  }

  readonly #persist = async (): Promise<void> => {
    await navigator.storage.persist();
    await this.#measure();
  };
}
