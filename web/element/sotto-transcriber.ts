import { LitElement, type PropertyValues } from 'lit';
import type { ErrorWire } from '../../shared/errors.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { LadderStep } from '../client/local.ts';
import type { Job, JobSnapshot, Source } from '../client/transcriber.ts';
import { captionsFor } from './captions.ts';
import { findTarget, typeAt } from './caret.ts';
import * as events from './events.ts';
import { FormTextElement } from './form-element.ts';
import { type Given, sourceOf, sourceOfMedia } from './given.ts';
import { PROPERTIES } from './properties.ts';
import { Reading } from './reading.ts';
import { isBusy, stateOf } from './state.ts';
import { styles } from './styles.ts';
import { renderView } from './view.ts';
import { errorWords, wordsAround } from './words.ts';

export type Mode = 'dictation' | 'captions' | 'file';

/**
 * Private dictation, captions or transcription on any page, read on the visitor's own device.
 *
 * @element sotto-transcriber
 * @attr {string} model catalogue id (`sotto-demo-en` unless said)
 * @attr {string} language ISO 639-1; found out unless said
 * @attr {transcribe|translate} task
 * @attr {string} server the site that has models and the engine; the script's own unless said
 * @attr {string} ladder where it may run, best first: `webgpu wasm`
 * @attr {dictation|captions|file} mode
 * @attr {string} for id of an input, textarea or contenteditable that receives the text at its caret
 * @attr {string} media id of an audio or video element to caption
 * @attr {boolean} auto-start captions begin with the media; dictation as soon as the page may use the microphone
 * @attr {boolean} disabled
 * @attr {string} name of its value in a form: the whole text
 * @fires {SottoPartialEvent} partial
 * @fires {SottoSegmentEvent} segment
 * @fires {SottoFinalEvent} final
 * @fires {SottoStateChangeEvent} statechange
 * @fires {SottoProgressEvent} progress
 * @fires {SottoErrorEvent} error
 * @slot what the button says
 * @slot place what is said about where it computes
 * @csspart frame @csspart button @csspart meter @csspart status @csspart text @csspart error @csspart place
 * @cssprop --sotto-accent @cssprop --sotto-on-accent @cssprop --sotto-surface @cssprop --sotto-ink
 * @cssprop --sotto-muted @cssprop --sotto-line @cssprop --sotto-alert @cssprop --sotto-radius
 * @cssstate idle @cssstate loading @cssstate waiting @cssstate listening @cssstate reading @cssstate finishing
 * @cssstate failed
 */
