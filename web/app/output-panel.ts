import { css, html } from 'lit';
import {
  allowed,
  NUMBER_OPTION_NAMES,
  NUMBER_OPTIONS,
  type NumberOption,
  type OutputOptions,
  STANDARD_OPTIONS,
  TIMES,
  type Times,
} from '../../shared/formats/options.ts';
import { SottoElement } from './element.ts';
import { emit } from './events.ts';
import { base, controls } from './styles.ts';
import { outputWords } from './words/output.ts';

const NUMBER_LABELS: Readonly<Record<NumberOption, () => string>> = {
  lineLength: outputWords.lineLength,
  cueLines: outputWords.cueLines,
  cueWords: outputWords.cueWords,
  cueSeconds: outputWords.cueSeconds,
};

const TIMES_LABELS: Readonly<Record<Times, () => string>> = {
  none: outputWords.timesNone,
  line: outputWords.timesLine,
  paragraph: outputWords.timesParagraph,
};

/** How transcripts are written down: the numbers of subtitles, times and speakers. */
export class OutputPanel extends SottoElement {
  static override properties = { output: { attribute: false } };
  declare output: OutputOptions;

  constructor() {
    super();
    this.output = STANDARD_OPTIONS;
  }

  static override styles = [
    base,
    controls,
    css`
      summary {
        inline-size: fit-content;
        padding-block: 0.3rem;
        border-radius: var(--radius-small);
        font-size: 0.875rem;
        font-weight: 550;
        cursor: pointer;
      }
      .fields {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(8rem, 100%), 1fr));
        gap: 0.9rem 1rem;
        align-items: end;
        padding-block: 0.6rem 0.3rem;
      }
      .times,
      .check,
      .hint {
        grid-column: 1 / -1;
      }
      .times .field {
        max-inline-size: 18rem;
      }
      .check {
        display: flex;
        gap: 0.6rem;
        align-items: center;
        margin: 0;
        font-weight: 400;
      }
      .hint {
        color: var(--muted);
        font-size: 0.8125rem;
      }
    `,
  ];

  override render() {
    return html`<details>
      <summary>${outputWords.options()}</summary>
      <div class="fields">
        ${NUMBER_OPTION_NAMES.map((name) => this.#number(name))}
        <div class="times">
          <label for="times">${outputWords.times()}</label>
          <select
            id="times"
            class="field"
            @change=${({ target }: Event & { target: HTMLSelectElement }) => {
              const times = TIMES.find((one) => one === target.value);
              if (times !== undefined) this.#choose({ times });
            }}
          >
            ${TIMES.map(
              (times) => html`<option value=${times} .selected=${times === this.output.times}>
                ${TIMES_LABELS[times]()}
              </option>`,
            )}
          </select>
        </div>
        <label class="check">
          <input
            type="checkbox"
            .checked=${this.output.speakers === 'shown'}
            @change=${({ target }: Event & { target: HTMLInputElement }) =>
              this.#choose({ speakers: target.checked ? 'shown' : 'hidden' })}
          />
          ${outputWords.speakers()}
        </label>
        <p class="hint" id="hint">${outputWords.hint()}</p>
      </div>
    </details>`;
  }

  #number(name: NumberOption) {
    const { least, most } = NUMBER_OPTIONS[name];
    return html`<div>
      <label for=${name}>${NUMBER_LABELS[name]()}</label>
      <input
        id=${name}
        class="field"
        type="number"
        inputmode="numeric"
        min=${least}
        max=${most}
        step="1"
        aria-describedby="hint"
        .value=${String(this.output[name])}
        @change=${({ target }: Event & { target: HTMLInputElement }) => {
          const number = allowed(name, target.valueAsNumber);
          target.value = String(number);
          this.#choose({ [name]: number });
        }}
      />
    </div>`;
  }

  #choose(part: Partial<OutputOptions>): void {
    emit(this, 'output-chosen', { ...this.output, ...part });
  }
}
