import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { ifDefined } from 'lit/directives/if-defined.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Segment } from '../../shared/transcript/transcript.ts';
import { NO_OPEN_TEXT, type OpenText } from '../client/transcriber.ts';
import { SottoElement } from './element.ts';
import { type OnceAFrame, onceAFrame } from './once-a-frame.ts';
import { clock, isoDuration } from './quantities.ts';
import { rangesOf, revealed } from './reveal.ts';
import { base } from './styles.ts';
import { jobWords } from './words/job.ts';

/**
 * Final text with its times, and below it what is not final yet: first what will not change, then what may.
 *
 * Final text is a polite live region, so new text is read out and only that: while a long transcript is being
 * put on the page a part a frame, the region is off. What is not final is for the eye alone.
 */
export class TranscriptView extends SottoElement {
  static override properties = {
    segments: { attribute: false },
    partial: { attribute: false },
    name: {},
    language: {},
    follow: { type: Boolean },
  };
  declare segments: readonly Segment[];
  declare partial: OpenText;
  /** of the source */
  declare name: string;
  /** BCP 47, when known */
  declare language: string | undefined;
  /** keeps the newest text in view while its end is in view */
  declare follow: boolean;

  readonly #nextPart: OnceAFrame = onceAFrame(() => this.requestUpdate());
  #shown = 0;
  #tailInView = false;
  #observer: IntersectionObserver | undefined;

  constructor() {
    super();
    this.segments = [];
    this.partial = NO_OPEN_TEXT;
    this.name = '';
    this.language = undefined;
    this.follow = false;
  }

  static override styles = [
    base,
    css`
      ol {
        padding: 0;
        list-style: none;
      }
      li,
      .partial {
        display: grid;
        grid-template-columns: minmax(3.25rem, auto) minmax(0, 1fr);
        column-gap: 0.75rem;
        align-items: baseline;
        padding-block: 0.22rem;
        font-size: 1.0625rem;
        line-height: 1.6;
        overflow-wrap: anywhere;
      }
      .full {
        content-visibility: auto;
        contain-intrinsic-block-size: auto 40rem;
      }
      time {
        color: var(--muted);
        font-size: 0.8125rem;
        font-variant-numeric: tabular-nums;
        text-align: end;
      }
      .text {
        max-inline-size: 68ch;
        text-wrap: pretty;
      }
      .tentative {
        color: var(--muted);
        font-style: italic;
      }
      .tentative:lang(zh) {
        font-style: normal;
      }
      .dots {
        color: var(--muted);
        text-align: end;
        letter-spacing: 0.1em;
        font-style: normal;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#nextPart.cancel();
    this.#observer?.disconnect();
    this.#observer = undefined;
  }

  protected override willUpdate(): void {
    this.#shown = revealed(this.#shown, this.segments.length);
  }

  override render() {
    const caughtUp = this.#shown === this.segments.length;
    return html`
      <div role="log" aria-live=${caughtUp ? 'polite' : 'off'} aria-label=${jobWords.transcript(this.name)}>
        <div role="list" lang=${ifDefined(this.language)}>
          ${repeat(
            rangesOf(this.#shown),
            (range) => range.from,
            (range) => html`<ol role="none" class=${range.full ? 'full' : 'growing'}>
              ${guard([range.to], () => this.#rows(range.from, range.to))}
            </ol>`,
          )}
        </div>
      </div>
      ${this.#open()}
      <div class="tail"></div>
    `;
  }

  #open() {
    const { committed, tentative } = this.partial;
    if (committed === '' && tentative === '') return nothing;
    const lang = ifDefined(this.language);
    return html`<p class="partial" aria-hidden="true" data-testid="partial" lang=${lang}>
      <span class="dots">···</span>
      <span class="text"
        ><span data-testid="committed">${committed}</span>${committed === '' || tentative === '' ? '' : ' '}<span
          class="tentative"
          data-testid="tentative"
          >${tentative}</span
        ></span
      >
    </p>`;
  }

  #rows(from: number, to: number): TemplateResult {
    return html`${repeat(
      this.segments.slice(from, to),
      (segment) => segment.id,
      (segment) => html`<li role="listitem">
        <time datetime=${isoDuration(segment.start)}>${clock(segment.start)}</time>
        <span class="text">${segment.text}</span>
      </li>`,
    )}`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (this.#shown < this.segments.length) this.#nextPart.request();
    const tail = this.renderRoot.querySelector('.tail');
    if (tail === null) return;
    if (this.#observer === undefined) {
      this.#observer = new IntersectionObserver(([entry]) => {
        this.#tailInView = entry?.isIntersecting ?? false;
      });
      this.#observer.observe(tail);
    }
    if (this.follow && this.#tailInView && (changed.has('segments') || changed.has('partial'))) {
      tail.scrollIntoView({ block: 'nearest' });
    }
  }
}
