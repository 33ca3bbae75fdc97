import { html, type PropertyValues } from 'lit';
import { SottoElement } from '../element.ts';
import { recordingWords } from '../words/recording.ts';
import { type LineAct, tellAct } from './line-acts.ts';

/** Milliseconds without a key until what was typed is in the document. */
const PAUSE_MS = 300;

type FieldAct = Extract<LineAct, { readonly caret: number; readonly text: string }>['act'];

/** The text of one line while it is being written. It keeps what is typed: the document has it tidied, a moment later. */
export class LineField extends SottoElement {
  static override properties = { line: { type: Number }, text: {}, caret: { type: Number } };
  declare line: number;
  declare text: string;
  /** where the caret is to be at first */
  declare caret: number;
  #timer = 0;
  /** what the document was told last */
  #told: string | undefined;

  constructor() {
    super();
    this.line = 0;
    this.text = '';
    this.caret = 0;
  }

  /** In the list's own tree, whose styles it has. */
  protected override createRenderRoot() {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  override render() {
    return html`<textarea
      rows="1"
      spellcheck="true"
      aria-label=${recordingWords.lineText()}
      @input=${this.#typed}
      @keydown=${this.#key}
      @blur=${this.#left}
    ></textarea>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const area = this.#area;
    if (area === null) return;
    if (changed.has('line')) {
      this.#told = undefined;
      clearTimeout(this.#timer);
    }
    // Written by somebody else: taken back, replaced.
    if (changed.has('line') || (changed.has('text') && this.text !== this.#told)) {
      area.value = this.text;
      this.#told = this.text;
      area.focus({ preventScroll: true });
      area.setSelectionRange(this.caret, this.caret);
      this.#fit(area);
      area.scrollIntoView({ block: 'nearest' });
    } else if (changed.has('caret') && document.activeElement !== area) {
      area.setSelectionRange(this.caret, this.caret);
    }
  }

  get #area(): HTMLTextAreaElement | null {
    return this.querySelector('textarea');
  }

  /** Where the browser does not do it by itself. */
  #fit(area: HTMLTextAreaElement): void {
    if (CSS.supports('field-sizing', 'content')) return;
    area.style.blockSize = 'auto';
    area.style.blockSize = `${area.scrollHeight}px`;
  }

  readonly #typed = ({ target }: Event & { target: HTMLTextAreaElement }): void => {
    this.#fit(target);
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#write(), PAUSE_MS);
  };

  /** A line without text is taken out when it is left, not while somebody is about to write it anew. */
  #write(): void {
    clearTimeout(this.#timer);
    const text = tidied(this.#area?.value ?? this.text);
    if (text === '' || text === this.#told) return;
    this.#told = text;
    tellAct(this, { act: 'write', id: this.line, text });
  }

  readonly #left = (): void => {
    // The window was left, not the field.
    if (!document.hasFocus()) {
      this.#write();
      return;
    }
    this.#tell('left');
  };

  readonly #key = (event: KeyboardEvent & { currentTarget: HTMLTextAreaElement }): void => {
    if (event.isComposing) return;
    const act = this.#actOf(event);
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#tell(act);
  };

  #actOf({
    key,
    ctrlKey,
    metaKey,
    altKey,
    shiftKey,
    currentTarget: area,
  }: KeyboardEvent & {
    currentTarget: HTMLTextAreaElement;
  }): FieldAct | undefined {
    const { value, selectionStart, selectionEnd } = area;
    const caret = selectionStart === selectionEnd ? selectionStart : undefined;
    if (altKey || shiftKey) return undefined;
    if (ctrlKey || metaKey) {
      if (key === 'Enter') return 'play';
      // What the field itself can take back is taken back there.
      return key.toLowerCase() === 'z' && tidied(value) === this.text && value === this.#told
        ? 'undo'
        : undefined;
    }
    switch (key) {
      case 'Enter':
        return 'split-here';
      case 'Escape':
        return 'done';
      case 'Backspace':
        return caret === 0 ? 'merge-before' : undefined;
      case 'Delete':
        return caret === value.length ? 'merge-after' : undefined;
      case 'ArrowUp':
        return caret === 0 ? 'above' : undefined;
      case 'ArrowDown':
        return caret === value.length ? 'below' : undefined;
      default:
        return undefined;
    }
  }

  #tell(act: FieldAct): void {
    const { value: text, selectionStart: caret } = this.#area ?? { value: this.text, selectionStart: 0 };
    if (act === 'play') this.#write();
    else {
      clearTimeout(this.#timer);
      // What the view makes of it is told back.
      this.#told = tidied(text);
    }
    tellAct(this, { act, id: this.line, text, caret });
  }
}

const tidied = (text: string): string => text.replace(/\s+/g, ' ').trim();
