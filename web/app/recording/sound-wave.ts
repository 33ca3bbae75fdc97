import { css, html, type PropertyValues } from 'lit';
import { SottoElement } from '../element.ts';
import { onceAFrame } from '../once-a-frame.ts';
import { base } from '../styles.ts';
import { type ColouredSpan, paintWave } from './paint-wave.ts';
import { PeakList } from './peak-list.ts';
import { readColours, type WaveColours, watchColours } from './wave-colours.ts';
import { wavePointer } from './wave-pointer.ts';
import {
  following,
  isClosest,
  isInView,
  isWhole,
  moved,
  type WaveRoom,
  type WaveView,
  whole,
  zoomed,
} from './wave-view.ts';

const STEP = 2;

/**
 * The picture of a sound. For the eye and the pointer: by keyboard and for screen readers there is the slider beside
 * it. Tells `wave-seek` with a moment in seconds, and `wave-view` when it was zoomed.
 */
export class SoundWave extends SottoElement {
  static override properties = {
    peaks: { attribute: false },
    spans: { attribute: false },
    duration: { attribute: false },
  };
  declare peaks: PeakList;
  /** in the order of their starts */
  declare spans: readonly ColouredSpan[];
  /** seconds */
  declare duration: number;
  #time = 0;
  #view: WaveView = { from: 0, seconds: 0 };
  #width = 0;
  #height = 0;
  #colours: WaveColours | undefined;
  #follows = true;
  #unwatch: (() => void) | undefined;
  readonly #draw = onceAFrame(() => this.#paint());
  readonly #sizes = new ResizeObserver(() => this.#measure());
  readonly #pointer = wavePointer({
    seek: (event) => this.#seek(event),
    pan: (pixels) => this.#pan((pixels / this.#width) * this.#view.seconds),
    zoom: (factor, event) => this.#zoom(factor, this.#momentAt(event)),
    canPan: () => this.canZoomOut,
  });

  constructor() {
    super();
    this.peaks = new PeakList();
    this.spans = [];
    this.duration = 0;
  }

  static override styles = [
    base,
    css`
      canvas {
        display: block;
        inline-size: 100%;
        block-size: 7rem;
        cursor: pointer;
        touch-action: pan-y;
        font-size: 0.6875rem;
      }
      .probe {
        position: absolute;
        visibility: hidden;
      }
    `,
  ];

  /** The moment that is played; a plain setter, for it comes every frame. */
  set time(time: number) {
    if (time === this.#time) return;
    const pixel = this.#pixelOf(this.#time);
    this.#time = time;
    if (isInView(this.#view, time)) this.#follows = true;
    const view = this.#follows ? following(this.#view, time, this.#room) : this.#view;
    if (view !== this.#view) this.#show(view);
    else if (this.#pixelOf(time) !== pixel) this.#draw.request();
  }

  get time(): number {
    return this.#time;
  }

  get canZoomIn(): boolean {
    return this.duration > 0 && !isClosest(this.#view, this.#room);
  }

  get canZoomOut(): boolean {
    return !isWhole(this.#view, this.#room);
  }

  zoomIn(): void {
    this.#zoom(STEP);
  }

  zoomOut(): void {
    this.#zoom(1 / STEP);
  }

  zoomWhole(): void {
    this.#show(whole(this.#room));
  }

  /** More peaks have come. */
  grown(): void {
    this.#draw.request();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unwatch = watchColours(() => {
      this.#colours = undefined;
      this.#draw.request();
    });
    if (this.hasUpdated) this.#sizes.observe(this.#canvas);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch?.();
    this.#sizes.disconnect();
    this.#draw.cancel();
  }

  override render() {
    return html`<canvas
        aria-hidden="true"
        @pointerdown=${this.#pointer.down}
        @pointermove=${this.#pointer.move}
        @pointerup=${this.#pointer.up}
        @pointercancel=${this.#pointer.cancel}
        @wheel=${this.#pointer.wheel}
      ></canvas
      ><span class="probe" aria-hidden="true"></span>`;
  }

  protected override firstUpdated(): void {
    this.#sizes.observe(this.#canvas);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('duration')) {
      const before = changed.get('duration') ?? 0;
      const wasWhole = this.#view.seconds === 0 || this.#view.seconds >= before;
      this.#show(wasWhole ? whole(this.#room) : moved(this.#view, 0, this.#room));
    }
    this.#draw.request();
  }

  get #canvas(): HTMLCanvasElement {
    return this.renderRoot.querySelector('canvas')!;
  }

  get #room(): WaveRoom {
    return { duration: this.duration, width: Math.max(1, this.#width) };
  }

  #measure(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    this.#width = clientWidth;
    this.#height = clientHeight;
    this.#show(zoomed(this.#view, 1, this.#view.from, this.#room));
  }

  #pixelOf(time: number): number {
    const { from, seconds } = this.#view;
    return Math.round(((time - from) / seconds) * this.#width * devicePixelRatio);
  }

  #show(view: WaveView): void {
    this.#view = view;
    this.#draw.request();
    this.dispatchEvent(new CustomEvent('wave-view'));
  }

  #zoom(factor: number, at?: number): void {
    const { from, seconds } = this.#view;
    const centre = isInView(this.#view, this.#time) ? this.#time : from + seconds / 2;
    this.#show(zoomed(this.#view, factor, at ?? centre, this.#room));
  }

  #pan(seconds: number): void {
    this.#follows = false;
    this.#show(moved(this.#view, seconds, this.#room));
  }

  #momentAt({ clientX }: MouseEvent): number {
    const { left, width } = this.#canvas.getBoundingClientRect();
    const moment = this.#view.from + ((clientX - left) / width) * this.#view.seconds;
    return Math.min(this.duration, Math.max(0, moment));
  }

  #seek(event: MouseEvent): void {
    if (this.duration === 0) return;
    this.dispatchEvent(new CustomEvent<number>('wave-seek', { detail: this.#momentAt(event) }));
  }

  #paint(): void {
    if (this.#width === 0) return;
    const canvas = this.#canvas;
    const context = canvas.getContext('2d');
    if (context === null) return;
    const ratio = devicePixelRatio;
    const [wide, high] = [Math.round(this.#width * ratio), Math.round(this.#height * ratio)];
    if (canvas.width !== wide) canvas.width = wide;
    if (canvas.height !== high) canvas.height = high;
    const { fontSize, fontFamily } = getComputedStyle(canvas);
    this.#colours ??= readColours(this.renderRoot.querySelector<HTMLElement>('.probe')!);
    paintWave(context, {
      width: this.#width,
      height: this.#height,
      ratio,
      view: this.#view,
      duration: this.duration,
      time: this.#time,
      peaks: this.peaks,
      spans: this.spans,
      colours: this.#colours,
      font: `${fontSize} ${fontFamily}`,
    });
  }
}
