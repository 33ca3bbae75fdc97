import { html, nothing, type PropertyValues } from 'lit';
import type { ErrorWire } from '../../shared/errors.ts';
import type { Job, Source, TranscribeOptions, Transcriber } from '../client/transcriber.ts';
import { SottoElement } from './element.ts';
import { EMPTY_LIST, hasEnded, type JobList, removed, retried, toggled, withJobs } from './job-list.ts';
import { jobsSection } from './jobs-section.ts';
import { LateJobs } from './late-jobs.ts';
import type { Desk } from './library-desk.ts';
import { currentLocale } from './locale.ts';
import { openManuscript } from './manuscript.ts';
import { changeModel, type ModelChange } from './model-change.ts';
import type { ModelChoice } from './model-choice.ts';
import { OutputChoice } from './output-choice.ts';
import { pageFoot } from './page-foot.ts';
import { pageTop } from './page-top.ts';
import { remember } from './preferences.ts';
import { optionsOf, type ReadingChoice, recallReading, rememberReading } from './reading-choice.ts';
import type { ServerOffer } from './server-offer.ts';
import { sottoAppStyles } from './sotto-app-styles.ts';
import { base, controls } from './styles.ts';
import { ViewSwitch } from './view-switch.ts';
import { Watch } from './watch.ts';
import { modelWords } from './words/model.ts';
import { pageWords } from './words/page.ts';
import { sourceWords } from './words/source.ts';

