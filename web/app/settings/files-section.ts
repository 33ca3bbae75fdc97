import { html, nothing, type PropertyValues } from 'lit';
import { type OutputOptions, STANDARD_OPTIONS } from '../../../shared/formats/options.ts';
import { SottoElement } from '../element.ts';
import type { Desk } from '../library-desk.ts';
import { base, controls } from '../styles.ts';
import { Watch } from '../watch.ts';
import { libraryWords } from '../words/library.ts';
import { settingsWords } from '../words/settings.ts';
import { sectionStyles } from './settings-styles.ts';

/** What is kept, and how files are written. */
export class FilesSection extends SottoElement {
  static override properties = { desk: { attribute: false }, output: { attribute: false } };
  declare desk: Desk | undefined;
  declare output: OutputOptions;
  readonly #watch = new Watch(this);

  constructor() {
    super();
    this.desk = undefined;
    this.output = STANDARD_OPTIONS;
  }

  static override styles = [base, controls, sectionStyles];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('desk')) this.#watch.follow(this.desk);
  }

  override render() {
    return html`<section class="card section" aria-labelledby="title">
      <h2 id="title" tabindex="-1">${settingsWords.files()}</h2>
      ${this.#keeping()}
      <output-panel class="block" .output=${this.output}></output-panel>
    </section>`;
  }

  /** Closed where it stands beside files; here it is what one came for. */
  protected override async firstUpdated(): Promise<void> {
    const panel = this.renderRoot.querySelector('output-panel');
    await panel?.updateComplete;
    panel?.renderRoot.querySelector('details')?.setAttribute('open', '');
  }

  #keeping() {
    const { desk } = this;
    if (desk === undefined) return nothing; // it comes late
    if (desk.library === undefined) return html`<p class="about">${settingsWords.noLibrary()}</p>`;
    return html`<label class="check">
        <input
          type="checkbox"
          role="switch"
          aria-describedby="kept"
          .checked=${desk.keeps}
          @change=${({ target }: Event & { readonly target: HTMLInputElement }) => desk.setKeeps(target.checked)}
        />
        ${libraryWords.keep()}
      </label>
      <p id="kept" class="hint">${desk.keeps ? settingsWords.kept() : libraryWords.notKept()}</p>`;
  }
}
