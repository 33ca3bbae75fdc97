import { css, html, nothing } from 'lit';
import type { Library } from '../library/library-port.ts';
import { download } from './download.ts';
import { SottoElement } from './element.ts';
import { currentLocale } from './locale.ts';
import { bytes } from './quantities.ts';
import { base, controls } from './styles.ts';
import { libraryWords } from './words/library.ts';

type Storage = { readonly used: number; readonly quota: number; readonly lasts: boolean };
type Work = 'none' | 'packing' | 'unpacking';

/** Room for the library: used and left; everything out as one file, and in again. */
export class LibraryStorage extends SottoElement {
  static override properties = {
    library: { attribute: false },
    count: { type: Number },
    storage: { state: true },
    work: { state: true },
    answer: { state: true },
  };
  declare library: Library | undefined;
  /** recordings: another number, and the figures are asked for anew */
  declare count: number;
  declare storage: Storage | undefined;
  declare work: Work;
  declare answer: string;

  constructor() {
    super();
    this.library = undefined;
    this.count = 0;
    this.storage = undefined;
    this.work = 'none';
    this.answer = '';
  }

  static override styles = [
    base,
    controls,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 1rem;
      }
      div + div {
        margin-block-start: 0.6rem;
      }
      .quiet {
        margin-inline: -0.7rem;
      }
      p:empty {
        display: none;
      }
    `,
  ];

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('count')) void this.#measure();
  }

  override render() {
    const busy = this.work !== 'none';
    return html`
      <div>${this.storage === undefined ? nothing : this.#figures(this.storage)}</div>
      <div>
        ${
          this.library?.keepsSound === true && this.count > 0
            ? html`<button class="button small" ?disabled=${busy} @click=${this.#pack}>${libraryWords.pack()}</button>`
            : nothing
        }
        <button class="button small" ?disabled=${busy} @click=${this.#choose}>${libraryWords.unpack()}</button>
        <p role="status" class="small">${this.#said()}</p>
      </div>
    `;
  }

  #figures({ used, quota, lasts }: Storage) {
    const locale = currentLocale();
    return html`<p class="muted small">
        ${libraryWords.used(bytes(used, locale), bytes(quota, locale))}.
        ${lasts ? libraryWords.persisted() : libraryWords.notPersisted()}
      </p>
      ${lasts ? nothing : html`<button class="button quiet small" @click=${this.#persist}>${libraryWords.persist()}</button>`}`;
  }

  #said(): string {
    if (this.work === 'packing') return libraryWords.packing();
    return this.work === 'unpacking' ? libraryWords.unpacking() : this.answer;
  }

  async #measure(): Promise<void> {
    const [{ usage = 0, quota = 0 }, lasts] = await Promise.all([
      navigator.storage.estimate(),
      navigator.storage.persisted(),
    ]);
    this.storage = { used: usage, quota, lasts };
  }

  readonly #persist = async (): Promise<void> => {
    await navigator.storage.persist();
    await this.#measure();
  };

  readonly #pack = async (): Promise<void> => {
    this.work = 'packing';
    this.answer = '';
    try {
      const file = await this.library?.pack();
      if (file !== undefined) download(file, REVOKE_AFTER_MS);
    } catch (thrown) {
      console.warn('The library could not be exported.', thrown);
      this.answer = libraryWords.packFailed();
    } finally {
      this.work = 'none';
    }
  };

  readonly #choose = (): void => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = '.zip,application/zip';
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      if (file !== undefined) void this.#unpack(file);
    });
    input.click();
  };

  async #unpack(file: File): Promise<void> {
    this.work = 'unpacking';
    try {
      this.answer = libraryWords.unpacked((await this.library?.unpack(file)) ?? 0);
    } catch (thrown) {
      console.warn('The library could not be imported.', thrown);
      this.answer = libraryWords.unpackFailed();
    } finally {
      this.work = 'none';
    }
  }
}

/** Long enough for a browser to have copied gigabytes; the library lets go of the file by itself. */
const REVOKE_AFTER_MS = 600_000;
