import { html, nothing, type PropertyValues } from 'lit';
import { SottoElement } from '../element.ts';
import { currentLocale } from '../locale.ts';
import { clock, share } from '../quantities.ts';
import { base, controls } from '../styles.ts';
import { playerWords } from '../words/player.ts';
import { checkStyles } from './check-styles.ts';
import type { SoundPlayer } from './media-player.ts';
import type { ColouredSpan } from './paint-wave.ts';
import { icon, type PlayerIcon } from './player-icons.ts';
import type { Player } from './player-port.ts';
import { RATES, rateName } from './rates.ts';
import { recordingPlayerStyles } from './recording-player-styles.ts';
import type { SoundWave } from './sound-wave.ts';
import { WaveSource } from './wave-source.ts';

/** Seconds of the buttons back and forward. */
const JUMP = 5;

/** Keys of the slider, and by how many seconds each moves. */
const KEYS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -30,
  PageUp: 30,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** Any player; one that can fail says so. */
export type ShownPlayer = Player & { readonly failure?: SoundPlayer['failure'] };

/** The waveform of a recording and what plays it. Closing the player is the business of who made it. */
export class RecordingPlayer extends SottoElement {
  static override properties = {
    player: { attribute: false },
    sound: { attribute: false },
    spans: { attribute: false },
  };
  declare player: ShownPlayer | undefined;
  /** what the waveform is drawn of; measured while this element is on the page */
  declare sound: Blob | undefined;
  /** where somebody speaks, in seconds, each in the colour of who it is */
  declare spans: readonly ColouredSpan[];
  readonly #source = new WaveSource(() => this.#grown());
  #unsubscribe: (() => void) | undefined;
  #sorted: readonly ColouredSpan[] = [];
  /** what was rendered last: only another is rendered */
  #shown = '';

  constructor() {
    super();
    this.player = undefined;
    this.sound = undefined;
    this.spans = [];
  }

