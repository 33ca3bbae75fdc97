import { css, html, nothing } from 'lit';
import type { Manuscript } from '../../shared/formats/format.ts';
import { OFFERED, OFFERED_IDS, type OfferedId } from '../../shared/formats/offered.ts';
import { type OutputOptions, STANDARD_OPTIONS } from '../../shared/formats/options.ts';
import { plainText } from '../../shared/transcript/transcript.ts';
import { download } from './download.ts';
import { SottoElement } from './element.ts';
import { canShareText, shareFile, transcriptFile, writeClipboard } from './save.ts';
import { base, controls } from './styles.ts';
import { jobWords } from './words/job.ts';
import { outputWords } from './words/output.ts';

/** How long the answer to a button is shown. */
const ANSWER_MS = 4000;

type Answer = 'copied' | 'refused' | 'not-shared' | 'not-made';

const ANSWERS: Readonly<Record<Answer, () => string>> = {
  copied: jobWords.copied,
  refused: jobWords.copyRefused,
  'not-shared': outputWords.notShared,
  'not-made': outputWords.notMade,
};

/** The ways out of the page for one transcript, of what is final by then. */
export class SaveBar extends SottoElement {
  static override properties = {
    manuscript: { attribute: false },
    name: {},
    output: { attribute: false },
    answer: { state: true },
  };
  /** what is to be saved, made when it is asked for */
  declare manuscript: () => Manuscript | Promise<Manuscript>;
  /** of the source */
  declare name: string;
  declare output: OutputOptions;
  declare answer: Answer | undefined;
  #forget = 0;

  constructor() {
    super();
    this.manuscript = () => ({ segments: [], duration: 0, language: '', model: '' });
    this.name = '';
    this.output = STANDARD_OPTIONS;
    this.answer = undefined;
  }

  static override styles = [
    base,
    controls,
    css`
      :host,
      .bar {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.5rem;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.375rem;
      }
      .row > span {
        margin-inline: 0.2rem;
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#forget);
  }

  override render() {
    return html`<div class="bar">
      <div class="row" role="group" aria-label=${jobWords.downloadAs()}>
        <span class="muted small" aria-hidden="true">${jobWords.downloadAs()}</span>
        ${OFFERED_IDS.map((id) => {
          const { label } = OFFERED[id];
          return html`<button
            class="button small"
            aria-label=${jobWords.downloadFormat(label)}
            @click=${() => this.#save(id)}
          >
            ${label}
          </button>`;
        })}
      </div>
      <div class="row">
        <button class="button small" @click=${this.#copy}>${jobWords.copy()}</button>
        <button class="button small" @click=${this.#copyTimed}>${outputWords.copyTimed()}</button>
        ${
          canShareText()
            ? html`<button class="button small" @click=${this.#share}>${outputWords.share()}</button>`
            : nothing
        }
        <button class="button small" @click=${() => window.print()}>${outputWords.print()}</button>
        <span class="muted small" role="status">${this.answer === undefined ? '' : ANSWERS[this.answer]()}</span>
      </div>
      <output-panel .output=${this.output}></output-panel>
    </div>`;
  }

  async #save(format: OfferedId): Promise<void> {
    const file = await this.#file(format);
    if (file !== undefined) download(file);
  }

  async #share(): Promise<void> {
    const file = await this.#file('txt');
    if (file === undefined) return;
    if ((await shareFile(file, this.name)) === 'failed') this.#say('not-shared');
  }

  /** What cannot be made is said: a part of the page that is loaded late may not be there. */
  async #file(format: OfferedId): Promise<File | undefined> {
    try {
      return await transcriptFile(await this.manuscript(), format, this.output, this.name);
    } catch (thrown) {
      console.error(thrown);
      this.#say('not-made');
      return undefined;
    }
  }

  async #copy(): Promise<void> {
    this.#say(await writeClipboard(this.#text(({ segments }) => plainText(segments))));
  }

  async #copyTimed(): Promise<void> {
    const { times } = this.output;
    const timed = { ...this.output, times: times === 'none' ? ('line' as const) : times };
    this.#say(await writeClipboard(this.#text((manuscript) => OFFERED.txt.write(manuscript, timed))));
  }

  async #text(write: (manuscript: Manuscript) => string): Promise<string> {
    return write(await this.manuscript());
  }

  #say(answer: Answer): void {
    this.answer = answer;
    clearTimeout(this.#forget);
    this.#forget = window.setTimeout(() => {
      this.answer = undefined;
    }, ANSWER_MS);
  }
}
