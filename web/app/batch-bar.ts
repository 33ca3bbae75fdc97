import { css, html, nothing, type PropertyValues } from 'lit';
import type { Manuscript } from '../../shared/formats/format.ts';
import { OFFERED, OFFERED_IDS, type OfferedId } from '../../shared/formats/offered.ts';
import { type OutputOptions, STANDARD_OPTIONS } from '../../shared/formats/options.ts';
import type { Job } from '../client/transcriber.ts';
import { type BatchState, IDLE, packed } from './batch.ts';
import { download } from './download.ts';
import { SottoElement } from './element.ts';
import { manuscriptOf } from './manuscript.ts';
import { recall, remember } from './preferences.ts';
import { base, controls } from './styles.ts';
import { outputWords } from './words/output.ts';

/** Fewer need no archive. */
const ENOUGH = 2;

/** All finished transcripts as one archive; nothing where there are not several. */
export class BatchBar extends SottoElement {
  static override properties = {
    jobs: { attribute: false },
    output: { attribute: false },
    manuscript: { attribute: false },
    state: { state: true },
    done: { state: true },
    format: { state: true },
  };
  declare jobs: readonly Job[];
  declare output: OutputOptions;
  /** what is written down of a job */
  declare manuscript: ((job: Job) => Promise<Manuscript>) | undefined;
  declare state: BatchState;
  declare done: readonly Job[];
  declare format: OfferedId;
  #unfollow: readonly (() => void)[] = [];
  #work: AbortController | undefined;

  constructor() {
    super();
    this.jobs = [];
    this.output = STANDARD_OPTIONS;
    this.manuscript = undefined;
    this.state = IDLE;
    this.done = [];
    this.format = OFFERED_IDS.find((id) => id === recall('batch')) ?? 'txt';
  }

  static override styles = [
    base,
    controls,
    css`
      .batch {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 0.75rem;
        padding: 0.6rem 1rem;
      }
      .batch .field {
        inline-size: auto;
        min-block-size: 2.125rem;
        padding-block: 0.2rem;
        font-size: 0.875rem;
      }
      .which {
        display: flex;
        align-items: center;
        gap: 0.5rem;
      }
      label {
        margin: 0;
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('jobs')) this.#follow();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave();
    this.#work?.abort();
  }

  override render() {
    const { state, done } = this;
    if (done.length < ENOUGH) return nothing;
    return html`<div class="batch card" role="group" aria-label=${outputWords.batch()}>
      <span class="which">
        <label for="format">${outputWords.batchFormat()}</label>
        <select id="format" class="field" ?disabled=${state.name === 'packing'} @change=${this.#pick}>
          ${OFFERED_IDS.map(
            (id) => html`<option value=${id} .selected=${id === this.format}>${OFFERED[id].label}</option>`,
          )}
        </select>
      </span>
      ${
        state.name === 'packing'
          ? html`<button class="button small" @click=${() => this.#work?.abort()}>
              ${outputWords.batchCancel()}
            </button>`
          : html`<button class="button small" @click=${this.#pack}>${outputWords.batchSave(done.length)}</button>`
      }
      <span class="muted small" role="status">${stateText(state)}</span>
    </div>`;
  }

  #follow(): void {
    this.#leave();
    const look = () => {
      const done = this.jobs.filter(({ snapshot }) => snapshot.state.name === 'done');
      if (done.length !== this.done.length || done.some((job, at) => job !== this.done[at])) this.done = done;
    };
    this.#unfollow = this.jobs.map((job) => job.subscribe(look));
    look();
  }

  #leave(): void {
    for (const unfollow of this.#unfollow) unfollow();
    this.#unfollow = [];
  }

  readonly #pick = ({ target }: Event & { target: HTMLSelectElement }): void => {
    this.format = OFFERED_IDS.find((id) => id === target.value) ?? this.format;
    remember('batch', this.format);
  };

  readonly #pack = async (): Promise<void> => {
    const { done, format, output } = this;
    const manuscript = this.manuscript ?? (async ({ snapshot }: Job) => manuscriptOf(snapshot));
    this.#work = new AbortController();
    const { signal } = this.#work;
    const tell = (count: number) => {
      this.state = { name: 'packing', done: count, total: done.length };
    };
    tell(0);
    const outcome = await packed(done, manuscript, format, output, { signal, tell });
    if (outcome.file !== undefined) download(outcome.file);
    this.state = outcome.state;
  };
}

function stateText(state: BatchState): string {
  if (state.name === 'packing') return outputWords.packing(state.done, state.total);
  return state.name === 'failed' ? outputWords.notMade() : '';
}
