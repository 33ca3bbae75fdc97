import { css, html, nothing, type PropertyValues } from 'lit';
import type { Transcriber } from '../../client/transcriber.ts';
import { SottoElement } from '../element.ts';
import { currentLocale } from '../locale.ts';
import { bytes } from '../quantities.ts';
import type { ServerOffer } from '../server-offer.ts';
import { base, controls } from '../styles.ts';
import { Watch } from '../watch.ts';
import { errorWords } from '../words/errors.ts';
import { rungName } from '../words/place.ts';
import { settingsWords } from '../words/settings.ts';
import { type BrowserFacts, browserFacts, type GpuFacts, gpuFacts } from './gpu-facts.ts';
import { OWN_LADDER, type StepState, shownSteps } from './ladder-view.ts';
import { sectionStyles } from './settings-styles.ts';

/** Where it may run, where it does, why not elsewhere, and what the browser says it has. */
export class DeviceSection extends SottoElement {
  static override properties = {
    transcriber: { attribute: false },
    offer: { attribute: false },
    gpu: { state: true },
  };
  declare transcriber: Transcriber | undefined;
  declare offer: ServerOffer | undefined;
  declare gpu: GpuFacts | undefined;
  readonly #watch = new Watch(this);
  readonly #watchOffer = new Watch(this);

  constructor() {
    super();
    this.transcriber = undefined;
    this.offer = undefined;
    this.gpu = undefined;
  }

  static override styles = [
    base,
    controls,
    sectionStyles,
    css`
      place-panel {
        max-inline-size: 30rem;
      }
      ol {
        margin-block-start: 0.4rem;
        padding-inline-start: 1.4rem;
        font-size: 0.9375rem;
      }
      li {
        padding-block: 0.15rem;
      }
      .runs {
        font-weight: 600;
      }
      dl {
        display: grid;
        grid-template-columns: minmax(9rem, max-content) minmax(0, 1fr);
        gap: 0.35rem 1.25rem;
        margin: 0.5rem 0 0;
        font-size: 0.9375rem;
      }
      dt {
        color: var(--muted);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      .features {
        font-size: 0.8125rem;
      }
      @media (max-width: 30rem) {
        dl {
          grid-template-columns: minmax(0, 1fr);
          gap: 0;
        }
        dd {
          margin-block-end: 0.5rem;
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    // Undefined where the browser has no WebGPU at all, whatever its declaration says.
    const gpu: GPU | undefined = navigator.gpu;
    void gpuFacts(gpu).then((facts) => {
      this.gpu = facts;
    });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('transcriber')) this.#watch.follow(this.transcriber);
    if (changed.has('offer')) this.#watchOffer.follow(this.offer);
  }

  override render() {
    const status = this.transcriber?.status;
    if (status === undefined) return nothing;
    const { offer } = this;
    const steps = shownSteps(offer?.ladder ?? OWN_LADDER, status, offer?.place.models);
    return html`<section class="card section" aria-labelledby="title">
      <h2 id="title" tabindex="-1">${settingsWords.device()}</h2>
      ${
        offer === undefined
          ? html`<p class="about">${settingsWords.noServer()}</p>`
          : html`<place-panel .offer=${offer}></place-panel>`
      }
      <div class="block">
        <h3>${settingsWords.order()}</h3>
        <ol>
          ${steps.map(
            ({ step, state }) => html`<li data-step=${step} data-state=${state.name}>
              <span class=${state.name === 'runs' ? 'runs' : ''}>${rungName(step)}</span>
              <span class="muted">· ${stateText(state)}</span>
            </li>`,
          )}
        </ol>
      </div>
      <div class="block">
        <h3>${settingsWords.facts()}</h3>
        ${this.#facts(browserFacts())}
      </div>
    </section>`;
  }

  #facts({ cores, memory, threads, decodesFiles, keepsFiles }: BrowserFacts) {
    const locale = currentLocale();
    const whether = (has: boolean) => (has ? settingsWords.yes() : settingsWords.no());
    const adapter = this.gpu?.name === 'adapter' ? this.gpu : undefined;
    const facts: readonly (readonly [string, unknown])[] = [
      [settingsWords.gpu(), this.gpu === undefined ? '…' : gpuText(this.gpu)],
      ...(adapter === undefined
        ? []
        : ([
            [settingsWords.halfFloats(), whether(adapter.halfFloats)],
            [settingsWords.largestBuffer(), bytes(adapter.largestBuffer, locale)],
            [settingsWords.features(), html`<span class="features">${adapter.features.join(', ')}</span>`],
          ] as const)),
      ...(cores === undefined ? [] : ([[settingsWords.cores(), cores]] as const)),
      ...(memory === undefined
        ? []
        : ([[settingsWords.memory(), settingsWords.atLeast(bytes(memory * 1e9, locale))]] as const)),
      [settingsWords.threads(), whether(threads)],
      [settingsWords.decodes(), whether(decodesFiles)],
      [settingsWords.keepsFiles(), whether(keepsFiles)],
    ];
    return html`<dl>
      ${facts.map(([name, fact]) => html`<dt>${name}</dt><dd>${fact}</dd>`)}
    </dl>`;
  }
}

function gpuText(facts: GpuFacts): string {
  if (facts.name === 'adapter') {
    return facts.software ? `${facts.label}, ${settingsWords.software()}` : facts.label;
  }
  return facts.lacks === 'api' ? settingsWords.gpuNoApi() : settingsWords.gpuNoAdapter();
}

function stateText(state: StepState): string {
  switch (state.name) {
    case 'runs':
      return settingsWords.runs();
    case 'starting':
      return settingsWords.starting();
    case 'waits':
      return settingsWords.waits();
    case 'without-model':
      return settingsWords.withoutModel();
    case 'left':
      return settingsWords.left(errorWords(state.error.code).message);
  }
}
