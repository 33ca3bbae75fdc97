import { css, html } from 'lit';
import { FORMAT_IDS, FORMATS } from '../../shared/formats/index.ts';
import { plainText, type Transcript } from '../../shared/transcript/transcript.ts';
import { SottoElement } from './element.ts';
import { saveTranscript } from './save.ts';
import { base, controls } from './styles.ts';
import { jobWords } from './words/job.ts';

/** How long the answer to Copy is shown. */
const ANSWER_MS = 4000;

/** Copy and download, of what is final by then. */
export class SaveBar extends SottoElement {
  static override properties = {
    transcript: { attribute: false },
    name: {},
    answer: { state: true },
  };
  /** what is to be saved, made when it is asked for */
  declare transcript: () => Transcript;
  /** of the source */
  declare name: string;
  declare answer: 'copied' | 'refused' | undefined;
  #forget = 0;

  constructor() {
    super();
    this.transcript = () => ({ segments: [], duration: 0, language: '', model: '' });
    this.name = '';
    this.answer = undefined;
  }

  static override styles = [
    base,
    controls,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 1.25rem;
      }
      .formats {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.375rem;
      }
      .formats span {
        margin-inline-end: 0.2rem;
      }
      .copy {
        display: flex;
        align-items: center;
        gap: 0.6rem;
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#forget);
  }

  override render() {
    return html`<div class="bar">
      <div class="formats" role="group" aria-label=${jobWords.downloadAs()}>
        <span class="muted small" aria-hidden="true">${jobWords.downloadAs()}</span>
        ${FORMAT_IDS.map((id) => {
          const { label } = FORMATS[id];
          return html`<button
            class="button small"
            aria-label=${jobWords.downloadFormat(label)}
            @click=${() => saveTranscript(this.transcript(), id, this.name)}
          >
            ${label}
          </button>`;
        })}
      </div>
      <div class="copy">
        <button class="button small" @click=${this.#copy}>${jobWords.copy()}</button>
        <span class="muted small" role="status">${this.#answerText()}</span>
      </div>
    </div>`;
  }

  #answerText(): string {
    if (this.answer === undefined) return '';
    return this.answer === 'copied' ? jobWords.copied() : jobWords.copyRefused();
  }

  async #copy(): Promise<void> {
    const text = plainText(this.transcript().segments);
    this.answer = await writeClipboard(text);
    clearTimeout(this.#forget);
    this.#forget = window.setTimeout(() => {
      this.answer = undefined;
    }, ANSWER_MS);
  }
}

async function writeClipboard(text: string): Promise<'copied' | 'refused'> {
  try {
    await navigator.clipboard.writeText(text);
    return 'copied';
  } catch {
    return 'refused'; // not allowed, or no clipboard on a page that is not secure: said beside the button
  }
}
