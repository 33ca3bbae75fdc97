import { LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { joined } from '../../shared/transcript/spacing.ts';
import type { SottoTranscriberEventMap } from './events.ts';
import type { Given } from './order.ts';
import { PROPERTIES } from './properties.ts';
import { RunningElement, type Settings } from './running-element.ts';
import { isBusy } from './state.ts';
import { styles } from './styles.ts';
import { type Mode, renderView } from './view.ts';

const DEMO_MODEL = 'sotto-demo-en';

/**
 * Private dictation, captions or transcription on any page, computed on the visitor’s own device. What it has and does
 * is listed in custom-elements.json beside it and explained in docs/embed.md.
 */
export class SottoTranscriber extends RunningElement {
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = styles;
  static override properties = PROPERTIES;
  /** catalogue id of the model */
  declare model: string;
  /** what is spoken, ISO 639-1; `auto`: the model finds out */
  declare language: string;
  /** `translate`: into English, where the model can */
  declare task: 'transcribe' | 'translate';
  /** address of the site that has the models, and the server; the script's own unless said */
  declare server: string | undefined;
  /** where it may be computed, best first, of `webgpu`, `wasm` and `server`, which asks the visitor first */
  declare ladder: string;
  declare mode: Mode;
  /** id of an input, textarea or editable element that receives the text at its caret */
  declare for: string | undefined;
  /** id of the audio or video element to caption */
  declare media: string | undefined;
  /** captions begin when their media plays; dictation where the page may already use the microphone */
  declare autoStart: boolean;
  /** milliseconds that an engine nobody uses is kept */
  declare idleMs: number;
  #connection = new AbortController();
  /** of the start that comes by itself */
  #armed = new AbortController();

  constructor() {
    super();
    this.model = DEMO_MODEL;
    this.language = 'auto';
    this.task = 'transcribe';
    this.ladder = 'webgpu wasm';
    this.mode = 'dictation';
    this.autoStart = false;
    this.idleMs = 60_000;
    this.disabled = false;
    this.required = false;
    this.defaultValue = '';
    this.internals.role = 'group';
  }

  /** Listens, or reads the media it captions, to the end. Does nothing while something goes on, or when disabled. */
  async start(): Promise<void> {
    const { media, language, task } = this;
    if (this.#mode !== 'captions') return void (await this.run({ name: 'microphone' }));
    const { words, tag } = this.tongue;
    const read = task === 'translate' ? 'en' : language === 'auto' ? tag : language;
    await this.run({ name: 'captions', media: media ?? '', label: words.caption, language: read });
  }
  /**
   * Reads a recording, an address or a stream to its end and gives its text. Rejects with a DOMException:
   * `AbortError` when aborted, `InvalidStateError` when busy or disabled, `OperationError` with what went wrong.
   */
  async transcribe(given: Given): Promise<string> {
    const how = await this.run({ name: 'given', given });
    if (how === 'done') return joined(this.segments.map(({ text }) => text));
    if (how === undefined) throw new DOMException('It is busy or disabled.', 'InvalidStateError');
    if (how === 'aborted') throw new DOMException('It was aborted.', 'AbortError');
    throw new DOMException(`${how.message} ${how.next}`, 'OperationError');
  }

  override addEventListener<K extends keyof SottoTranscriberEventMap>(
    type: K,
    listener: (this: SottoTranscriber, event: SottoTranscriberEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener, options);
  }

  /** @internal */
  override connectedCallback(): void {
    super.connectedCallback();
    this.#connection = new AbortController();
    const { signal } = this.#connection;
    this.ownerDocument.addEventListener('keydown', (event) => this.#onKey(event), { signal });
    // Pages that change their language say so here.
    const language = new MutationObserver(() => this.requestUpdate());
    language.observe(document.documentElement, { attributeFilter: ['lang'] });
    signal.addEventListener('abort', () => language.disconnect());
    if (this.hasUpdated) this.#arm();
  }
  /** @internal */
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#connection.abort();
    this.#armed.abort();
    // An element that is only moved is connected again by then.
    queueMicrotask(() => {
      if (!this.isConnected) this.abort();
    });
  }
  /** @internal */
  override formResetCallback(): void {
    this.abort();
    super.formResetCallback();
  }
  /** @internal */
  override formDisabledCallback(disabled: boolean): void {
    super.formDisabledCallback(disabled);
    if (disabled) this.abort();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('disabled') && this.disabled) this.abort();
    this.internals.ariaLabel = this.tongue.words.title;
    this.internals.ariaBusy = String(this.state === 'loading' || this.state === 'finishing');
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (['autoStart', 'mode', 'media'].some((name) => changed.has(name))) this.#arm();
    if (changed.has('for')) import('./touched.ts').then(({ watchCarets }) => watchCarets(), console.warn);
  }

  protected override render(): TemplateResult {
    const mode = this.#mode;
    const showsText = this.misplaced || (this.for === undefined && mode !== 'captions');
    return renderView({
      ...this.shown,
      mode,
      state: this.state,
      disabled: this.isDisabled,
      words: this.tongue.words,
      text: showsText ? this.value : undefined,
      demo: this.model === DEMO_MODEL,
      asks: /\bserver\b/.test(this.ladder),
      onPress: () => this.#press(),
      onPointer: (event) => {
        if (this.for !== undefined) event.preventDefault(); // the focus stays in the field, if it is there
      },
      onFile: (file) => void this.run({ name: 'given', given: file }),
      onOver: (over) => this.show({ over }),
    });
  }

  protected get requiredMessage(): string {
    return this.tongue.words.required;
  }
  protected get settings(): Settings {
    const { model, language, task, server, ladder, idleMs } = this;
    return {
      server,
      field: this.for,
      options: { model, language, task },
      ladder,
      idleMs,
      replaces: this.#mode !== 'dictation',
    };
  }
  get #mode(): Mode {
    return this.mode === 'captions' || this.mode === 'file' ? this.mode : 'dictation';
  }

  #press(): void {
    if (isBusy(this.state)) this.stop();
    else if (this.#mode === 'file') this.renderRoot.querySelector('input')?.click();
    else void this.start();
  }

  /** Escape stops, in the element and in the field that it fills. */
  #onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.isComposing || !isBusy(this.state)) return;
    const isOurs = (target: EventTarget): boolean =>
      target === this || (this.for !== undefined && target instanceof Element && target.id === this.for);
    if (!event.composedPath().some(isOurs)) return;
    event.preventDefault();
    this.stop();
  }

  #arm(): void {
    this.#armed.abort();
    if (!this.autoStart) return;
    this.#armed = new AbortController();
    const { signal } = this.#armed;
    import('./auto-start.ts').then(
      ({ startByItself }) => startByItself(this, signal),
      () => this.fail({ code: 'engine_blocked', ...this.tongue.words.blocked }),
    );
  }
}