/** The whole page: takes what the panels tell, gives it to the transcriber, and lists the jobs. */
export class SottoApp extends SottoElement {
  static override properties = {
    transcriber: { attribute: false },
    models: { attribute: false },
    hub: {},
    offer: { attribute: false },
    desk: { attribute: false },
    list: { state: true },
    recording: { state: true },
    changing: { state: true },
    modelError: { state: true },
    reading: { state: true },
  };
  declare transcriber: Transcriber | undefined;
  declare models: readonly ModelChoice[];
  /** address the models come from */
  declare hub: string;
  /** the site's server, if it offers one */
  declare offer: ServerOffer | undefined;
  /** where jobs are kept; not there until it has come, late */
  declare desk: Desk | undefined;
  declare list: JobList;
  /** the recording that is going on */
  declare recording: Job | undefined;
  declare changing: ModelChange | undefined;
  declare modelError: ErrorWire | undefined;
  /** how what is given next is to be read */
  declare reading: ReadingChoice;
  readonly #watch = new Watch(this);
  readonly #output = new OutputChoice(this);
  readonly #views = new ViewSwitch(this);
  readonly #jobs = new LateJobs(this, () =>
    this.#views.view.name === 'desk' ? openManuscript(this.list, this.#output.options) : undefined,
  );

  constructor() {
    super();
    this.transcriber = undefined;
    this.models = [];
    this.hub = '';
    this.offer = undefined;
    this.desk = undefined;
    this.list = EMPTY_LIST;
    this.recording = undefined;
    this.changing = undefined;
    this.modelError = undefined;
    this.reading = recallReading();
    this.addEventListener('sources-given', (event) => this.#read(event.detail));
    this.addEventListener('record-start', (event) => this.#record(event.detail.deviceId));
    this.addEventListener('job-toggle', (event) => {
      this.list = toggled(this.list, event.detail.id);
    });
    this.addEventListener('job-retry', (event) => this.#again(event.detail.id));
    this.addEventListener('job-remove', (event) => this.#remove(event.detail.id));
    this.addEventListener('model-chosen', (event) => void this.#useModel(event.detail.id));
    this.addEventListener('reading-chosen', (event) => {
      this.reading = event.detail;
      rememberReading(event.detail);
    });
    this.addEventListener('job-reread', ({ detail }) =>
      this.#again(detail.id, { language: detail.language }),
    );
    this.addEventListener('read-here', () => this.offer?.stayHere());
    this.addEventListener('download-cancel', () => this.#cancelDownload());
    this.addEventListener('engine-retry', () => void this.#useModel(this.transcriber?.status.model));
  }

  static override styles = [base, controls, sottoAppStyles];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('transcriber')) this.#watch.follow(this.transcriber);
    if (this.list.jobs.length > 0) this.#jobs.need();
  }

  override render() {
    const status = this.transcriber?.status;
    return html`
      <div class="page">
        ${pageTop(this.#views.view)}
        <place-line
          .status=${status}
          .model=${this.#model(status?.model)}
          .offer=${this.offer}
        ></place-line>
        <div class="notices"></div>
        <main ?hidden=${this.#views.view.name !== 'desk'}>
          <section class="card sources" aria-label=${pageWords.sources()}>
            <recorder-panel .job=${this.recording}></recorder-panel>
            <source-panel></source-panel>
          </section>
          <section class="jobs" aria-labelledby="transcripts">${jobsSection({
            list: this.list,
            late: this.#jobs,
            status,
            models: this.models,
            hub: this.hub,
            output: this.#output.options,
            desk: this.desk,
          })}</section>
          <section class="card model" aria-label=${modelWords.title()}>
            <model-panel
              .models=${this.models}
              .current=${status?.model ?? ''}
              .hub=${this.hub}
              .busy=${this.changing !== undefined}
              .error=${this.modelError}
            ></model-panel>
            <place-panel .offer=${this.offer}></place-panel>
            <reading-panel .model=${this.#model(status?.model)} .choice=${this.reading}></reading-panel>
          </section>
        </main>
        ${this.#late()}
        ${pageFoot()}
      </div>
    `;
  }

  #late() {
    const { transcriber, models, hub, offer, desk, reading } = this;
    if (transcriber === undefined) return nothing;
    return this.#views.render({
      transcriber,
      models,
      hub,
      offer,
      desk,
      reading,
      output: this.#output.options,
    });
  }

  #model(id: string | undefined): ModelChoice | undefined {
    return this.models.find((model) => model.id === id);
  }

  #options(): TranscribeOptions {
    const model = this.#model(this.transcriber?.status.model) ?? { languages: ['en'], translates: false };
    return optionsOf(this.reading, model);
  }

  /** Lists jobs that were started elsewhere: what an earlier visit left unfinished. */
  show(jobs: readonly Job[]): void {
    this.list = withJobs(this.list, jobs);
  }

  #start(transcriber: Transcriber, source: Source, options: TranscribeOptions, again?: Job): Job {
    return this.desk?.transcribe(source, options, again) ?? transcriber.transcribe(source, options);
  }

  #read(sources: readonly Source[]): void {
    const { transcriber } = this;
    if (transcriber === undefined) return;
    this.list = withJobs(
      this.list,
      sources.map((source) => this.#start(transcriber, source, this.#options())),
    );
    void this.#reveal(this.list.jobs[0]?.id);
  }

  #record(deviceId: string | undefined): void {
    if (this.transcriber === undefined || this.recording !== undefined) return;
    const time = new Intl.DateTimeFormat(currentLocale(), { timeStyle: 'short' }).format(new Date());
    const job = this.#start(
      this.transcriber,
      { kind: 'live', name: sourceWords.recording(time), ...(deviceId === undefined ? {} : { deviceId }) },
      this.#options(),
    );
    this.#follow(job);
    this.list = withJobs(this.list, [job]);
    void this.#reveal(job.id);
  }

  /** Reads a job's source once more, otherwise than now chosen where `other` says so. */
  #again(id: string, other: TranscribeOptions = {}): void {
    const job = this.list.jobs.find((one) => one.id === id);
    if (job === undefined || this.transcriber === undefined) return;
    const { source = job.snapshot.source } = job.snapshot.kept ?? {};
    if (source.kind === 'live' && this.recording !== undefined) return;
    const attempt = this.#start(this.transcriber, source, { ...this.#options(), ...other }, job);
    if (source.kind === 'live') this.#follow(attempt);
    this.list = retried(this.list, id, attempt);
    void this.#reveal(attempt.id, 'focus');
  }

  #remove(id: string): void {
    const { list, focus } = removed(this.list, id);
    this.list = list;
    void this.updateComplete.then(() => {
      const heading = this.renderRoot.querySelector<HTMLElement>('#transcripts');
      (focus === undefined ? heading : this.#card(focus))?.focus();
    });
  }

  /** The record button is this recording's until it has ended. */
  #follow(job: Job): void {
    this.recording = job;
    void job.ended.then(() => {
      if (this.recording === job) this.recording = undefined;
    });
  }

  async #reveal(id: string | undefined, how?: 'focus'): Promise<void> {
    await this.updateComplete;
    const card = id === undefined ? null : this.#card(id);
    card?.scrollIntoView({ block: 'nearest' });
    if (how === 'focus') card?.focus();
  }

  #card(id: string): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`job-card[data-job="${CSS.escape(id)}"]`);
  }

  async #useModel(id: string | undefined): Promise<void> {
    if (this.transcriber === undefined || id === undefined || this.changing !== undefined) return;
    this.modelError = undefined;
    this.changing = changeModel(this.transcriber, id);
    const error = await this.changing.result;
    this.changing = undefined;
    if (error === undefined) remember('model', id);
    else if (error.code !== 'cancelled') this.modelError = error;
  }

  /** A download is wanted by whoever chose the model, or by the jobs that wait for it. */
  #cancelDownload(): void {
    if (this.changing !== undefined) {
      this.changing.cancel();
      return;
    }
    for (const job of this.list.jobs) {
      if (!hasEnded(job.snapshot.state)) job.cancel();
    }
  }
}
