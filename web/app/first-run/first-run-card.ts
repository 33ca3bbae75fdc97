import { html, nothing, type PropertyValues } from 'lit';
import type { Job } from '../../client/transcriber.ts';
import { SottoElement } from '../element.ts';
import { emit } from '../events.ts';
import { hasEnded } from '../job-list.ts';
import { currentLocale } from '../locale.ts';
import type { DeviceKind, ModelChoice } from '../model-choice.ts';
import { remember } from '../preferences.ts';
import { bytes } from '../quantities.ts';
import { base, controls } from '../styles.ts';
import { firstRunWords } from '../words/first-run.ts';
import { ENGINE_BYTES, type FirstRun, firstRun } from './first-run.ts';
import { firstRunStyles } from './first-run-styles.ts';

const STEPS = ['where', 'speak', 'words'] as const;
type Step = (typeof STEPS)[number];

/** Leads a newcomer to words of their own. The desk has one, hidden; it shows itself where somebody is new. */
export class FirstRunCard extends SottoElement {
  static override properties = {
    jobs: { attribute: false },
    models: { attribute: false },
    current: {},
    hub: {},
    device: { state: true },
    isClosed: { state: true },
  };
  declare jobs: readonly Job[];
  declare models: readonly ModelChoice[];
  /** id of the model in use */
  declare current: string;
  /** address the models come from */
  declare hub: string;
  /** undefined: nobody is new here */
  declare device: DeviceKind['device'] | undefined;
  declare isClosed: boolean;
  #state: FirstRun = { name: 'over' };
  #unsubscribe: readonly (() => void)[] = [];

  constructor() {
    super();
    this.jobs = [];
    this.models = [];
    this.current = '';
    this.hub = '';
    this.device = undefined;
    this.isClosed = false;
  }

  static override styles = [base, controls, firstRunStyles];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('jobs')) this.#follow();
    const before = this.#state;
    this.#state = firstRun({
      isKnown: this.device === undefined,
      isClosed: this.isClosed,
      isDemo: this.models.find(({ id }) => id === this.current)?.demo ?? false,
      jobs: this.jobs.map(({ snapshot }) => ({
        hasWords: snapshot.segments.length > 0 || snapshot.partial.committed !== '',
        hasEnded: hasEnded(snapshot.state),
      })),
    });
    this.hidden = this.#state.name === 'over';
    // Whoever has seen their words is new no more.
    if (before.name !== this.#state.name && this.#state.name === 'better') this.#done();
  }

  override render() {
    switch (this.#state.name) {
      case 'over':
        return nothing;
      case 'better':
        return this.#better();
      default:
        return this.#steps(this.#state.name);
    }
  }

  #steps(at: 'speak' | 'words') {
    return html`<section class="card" aria-labelledby="title">
      ${this.#head(firstRunWords.title())}
      <ol>
        ${STEPS.map((step, index) => this.#step(step, index, STEPS.indexOf(at)))}
      </ol>
    </section>`;
  }

  #step(step: Step, index: number, at: number) {
    const isDone = index < at;
    return html`<li class=${isDone ? 'done' : ''} aria-current=${index === at ? 'step' : nothing}>
      <span class="number" aria-hidden="true">${isDone ? '✓' : index + 1}</span>
      <p class="what">
        ${firstRunWords[step]()}${isDone ? html`<span class="visually-hidden"> (${firstRunWords.done()})</span>` : nothing}
      </p>
      <p>${this.#about(step, index === at)}</p>
      ${step === 'speak' && !isDone ? this.#straight() : nothing}
    </li>`;
  }

  #about(step: Step, isNow: boolean): string {
    switch (step) {
      case 'where':
        return firstRunWords.whereText();
      case 'speak':
        return firstRunWords.speakText(this.#size(this.models.find(({ demo }) => demo)));
      case 'words':
        return isNow ? firstRunWords.waiting() : firstRunWords.wordsText();
    }
  }

  #straight() {
    const better = this.#recommended();
    if (better === undefined) return nothing;
    return html`<button class="button" @click=${() => this.#use(better)}>
      ${firstRunWords.straight(better.label, this.#size(better))}
    </button>`;
  }

  #better() {
    const better = this.#recommended();
    if (better === undefined) return nothing;
    const host = URL.canParse(this.hub) ? new URL(this.hub).host : this.hub;
    return html`<section class="card better" aria-labelledby="title">
      ${this.#head(firstRunWords.better())}
      <p>${firstRunWords.betterText(better.label, bytes(better.bytes, currentLocale()), host)}</p>
      <button class="button primary" @click=${() => this.#use(better)}>
        ${firstRunWords.take(better.label)}
      </button>
    </section>`;
  }

  #head(title: string) {
    return html`<div class="head">
      <h3 id="title">${title}</h3>
      <button class="button quiet" @click=${this.#close}>${firstRunWords.close()}</button>
    </div>`;
  }

  #recommended(): ModelChoice | undefined {
    return this.models.find(({ recommended }) => recommended);
  }

  /** With the engine, which comes with the first model. */
  #size(model: ModelChoice | undefined): string {
    return bytes((model?.bytes ?? 0) + ENGINE_BYTES[this.device ?? 'wasm'], currentLocale());
  }

  #use(model: ModelChoice): void {
    emit(this, 'model-chosen', { id: model.id });
    if (this.#state.name === 'better') this.#close();
  }

  readonly #close = (): void => {
    this.isClosed = true;
    this.#done();
  };

  #done(): void {
    remember('first-run', 'over');
  }

  #follow(): void {
    this.#leave();
    this.#unsubscribe = this.jobs.map((job) => job.subscribe(() => this.#heard(job)));
  }

  /** Only until there are words: a card that is over need not hear of every one of them. */
  #heard({ snapshot }: Job): void {
    const isWaiting = this.#state.name === 'speak' || this.#state.name === 'words';
    const hasWords = snapshot.segments.length > 0 || snapshot.partial.committed !== '';
    if (isWaiting && (hasWords || hasEnded(snapshot.state))) this.requestUpdate();
  }

  #leave(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#unsubscribe = [];
  }
}