export class SottoTranscriber extends FormTextElement {
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = styles;
  static override properties = PROPERTIES;
  declare model: string;
  declare language: string;
  declare task: 'transcribe' | 'translate';
  declare server: string | undefined;
  declare ladder: string;
  declare mode: Mode;
  declare for: string | undefined;
  declare media: string | undefined;
  declare autoStart: boolean;
  declare name: string | undefined;
  /** @internal */
  declare snapshot: JobSnapshot | undefined;
  /** @internal */
  declare failure: { readonly message: string; readonly next: string } | undefined;
  /** @internal */
  declare over: boolean;
  readonly #reading = new Reading({
    changed: (snapshot) => this.#changed(snapshot),
    downloading: (loaded, total) => this.#progress('download', loaded, total),
    failed: (error) => void this.#fail(error),
  });
  #state: events.ElementState = 'idle';
  /** segments of the running job that were told */
  #told = 0;
  #onSegment: (segment: Segment) => void = () => undefined;
  #percent: number | undefined;

  constructor() {
    super();
    this.model = 'sotto-demo-en';
    this.language = 'auto';
    this.task = 'transcribe';
    this.ladder = 'webgpu wasm';
    this.mode = 'dictation';
    this.autoStart = false;
    this.disabled = false;
    this.required = false;
    this.over = false;
  }

  get state(): events.ElementState {
    return this.#state;
  }
  protected get requiredMessage(): string {
    return wordsAround(this).words.required;
  }
  /** what was read since the last start */
  get segments(): readonly Segment[] {
    return this.snapshot?.segments ?? [];
  }

  /** Listens, or reads the media it captions. Does nothing while something goes on; see `error` when it fails. */
  async start(): Promise<void> {
    if (this.mode !== 'captions') return void (await this.#begin(this.#microphone()));
    const media = this.#media();
    const source = media === undefined ? undefined : sourceOfMedia(media);
    if (media === undefined || source === undefined) return this.#fail({ code: 'file_unreadable' });
    const { words, tag } = wordsAround(this);
    const language = this.language === 'auto' ? tag : this.language;
    const captions = captionsFor(media, words.caption, this.task === 'translate' ? 'en' : language);
    // A stream's clock begins when it is listened to, a file's at its beginning.
    const shift = source.kind === 'live' ? media.currentTime : 0;
    await this.#begin(source, (segment) => captions.add(segment, shift));
  }
  /** Ends the listening; the last words are still read. */
  stop(): void {
    this.#reading.stop();
  }
  /** Ends everything at once; what was finished stays. */
  abort(): void {
    this.#reading.abort();
  }
  /** Reads to the end and gives the text. Rejects with a DOMException when it cannot, or is aborted. */
  async transcribe(given: Given): Promise<string> {
    const job = await this.#begin(sourceOf(given));
    if (job === undefined)
      throw new DOMException('It is busy, disabled or could not begin.', 'InvalidStateError');
    const { state, segments } = await job.ended;
    if (state.name === 'done') return textOf(segments);
    const code = 'error' in state ? state.error.code : 'cancelled';
    throw new DOMException(code, code === 'cancelled' ? 'AbortError' : 'OperationError');
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.autoStart) void this.updateComplete.then(() => this.#autoStart());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // An element that is only moved is connected again before this runs.
    queueMicrotask(() => {
      if (!this.isConnected) this.abort();
    });
  }

  override formResetCallback(): void {
    this.abort();
    this.snapshot = undefined;
    super.formResetCallback();
  }
  override formDisabledCallback(disabled: boolean): void {
    super.formDisabledCallback(disabled);
    if (disabled) this.abort();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.get('disabled') === false && this.disabled) this.abort();
  }

  override render() {
    const partial = this.snapshot?.partial;
    const { words } = wordsAround(this);
    return renderView({
      mode: this.mode,
      state: this.#state,
      disabled: this.isDisabled,
      words,
      level: Math.min(1, (this.snapshot?.level ?? 0) * 4),
      percent: this.#percent,
      committed: partial?.committed ?? '',
      tentative: partial?.tentative ?? '',
      text: this.for === undefined && this.mode !== 'captions' ? this.value : undefined,
      failure: this.failure,
      over: this.over,
      onPress: () => this.#press(),
      onFile: (file) => void this.#begin(sourceOf(file)),
      onOver: (over) => {
        this.over = over;
      },
    });
  }

  #press(): void {
    if (this.#state === 'listening') this.stop();
    else if (isBusy(this.#state)) this.abort();
    else void this.start();
  }

  #microphone(): Source {
    return { kind: 'live', name: this.name ?? 'dictation' };
  }

  async #begin(
    source: Source,
    onSegment: (segment: Segment) => void = () => undefined,
  ): Promise<Job | undefined> {
    if (this.isDisabled || this.#reading.busy) return undefined;
    this.failure = undefined;
    this.snapshot = undefined;
    this.#told = 0;
    this.#onSegment = onSegment;
    this.#become('loading');
    const { server, model, language, task } = this;
    const ladder = this.ladder.split(/[\s,]+/).filter(isDevice);
    return this.#reading.begin(
      source,
      { model, language, task },
      { hub: HUB, ladder, ...(server === undefined ? {} : { site: new URL('./', server).href }) },
    );
  }

  #changed(snapshot: JobSnapshot): void {
    const before = this.snapshot;
    this.snapshot = snapshot;
    for (const segment of snapshot.segments.slice(this.#told)) this.#tell(segment);
    this.#told = snapshot.segments.length;
    const { committed, tentative } = snapshot.partial;
    if (before?.partial !== snapshot.partial && committed + tentative !== '') {
      this.dispatchEvent(new events.SottoPartialEvent(committed, tentative));
    }
    const { doneSeconds, totalSeconds } = snapshot.progress;
    if (snapshot.state.name === 'reading' && before?.progress.doneSeconds !== doneSeconds) {
      this.#progress('read', doneSeconds, totalSeconds);
    }
    if (before?.state === snapshot.state) return;
    this.#percent = undefined;
    this.#become(stateOf(snapshot));
    if ('error' in snapshot.state) void this.#fail(snapshot.state.error);
    if (ENDS.has(snapshot.state.name)) {
      this.dispatchEvent(new events.SottoFinalEvent(textOf(snapshot.segments), snapshot.segments));
    }
  }

  #tell(segment: Segment): void {
    this.addText(segment.text);
    this.#onSegment(segment);
    const target = this.for === undefined ? undefined : findTarget(this.getRootNode(), this.for);
    if (target !== undefined) typeAt(target, segment.text);
    this.dispatchEvent(new events.SottoSegmentEvent(segment));
  }

  #progress(phase: 'download' | 'read', loaded: number, total: number | undefined): void {
    this.#percent =
      total === undefined || total === 0 ? undefined : Math.min(99, Math.floor((100 * loaded) / total));
    this.requestUpdate();
    this.dispatchEvent(new events.SottoProgressEvent(phase, loaded, total));
  }

  async #fail(error: ErrorWire): Promise<void> {
    this.#become('failed');
    const words = await errorWords(error.code, wordsAround(this).tag);
    this.failure = words;
    this.dispatchEvent(new events.SottoErrorEvent(error.code, words.message, words.next));
  }

  #become(state: events.ElementState): void {
    const previous = this.#state;
    if (previous === state) return;
    this.#state = state;
    this.internals.states.delete(previous);
    this.internals.states.add(state);
    this.requestUpdate();
    this.dispatchEvent(new events.SottoStateChangeEvent(state, previous));
  }

  #media(): HTMLMediaElement | undefined {
    const root = this.getRootNode();
    const scope = root instanceof ShadowRoot ? root : document;
    const found = this.media === undefined ? null : scope.getElementById(this.media);
    return found instanceof HTMLMediaElement ? found : undefined;
  }

  /** Captions begin with the media; a microphone only where the page may use it already, without asking. */
  async #autoStart(): Promise<void> {
    if (this.mode === 'captions') {
      this.#media()?.addEventListener('play', () => void this.start(), { once: true });
    } else if (this.mode === 'dictation' && (await mayListen())) await this.start();
  }
}

const HUB = 'https://huggingface.co';
const ENDS: ReadonlySet<string> = new Set(['done', 'cancelled', 'failed']);

const isDevice = (name: string): name is LadderStep => name === 'webgpu' || name === 'wasm';

const textOf = (segments: readonly Segment[]): string => segments.map(({ text }) => text).join(' ');

async function mayListen(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'microphone' })).state === 'granted';
  } catch {
    return false; // a browser that cannot say would ask
  }
}
