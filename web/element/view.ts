/** What the element shows, of what it is told. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ElementState } from './events.ts';
import { isBusy } from './state.ts';
import type { Words } from './words.ts';

export interface View {
  readonly mode: 'dictation' | 'captions' | 'file';
  readonly state: ElementState;
  readonly disabled: boolean;
  readonly words: Words;
  /** 0 to 1 */
  readonly level: number;
  /** whole percent of what is fetched or read; undefined where that is not known */
  readonly percent: number | undefined;
  readonly committed: string;
  readonly tentative: string;
  /** its own text is shown: nobody else shows it */
  readonly text: string | undefined;
  readonly failure: { readonly message: string; readonly next: string } | undefined;
  readonly over: boolean;
  readonly onPress: () => void;
  readonly onFile: (file: File) => void;
  readonly onOver: (over: boolean) => void;
}

export function renderView(view: View): TemplateResult {
  return html`<div
    part="frame"
    class="frame ${view.over ? 'over' : ''}"
    role="group"
    aria-label=${view.words.title}
    @dragover=${(event: DragEvent) => drag(event, view)}
    @dragleave=${() => view.onOver(false)}
    @drop=${(event: DragEvent) => drop(event, view)}
  >
    <div class="row">
      ${isBusy(view.state) || view.mode !== 'file' ? button(view) : chooser(view)}
      ${
        view.state === 'listening'
          ? html`<meter part="meter" min="0" max="1" .value=${view.level} aria-hidden="true"></meter>`
          : nothing
      }
      <p part="status" class="status" role="status">${statusText(view)}</p>
    </div>
    ${
      view.text === undefined
        ? nothing
        : html`<p part="text" class="text" aria-live="polite" ?hidden=${view.text === ''}>${view.text}</p>`
    }
    ${
      view.committed === '' && view.tentative === ''
        ? nothing
        : html`<p part="partial" class="text" aria-hidden="true">
            ${view.committed} <span class="tentative">${view.tentative}</span>
          </p>`
    }
    ${
      view.failure === undefined
        ? nothing
        : html`<p part="error" class="error" role="alert">${view.failure.message} ${view.failure.next}</p>`
    }
    <p part="place" class="place"><slot name="place">${view.words.onDevice}</slot></p>
  </div>`;
}

const LABELS = { dictation: 'start', captions: 'caption', file: 'choose' } as const;

function button({ state, mode, words, disabled, onPress }: View): TemplateResult {
  const live = state === 'listening';
  const label = live ? words.stop : isBusy(state) ? words.cancel : undefined;
  return html`<button
    part="button"
    type="button"
    class=${isBusy(state) ? (live ? 'on' : 'quiet') : ''}
    ?disabled=${disabled || state === 'finishing'}
    @click=${onPress}
  >
    <span class="dot" aria-hidden="true"></span>${label ?? html`<slot>${words[LABELS[mode]]}</slot>`}
  </button>`;
}

function chooser({ words, disabled, onFile }: View): TemplateResult {
  return html`<span class="muted">${words.drop}</span>
    <input
      id="file"
      type="file"
      accept="audio/*,video/*"
      ?disabled=${disabled}
      @change=${(event: Event & { target: HTMLInputElement }) => {
        const [file] = event.target.files ?? [];
        event.target.value = '';
        if (file !== undefined) onFile(file);
      }}
    />
    <label part="button" class="choose" for="file"><slot>${words.choose}</slot></label>`;
}

function statusText({ state, words, percent }: View): string {
  if (state === 'idle' || state === 'failed') return '';
  // Said once, not at each percent: the figure is not part of what screen readers announce.
  return percent === undefined ? words[state] : `${words[state]} ${percent}%`;
}

function drag(event: DragEvent, { mode, disabled, state, onOver }: View): void {
  if (mode !== 'file' || disabled || isBusy(state)) return;
  event.preventDefault();
  onOver(true);
}

function drop(event: DragEvent, { mode, disabled, state, onOver, onFile }: View): void {
  onOver(false);
  const [file] = event.dataTransfer?.files ?? [];
  if (mode !== 'file' || disabled || isBusy(state) || file === undefined) return;
  event.preventDefault();
  onFile(file);
}
