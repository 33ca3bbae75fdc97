/** Draws what is in view of a sound. Its cost goes with the width, not with the sound's length. */
import { clock } from '../quantities.ts';
import type { PeakList } from './peak-list.ts';
import { firstWhere } from './sorted.ts';
import type { WaveColours } from './wave-colours.ts';
import { isWhole, marksOf, type WaveView } from './wave-view.ts';

export interface ColouredSpan {
  readonly start: number;
  readonly end: number;
  /** any CSS colour */
  readonly colour?: string | undefined;
}

export interface WavePicture {
  /** CSS pixels */
  readonly width: number;
  readonly height: number;
  /** device pixels in one of them */
  readonly ratio: number;
  readonly view: WaveView;
  /** of the sound, seconds */
  readonly duration: number;
  /** where it is played, seconds */
  readonly time: number;
  readonly peaks: PeakList;
  /** in the order of their starts */
  readonly spans: readonly ColouredSpan[];
  readonly colours: WaveColours;
  readonly font: string;
}

const RULER = 20;
const STRIP = 4;
const PLACE = 3;
const PLACE_LEAST = 12;
const BAR = 2;
const PITCH = 3;
/** A recording of silence is not blown up to look like speech. */
const LEAST_LOUDEST = 40;
/** Peaks are square roots of what was measured; bars stand halfway between both, so that pauses and stress are seen. */
const SHAPE = 1.5;

export function paintWave(canvas: CanvasRenderingContext2D, picture: WavePicture): void {
  const { ratio, width, height, view } = picture;
  canvas.setTransform(ratio, 0, 0, ratio, 0, 0);
  canvas.clearRect(0, 0, width, height);
  if (!(view.seconds > 0)) return;
  const x = (seconds: number) => ((seconds - view.from) / view.seconds) * width;
  paintSpans(canvas, picture, x);
  paintRuler(canvas, picture, x);
  paintBars(canvas, picture, x);
  paintPlace(canvas, picture);
  canvas.fillStyle = picture.colours.cursor;
  const at = Math.min(width - 2, Math.max(0, Math.round(x(picture.time)) - 1));
  canvas.fillRect(at, RULER - 4, 2, height - RULER + 4);
}

type Across = (seconds: number) => number;

/** A tint behind the bars and a strip below them; spans of one colour that touch are one rectangle. */
function paintSpans(canvas: CanvasRenderingContext2D, picture: WavePicture, x: Across): void {
  const { spans, view, height, colours } = picture;
  let open: { from: number; to: number; colour: string } | undefined;
  const close = () => {
    if (open === undefined) return;
    const wide = Math.max(1, open.to - open.from);
    canvas.fillStyle = open.colour;
    canvas.globalAlpha = 0.13;
    canvas.fillRect(open.from, RULER, wide, height - RULER);
    canvas.globalAlpha = 1;
    canvas.fillRect(open.from, height - STRIP, wide, STRIP);
  };
  for (let i = firstWhere(spans, ({ end }) => end > view.from); i < spans.length; i++) {
    const { start, end, colour } = spans[i]!;
    if (start >= view.from + view.seconds) break;
    const [from, to] = [x(start), x(end)];
    const filled = colour === undefined ? colours.speech : colours.of(colour);
    if (open !== undefined && open.colour === filled && from - open.to < 1) {
      open.to = Math.max(open.to, to);
    } else {
      close();
      open = { from, to, colour: filled };
    }
  }
  close();
}

function paintRuler(canvas: CanvasRenderingContext2D, picture: WavePicture, x: Across): void {
  const { view, width, height, colours, font } = picture;
  canvas.font = font;
  canvas.textBaseline = 'middle';
  for (const mark of marksOf(view, width)) {
    const at = Math.round(x(mark));
    canvas.fillStyle = colours.line;
    canvas.fillRect(at, 0, 1, height);
    const words = clock(mark);
    if (at + 5 + canvas.measureText(words).width > width) continue;
    canvas.fillStyle = colours.mark;
    canvas.fillText(words, at + 5, RULER / 2 + 1);
  }
}

/** Along the upper edge: which part of the whole is in view. */
function paintPlace(canvas: CanvasRenderingContext2D, picture: WavePicture): void {
  const { view, duration, width, colours } = picture;
  if (isWhole(view, { duration, width })) return;
  canvas.fillStyle = colours.bar;
  const wide = Math.max(PLACE_LEAST, (view.seconds / duration) * width);
  const at = (view.from / Math.max(1e-6, duration - view.seconds)) * (width - wide);
  canvas.beginPath();
  canvas.roundRect(at, 0, wide, PLACE, PLACE / 2);
  canvas.fill();
}

/** Bars stand at multiples of their width in the sound, so that they do not shimmer as it moves. */
function paintBars(canvas: CanvasRenderingContext2D, picture: WavePicture, x: Across): void {
  const { peaks, view, width, height, time, colours } = picture;
  const wide = (PITCH * view.seconds) / width;
  const room = height - RULER - STRIP - 6;
  const middle = RULER + 3 + room / 2;
  const loudest = Math.max(LEAST_LOUDEST, peaks.loudest);
  const played = new Path2D();
  const ahead = new Path2D();
  const end = Math.ceil((view.from + view.seconds) / wide);
  for (let bar = Math.floor(view.from / wide); bar < end; bar++) {
    const peak = peaks.height(bar * wide, (bar + 1) * wide);
    if (peak === undefined) break;
    const tall = Math.max(2, room * (peak / loudest) ** SHAPE);
    const path = bar * wide < time ? played : ahead;
    path.roundRect(x(bar * wide), middle - tall / 2, BAR, tall, 1);
  }
  canvas.fillStyle = colours.bar;
  canvas.fill(ahead);
  canvas.fillStyle = colours.played;
  canvas.fill(played);
}