  static override styles = [base, controls, checkStyles, recordingPlayerStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#source.follow(this.sound);
    this.#subscribe();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#source.stop();
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('sound') && this.isConnected) this.#source.follow(this.sound);
    if (changed.has('player') && this.isConnected) this.#subscribe();
    if (changed.has('spans')) this.#sorted = this.spans.toSorted((a, b) => a.start - b.start);
  }

  override render() {
    const { player } = this;
    if (player === undefined && this.sound === undefined) return nothing;
    const off = player === undefined || player.failure !== undefined;
    return html`<section aria-label=${playerWords.title()}>
      <div class="picture" data-state=${this.#source.state}>
      <sound-wave
        .peaks=${this.#source.peaks}
        .spans=${this.#sorted}
        .duration=${this.#duration}
        @wave-seek=${(event: CustomEvent<number>) => player?.seek(event.detail)}
        @wave-view=${() => this.requestUpdate()}
      ></sound-wave>
      ${this.#progress()}
      </div>
      ${this.#slider(off)}
      <div class="row">
        <div class="group">
          ${this.#jump('back', -JUMP, off)}
          <button
            class="round play"
            aria-label=${player?.playing ? playerWords.pause() : playerWords.play()}
            ?disabled=${off}
            @click=${() => (player?.playing ? player.pause() : player?.play())}
          >
            ${icon(player?.playing ? 'pause' : 'play')}
          </button>
          ${this.#jump('forward', JUMP, off)}
        </div>
        <p class="clock">
          <strong>${clock(player?.time ?? 0)}</strong> <span class="muted">/ ${clock(this.#duration)}</span>
        </p>
        ${this.#choices(off)} ${this.#zoom()}
      </div>
      ${this.#notes()}
    </section>`;
  }

  protected override updated(): void {
    const wave = this.#wave;
    if (wave !== null) wave.time = this.player?.time ?? 0;
  }

  get #wave(): SoundWave | null {
    return this.renderRoot.querySelector('sound-wave');
  }

  get #duration(): number {
    const { seconds = 0, peaks } = this.#source;
    return this.player?.duration || Math.max(seconds, peaks.seconds);
  }

  #slider(off: boolean) {
    const { player } = this;
    const [time, total] = [clock(player?.time ?? 0), clock(this.#duration)];
    return html`<input
      type="range"
      min="0"
      step="any"
      aria-label=${playerWords.position()}
      aria-valuetext=${playerWords.ofTotal(time, total)}
      .max=${String(Math.max(this.#duration, 0.01))}
      .value=${String(player?.time ?? 0)}
      ?disabled=${off}
      @input=${(event: Event & { target: HTMLInputElement }) => player?.seek(event.target.valueAsNumber)}
      @keydown=${(event: KeyboardEvent) => {
        const by = KEYS[event.key];
        if (by === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        this.#by(by);
      }}
    />`;
  }

  #jump(name: PlayerIcon & ('back' | 'forward'), by: number, off: boolean) {
    return html`<button class="round" aria-label=${playerWords[name](JUMP)} ?disabled=${off} @click=${() => this.#by(by)}>
      <span class="turn">${icon(name)}</span><span class="five" aria-hidden="true">${JUMP}</span>
    </button>`;
  }

  #choices(off: boolean) {
    const { player } = this;
    const locale = currentLocale();
    return html`<select
        class="field speed"
        aria-label=${playerWords.speed()}
        ?disabled=${off}
        @change=${(event: Event & { target: HTMLSelectElement }) => player?.setRate(Number(event.target.value))}
      >
        ${RATES.map(
          (rate) => html`<option value=${rate} .selected=${rate === (player?.rate ?? 1)}>
            ${rateName(rate, locale)}
          </option>`,
        )}
      </select>
      <label class="check">
        <input
          type="checkbox"
          role="switch"
          .checked=${player?.skipsSilence ?? false}
          ?disabled=${off || this.#sorted.length === 0}
          @change=${(event: Event & { target: HTMLInputElement }) => player?.setSkipsSilence(event.target.checked)}
        />
        ${playerWords.skip()}
      </label>`;
  }

  #zoom() {
    const wave = this.#wave;
    const button = (name: PlayerIcon & ('zoomIn' | 'zoomOut' | 'zoomWhole'), can: boolean) =>
      html`<button
        class="round"
        aria-label=${playerWords[name]()}
        title=${playerWords[name]()}
        aria-disabled=${!can}
        @click=${() => this.#wave?.[name]()}
      >
        ${icon(name)}
      </button>`;
    const [closer, wider] = [wave?.canZoomIn ?? false, wave?.canZoomOut ?? false];
    return html`<div class="group end" role="group" aria-label=${playerWords.zoom()}>
      ${button('zoomOut', wider)} ${button('zoomIn', closer)} ${button('zoomWhole', wider)}
    </div>`;
  }

  #progress() {
    const { state, peaks } = this.#source;
    if (state !== 'measuring') return nothing;
    const known = this.#duration > peaks.seconds;
    const done = known ? share(peaks.seconds / this.#duration, currentLocale()) : undefined;
    return html`<p class="progress muted small">
      ${done === undefined ? playerWords.drawingOn() : playerWords.drawing(done)}
    </p>`;
  }

  #notes() {
    if (this.player?.failure !== undefined) {
      return html`<p class="note" role="alert">${playerWords.unplayable()}</p>`;
    }
    return this.#source.state === 'partial' ? html`<p class="note">${playerWords.partial()}</p>` : nothing;
  }

  #by(seconds: number): void {
    const { player } = this;
    player?.seek(Math.min(player.duration, Math.max(0, player.time + seconds)));
  }

  #subscribe(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = this.player?.subscribe(() => this.#moved());
  }

  /** Every frame: the picture is told the time, and the rest is rendered when it would be another. */
  #moved(): void {
    const { player } = this;
    if (player === undefined) return;
    const wave = this.#wave;
    if (wave !== null) wave.time = player.time;
    const { duration, playing, rate, skipsSilence, failure } = player;
    const shown = JSON.stringify([
      Math.floor(player.time * 4),
      duration,
      playing,
      rate,
      skipsSilence,
      failure,
    ]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.requestUpdate();
  }

  #grown(): void {
    this.#wave?.grown();
    this.requestUpdate();
  }
}
