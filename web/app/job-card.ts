import { html, nothing, type PropertyValues } from 'lit';
import type { Manuscript } from '../../shared/formats/format.ts';
import { type OutputOptions, STANDARD_OPTIONS } from '../../shared/formats/options.ts';
import type { Job, JobSnapshot } from '../client/transcriber.ts';
import { SottoElement } from './element.ts';
import { emit } from './events.ts';
import { jobCardStyles } from './job-card-styles.ts';
import { hasEnded } from './job-list.ts';
import { canRetry, etaText, progressView, stateText, stateTone, transcriptDuration } from './job-state.ts';
import { currentLocale } from './locale.ts';
import { manuscriptOf } from './manuscript.ts';
import type { ModelChoice } from './model-choice.ts';
import { clock } from './quantities.ts';
import { base, controls } from './styles.ts';
import { Watch } from './watch.ts';
import { jobWords } from './words/job.ts';

/** A job's way to its recording in the library, and to its text as edited there. */
export interface KeptJob {
  readonly href: string;
  manuscript(): Promise<Manuscript>;
}

/** One job: its name and state, and when open its progress, its transcript and what can be done with it. */
export class JobCard extends SottoElement {
  static override properties = {
    job: { attribute: false },
    model: { attribute: false },
    open: { type: Boolean },
    output: { attribute: false },
    kept: { attribute: false },
  };
  declare job: Job | undefined;
  /** the model it is read with */
  declare model: ModelChoice | undefined;
  declare open: boolean;
  /** how it is written down */
  declare output: OutputOptions;
  /** where it is kept, undefined: it is not */
  declare kept: KeptJob | undefined;
  readonly #watch = new Watch(this);

  constructor() {
    super();
    this.job = undefined;
    this.model = undefined;
    this.open = false;
    this.output = STANDARD_OPTIONS;
    this.kept = undefined;
    this.addEventListener('keydown', (event) => this.#onKey(event));
  }

  static override styles = [base, controls, jobCardStyles];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('job')) this.#watch.follow(this.job);
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('.toggle')?.focus();
  }

  override render() {
    if (this.job === undefined) return nothing;
    const { snapshot } = this.job;
    const { source, state } = snapshot;
    const eta = etaText(state, currentLocale());
    return html`
      <article class="card" aria-labelledby="name" data-state=${state.name}>
        <header>
          <h3>
            <button
              class="toggle"
              aria-expanded=${this.open}
              aria-controls="body"
              @click=${() => emit(this, 'job-toggle', { id: snapshot.id })}
            >
              <span class="chevron" aria-hidden="true"></span>
              <span class="name" id="name">${source.name}</span>
            </button>
          </h3>
          <div class="state ${stateTone(state)}">
            <p role="status">${stateText(state)}</p>
            ${eta === '' ? nothing : html`<p>${eta}</p>`}
          </div>
          ${this.#openLink(snapshot)} ${this.#endButton(snapshot)}
        </header>
        ${this.#progress(snapshot)}
        <notice-list .notices=${snapshot.notices} ?empty=${snapshot.notices.length === 0}></notice-list>
        ${this.#ending(snapshot)}
        <div id="body" class="body" ?hidden=${!(this.open && hasBody(snapshot))}>
          ${this.open ? this.#body(snapshot) : nothing}
        </div>
      </article>
    `;
  }

  #openLink({ state, source, segments }: JobSnapshot) {
    if (this.kept === undefined || !hasEnded(state) || segments.length === 0) return nothing;
    return html`<a class="button small" href=${this.kept.href} aria-label=${jobWords.openNamed(source.name)}>
      ${jobWords.open()}
    </a>`;
  }

  #endButton(snapshot: JobSnapshot) {
    const { state, source, id } = snapshot;
    if (hasEnded(state)) {
      return html`<button
        class="button quiet small"
        aria-label=${jobWords.removeNamed(source.name)}
        @click=${() => emit(this, 'job-remove', { id })}
      >
        ${jobWords.remove()}
      </button>`;
    }
    const label = state.name === 'listening' ? jobWords.stop() : jobWords.cancel();
    return html`<button class="button small" aria-keyshortcuts="Escape" @click=${this.#end}>${label}</button>`;
  }

  #progress(snapshot: JobSnapshot) {
    const view = progressView(snapshot, currentLocale());
    if (view === undefined) return nothing;
    return html`<progress-line
      .label=${jobWords.progress(snapshot.source.name)}
      .percent=${view.percent}
      .facts=${view.facts}
    ></progress-line>`;
  }

  #body(snapshot: JobSnapshot) {
    const { state, segments, partial, source } = snapshot;
    const live = state.name === 'listening' || state.name === 'finishing';
    return html`
      <transcript-view
        .segments=${segments}
        .partial=${partial}
        .name=${source.name}
        .language=${snapshot.language}
        .follow=${live}
      ></transcript-view>
      <language-line
        .detected=${snapshot.detected}
        .model=${this.model}
        .job=${source.kind !== 'live' && hasEnded(state) ? snapshot.id : undefined}
      ></language-line>
      ${segments.length === 0 && partial.committed + partial.tentative === '' ? this.#instead(snapshot) : nothing}
      ${
        segments.length === 0
          ? nothing
          : html`<footer>
              <save-bar .manuscript=${this.#manuscript} .name=${source.name} .output=${this.output}></save-bar>
              <p class="muted small">${clock(transcriptDuration(snapshot))} · ${snapshot.model}</p>
            </footer>`
      }
    `;
  }

  /** What is said about a job that ended otherwise than well, and the way on. */
  #ending(snapshot: JobSnapshot) {
    const { state, id } = snapshot;
    const retry = canRetry(state)
      ? html`<button class="button small" @click=${() => emit(this, 'job-retry', { id })}>
          ${jobWords.retry()}
        </button>`
      : nothing;
    if (state.name === 'failed' || state.name === 'refused') {
      return html`<error-note .error=${state.error}>${retry}</error-note>`;
    }
    if (state.name !== 'cancelled') return nothing;
    return html`<div class="cancelled">
      <span class="muted">${snapshot.segments.length > 0 ? jobWords.keptText() : ''}</span>${retry}
    </div>`;
  }

  /** What stands where there is no text. */
  #instead({ state, notices }: JobSnapshot) {
    if (state.name === 'reading' || state.name === 'listening') {
      return html`<p class="muted instead">${jobWords.noTextYet()}</p>`;
    }
    const explained = notices.some(({ kind }) => kind === 'no-speech');
    if (state.name !== 'done' || explained) return nothing;
    return html`<p class="muted instead">${jobWords.noText()}</p>`;
  }

  readonly #manuscript = () => this.kept?.manuscript() ?? manuscriptOf(this.job?.snapshot);

  readonly #end = (): void => {
    const job = this.job;
    if (job === undefined) return;
    if (job.snapshot.state.name === 'listening') job.stop();
    else if (!hasEnded(job.snapshot.state)) job.cancel();
  };

  #onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    if (this.job === undefined || hasEnded(this.job.snapshot.state)) return;
    event.preventDefault();
    this.#end();
  }
}

/** Whether there is a transcript to show, or one to wait for. */
function hasBody({ state, segments }: JobSnapshot): boolean {
  return segments.length > 0 || ['reading', 'listening', 'finishing', 'done'].includes(state.name);
}
