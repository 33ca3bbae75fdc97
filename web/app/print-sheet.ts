import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { type Block, blocksOf } from '../../shared/formats/blocks.ts';
import type { OutputOptions } from '../../shared/formats/options.ts';
import type { Printed } from './manuscript.ts';
import { clock } from './quantities.ts';

/**
 * What is on paper, whichever way printing began: title, times and text, outside the page's elements (page.css hides
 * those). It is there only while the browser prints.
 */
class PrintSheet implements ReactiveController {
  readonly #printed: () => Printed | undefined;
  #sheet: HTMLElement | undefined;

  constructor(printed: () => Printed | undefined) {
    this.#printed = printed;
  }

  hostConnected(): void {
    window.addEventListener('beforeprint', this.#show);
    window.addEventListener('afterprint', this.#remove);
  }

  hostDisconnected(): void {
    window.removeEventListener('beforeprint', this.#show);
    window.removeEventListener('afterprint', this.#remove);
    this.#remove();
  }

  readonly #show = (): void => {
    this.#remove();
    const printed = this.#printed();
    if (printed === undefined) return;
    this.#sheet = sheetOf(printed);
    document.body.append(this.#sheet);
  };

  readonly #remove = (): void => {
    this.#sheet?.remove();
    this.#sheet = undefined;
  };
}

/** Has the browser print a manuscript instead of the page, as long as the host is on it. */
export function printing(host: ReactiveControllerHost, printed: () => Printed | undefined): void {
  host.addController(new PrintSheet(printed));
}

function sheetOf({ manuscript, options }: Printed): HTMLElement {
  const { title = '', language, duration, model } = manuscript;
  const timed: OutputOptions = { ...options, times: options.times === 'line' ? 'line' : 'paragraph' };
  const blocks = blocksOf(manuscript, timed);
  const sheet = element('main', '');
  sheet.className = 'print-sheet';
  const text = element('div', '');
  if (language !== 'und') text.lang = language;
  text.append(...blocks.map(paragraphOf));
  sheet.append(element('h1', title), element('p', `${clock(duration)} · ${model}`), text);
  return sheet;
}

function paragraphOf({ kind, time = '', speaker, text }: Block): HTMLElement {
  const paragraph = element('p', '');
  paragraph.append(element('time', time), ' ');
  if (speaker !== undefined) paragraph.append(element('b', `${speaker}:`), ' ');
  paragraph.append(kind === 'note' ? element('i', text) : text);
  return paragraph;
}

function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  text: string,
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
