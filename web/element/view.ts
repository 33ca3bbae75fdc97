/** What the element shows, of what it is told. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Failure } from './order.ts';
import { type ElementState, isBusy } from './state.ts';
import type { Words } from './words.ts';

export type Mode = 'dictation' | 'captions' | 'file';

/** What changes while something goes on. */
export interface Shown {
  /** 0 to 1 */
  readonly level: number;
  readonly committed: string;
  readonly tentative: string;
  /** the latest final sentence: what screen readers say */
  readonly latest: string;
  /** 0 to 1, of the model that is fetched, or of the recording that is read */
  readonly fetched: number | undefined;
  readonly read: number | undefined;
  /** what of this device computes, once that is known */
  readonly rung: string | undefined;
  /** the server that it is sent to, while it is */
  readonly host: string | undefined;
  /** what it waits for, where that is neither a model nor its turn here */
  readonly doing: string | undefined;
  readonly question: TemplateResult | undefined;
  readonly silent: boolean;
  readonly failure: Failure | undefined;
  /** a recording hovers over it */
  readonly over: boolean;
}

export const NOTHING_SHOWN: Shown = {
  level: 0,
  committed: '',
  tentative: '',
  latest: '',
  fetched: undefined,
  read: undefined,
  rung: undefined,
  host: undefined,
  doing: undefined,
  question: undefined,
  silent: false,
  failure: undefined,
  over: false,
};

export interface View extends Shown {
  readonly mode: Mode;
  readonly state: ElementState;
  readonly disabled: boolean;
  readonly words: Words;
  /** its own text; undefined where somebody else shows it */
  readonly text: string | undefined;
  readonly demo: boolean;
  /** it may ask whether it may be sent to a server */
  readonly asks: boolean;
  readonly onPress: () => void;
  /** before the press takes the focus away from where somebody writes */
  readonly onPointer: (event: Event) => void;
  readonly onFile: (file: File) => void;
  readonly onOver: (over: boolean) => void;
}

export function renderView(view: View): TemplateResult {
  const { words, state, latest, failure, mode, text, committed, tentative } = view;
  return html`<div
    part="frame"
    class="frame ${mode} ${state} ${view.over ? 'over' : ''}"
    @dragover=${(event: DragEvent) => drag(event, view)}
    @dragleave=${() => view.onOver(false)}
    @drop=${(event: DragEvent) => drop(event, view)}
  >
    <div class="row">
      ${button(view)}
      ${mode === 'file' && !isBusy(state) ? html`<span class="muted">${words.drop}</span>` : nothing}
      ${state === 'listening' ? meter(view.level) : nothing}
      <span part="status" class="muted" role="status">${statusText(view)}</span>
      ${progress(view)}
    </div>
    ${text ? html`<div part="text" class="text">${text}</div>` : nothing}
    ${
      committed + tentative === ''
        ? nothing
        : html`<div part="partial" class="text" aria-hidden="true">${committed} <i>${tentative}</i></div>`
    }
    <div>
      <div class="unseen" role="log" aria-label=${words.title}>${latest}</div>
      <div role="alert">
        ${view.question}${failure ? html`<p part="error" class="error">${failure.message} ${failure.next}</p>` : nothing}
      </div>
      <div part="place" class="muted small">
        <slot name="place">${place(view)}</slot>
      </div>
    </div>
  </div>`;
}

const LABELS = { dictation: 'start', captions: 'caption', file: 'choose' } as const;

/** One and the same button throughout, so that it keeps the focus; what it says is what it does. */
function button({ state, mode, words, disabled, onPress, onPointer, onFile }: View): TemplateResult {
  const label = isBusy(state) ? (state === 'listening' ? words.stop : words.cancel) : undefined;
  return html`<button
      part="button"
      type="button"
      ?disabled=${disabled}
      @mousedown=${onPointer}
      @click=${onPress}
    >
      <span class="dot" aria-hidden="true"></span>${label ?? html`<slot>${words[LABELS[mode]]}</slot>`}
    </button>
    <input
      type="file"
      accept="audio/*,video/*"
      hidden
      @change=${({ target }: Event & { target: HTMLInputElement }) => {
        const [file] = target.files ?? [];
        target.value = '';
        if (file) onFile(file);
      }}
    />`;
}

/** Drawn, as the page's policy may forbid styles. */
const meter = (level: number): TemplateResult =>
  html`<svg part="meter" viewBox="0 0 100 9" preserveAspectRatio="none" aria-hidden="true">
    <rect width="100" height="9" opacity=".2" />
    <rect width=${Math.round(100 * level)} height="9" />
  </svg>`;

function progress({ fetched, read, words }: View): TemplateResult | typeof nothing {
  const share = fetched ?? read;
  return share === undefined
    ? nothing
    : html`<progress
        part="progress"
        .value=${share}
        aria-label=${fetched === undefined ? words.reading : words.fetching}
      ></progress>`;
}

function statusText({ state, words, fetched, silent, doing }: View): string {
  if (!isBusy(state)) return silent ? words.silent : '';
  const said = words[state as Exclude<ElementState, 'idle' | 'failed'>];
  const more = doing ?? (fetched === undefined ? undefined : words.fetching);
  return more && state === 'listening' ? `${said}. ${more}` : (more ?? said);
}

const place = ({ rung, host, asks, demo, words }: View): string =>
  [host ? words.sent + host : asks ? words.asks : words.onDevice, rung, demo && words.demo]
    .filter(Boolean)
    .join(' · ');

const takesFile = ({ mode, disabled, state }: View): boolean =>
  mode === 'file' && !disabled && !isBusy(state);

function drag(event: DragEvent, view: View): void {
  if (!takesFile(view)) return;
  event.preventDefault();
  view.onOver(true);
}

function drop(event: DragEvent, view: View): void {
  view.onOver(false);
  const [file] = event.dataTransfer?.files ?? [];
  if (!takesFile(view) || !file) return;
  event.preventDefault();
  view.onFile(file);
}
