import { type CSSResultOrNative, html, type LitElement, nothing, type PropertyValues } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { ifDefined } from 'lit/directives/if-defined.js';
import { repeat } from 'lit/directives/repeat.js';
import { SottoElement } from '../element.ts';
import { currentLocale } from '../locale.ts';
import { onceAFrame } from '../once-a-frame.ts';
import { clock, isoDuration } from '../quantities.ts';
import { AUTO } from '../reading-choice.ts';
import { base, controls } from '../styles.ts';
import { captionWords } from '../words/captions.ts';
import { captionListStyles } from './caption-list-styles.ts';
import { type CaptionLine, finalOf, linesOf, type OpenLine, openLinesOf, shownOf } from './lines.ts';
import { type Look, recallLook, SIZES } from './look.ts';
import { type Reading, readingAt } from './scroll.ts';
import { sheetIn } from './second-window.ts';
import type { CaptionSession } from './session.ts';
import type { Side } from './sound.ts';

/** What a side is called. */
export type Names = Readonly<Record<Side, string>>;

/**
 * The captions themselves. The newest is in view until somebody scrolls back. It can be moved into another document,
 * and follows its session in the frames of the window that it is in: the page's own may be hidden.
 */
export class CaptionList extends SottoElement {
  static override properties = {
    session: { attribute: false },
    names: { attribute: false },
    look: { attribute: false },
    place: { reflect: true },
    scheme: { reflect: true },
    reading: { state: true },
  };
  declare session: CaptionSession | undefined;
  declare names: Names;
  declare look: Look;
  declare place: 'page' | 'window';
  declare scheme: string;
  declare reading: Reading;
  readonly #frame = onceAFrame(
    () => this.requestUpdate(),
    () => this.ownerDocument.defaultView ?? window,
  );
  #unsubscribe: (() => void) | undefined;
  #sizes: ResizeObserver | undefined;
  /** what is shown, as of the last change: the level of a sound is no part of it */
  #shown: readonly unknown[] = [];
  /** what the lines were made of */
  #made: readonly unknown[] = [];
  #lines: readonly CaptionLine[] = [];

  constructor() {
    super();
    this.session = undefined;
    this.names = { you: '', others: '' };
    this.look = recallLook();
    this.place = 'page';
    this.scheme = 'page';
    this.reading = 'newest';
  }

  static override styles = [base, controls, captionListStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#join();
    this.reading = 'newest';
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave();
    this.#frame.cancel();
    this.#sizes?.disconnect();
    this.#sizes = undefined;
  }

  /** In another document the sheets are gone: a sheet belongs to one. */
  adoptedCallback(): void {
    const { defaultView } = this.ownerDocument;
    if (defaultView === null || !(this.renderRoot instanceof ShadowRoot)) return;
    const styles: CSSResultOrNative[] = (this.constructor as typeof LitElement).elementStyles;
    this.renderRoot.adoptedStyleSheets = styles.map((style) => sheetIn(defaultView, textOf(style)));
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('session')) {
      this.#leave();
      if (this.isConnected) this.#join();
      this.reading = 'newest';
    }
    this.scheme = this.look.scheme;
    this.style.setProperty('--size', `${SIZES[this.look.size] ?? 2}rem`);
  }

  override render() {
    const lines = this.#linesNow();
    const { you, others } = this.names;
    const open = this.session === undefined ? [] : openLinesOf(this.session);
    const several = new Set(this.session?.tracks.map(({ side }) => side)).size > 1;
    return html`
      <div class="scroller" tabindex="0" role="group" aria-label=${captionWords.captions()} @scroll=${this.#scrolled}>
        <div
          role="log"
          aria-live=${this.look.readAloud === 'on' ? 'polite' : 'off'}
          aria-label=${captionWords.finalText()}
        >
          <ol class="lines" role="list">
            ${guard([lines, several, you, others, currentLocale()], () =>
              repeat(
                lines,
                ({ key }) => key,
                (line) => this.#line(line, several),
              ),
            )}
          </ol>
        </div>
        ${open.map((line) => this.#open(line, several, lastSide(lines)))}
        ${lines.length + open.length === 0 ? html`<p class="empty">${this.#instead()}</p>` : nothing}
      </div>
      ${
        this.reading === 'newest'
          ? nothing
          : html`<div class="newest">
              <button class="button" @click=${this.#toNewest}>${captionWords.toNewest()}</button>
            </div>`
      }
    `;
  }

  /** The same list as before where only what is open has changed: hours of lines are not gone through for it. */
  #linesNow(): readonly CaptionLine[] {
    const { session } = this;
    const made = finalOf(session);
    if (made.length !== this.#made.length || made.some((part, index) => part !== this.#made[index])) {
      this.#made = made;
      this.#lines = session === undefined ? [] : linesOf(session);
    }
    return this.#lines;
  }

  #line(line: CaptionLine, several: boolean) {
    const time = html`<time datetime=${isoDuration(line.at)}>${clock(line.at)}</time>`;
    switch (line.kind) {
      case 'said':
        return html`<li>
          ${line.head ? html`<span class="head">${several ? this.#who(line.side) : nothing}${time}</span>` : nothing}
          <span class="text" lang=${ifDefined(known(line.language))}>${line.text}</span>
        </li>`;
      case 'note':
        return html`<li class="aside" data-kind="note">
          ${time} <span class="visually-hidden">${captionWords.note()}</span> ${line.text}
        </li>`;
      case 'pause':
        return html`<li class="aside" data-kind="pause">
          ${
            line.until === undefined
              ? captionWords.pausedSince(clock(line.at))
              : captionWords.pausedFor(clock(line.at), clock(line.until))
          }
        </li>`;
    }
  }

  #who(side: Side) {
    return html`<span class=${side}>${this.names[side]}</span>`;
  }

  #open({ key, side, committed, tentative, language }: OpenLine, several: boolean, last: Side | undefined) {
    return html`<p class="open" aria-hidden="true" data-open=${key} lang=${ifDefined(known(language))}>
      ${several && last !== side ? html`<span class="head">${this.#who(side)}</span>` : nothing}
      <span data-testid="committed">${committed}</span>${committed === '' || tentative === '' ? '' : ' '}<span
        class="tentative"
        data-testid="tentative"
        >${tentative}</span
      >
    </p>`;
  }

  #instead(): string {
    const phase = this.session?.phase;
    if (phase === undefined) return captionWords.notStarted();
    return phase === 'ended' ? captionWords.nothingSaid() : captionWords.waitingForWords();
  }

  protected override updated(): void {
    const scroller = this.#scroller();
    if (scroller === null) return;
    if (this.#sizes === undefined) {
      const { ResizeObserver: Observer } = (this.ownerDocument.defaultView ?? window) as typeof globalThis;
      this.#sizes = new Observer(() => this.#follow());
      this.#sizes.observe(scroller);
    }
    this.#follow();
  }

  #scroller(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.scroller');
  }

  #follow(): void {
    const scroller = this.#scroller();
    if (scroller !== null && this.reading === 'newest') scroller.scrollTop = scroller.scrollHeight;
  }

  readonly #scrolled = (): void => {
    const scroller = this.#scroller();
    if (scroller !== null) this.reading = readingAt(scroller);
  };

  readonly #toNewest = (): void => {
    this.reading = 'newest';
    this.#follow();
    this.#scroller()?.focus({ preventScroll: true });
  };

  #join(): void {
    this.#unsubscribe ??= this.session?.subscribe(() => {
      const parts = shownOf(this.session);
      if (parts.some((part, index) => part !== this.#shown[index])) this.#frame.request();
      this.#shown = parts;
    });
  }

  #leave(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }
}

const known = (language: string): string | undefined => (language === AUTO ? undefined : language);

const lastSide = (lines: readonly CaptionLine[]): Side | undefined => {
  const last = lines.at(-1);
  return last?.kind === 'said' ? last.side : undefined;
};

const textOf = (style: CSSResultOrNative): string =>
  style instanceof CSSStyleSheet
    ? [...style.cssRules].map(({ cssText }) => cssText).join('\n')
    : style.cssText;
