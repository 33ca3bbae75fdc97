/** Which part of a sound is in view, and how it is zoomed and moved. Pure; seconds, and CSS pixels. */

export interface WaveView {
  /** the second at the left edge */
  readonly from: number;
  /** seconds from edge to edge */
  readonly seconds: number;
}

export interface WaveRoom {
  /** of the sound, seconds */
  readonly duration: number;
  /** pixels from edge to edge */
  readonly width: number;
}

/** At most so many pixels for a second: then each bar is one peak. */
const CLOSEST = 150;
/** Where the moment that is followed stands after a page was turned. */
const FOLLOWED_AT = 0.1;

export const whole = ({ duration }: WaveRoom): WaveView => ({ from: 0, seconds: duration });

export const isWhole = (view: WaveView, { duration }: WaveRoom): boolean => view.seconds >= duration;

export const isClosest = (view: WaveView, { width }: WaveRoom): boolean => view.seconds <= width / CLOSEST;

/** `factor` over 1 is closer. The moment `at` stays where it is. */
export function zoomed(view: WaveView, factor: number, at: number, room: WaveRoom): WaveView {
  const closest = Math.min(room.duration, room.width / CLOSEST);
  const seconds = Math.min(room.duration, Math.max(closest, view.seconds / factor));
  const share = view.seconds > 0 ? (at - view.from) / view.seconds : 0;
  return moved({ from: at - share * seconds, seconds }, 0, room);
}

/** Never past either end. */
export function moved(view: WaveView, by: number, { duration }: WaveRoom): WaveView {
  const seconds = Math.min(view.seconds, duration);
  return { from: Math.max(0, Math.min(view.from + by, duration - seconds)), seconds };
}

/** Turns the page when `time` is not in view. */
export function following(view: WaveView, time: number, room: WaveRoom): WaveView {
  if (isInView(view, time)) return view;
  return moved({ ...view, from: time - FOLLOWED_AT * view.seconds }, 0, room);
}

export const isInView = ({ from, seconds }: WaveView, time: number): boolean =>
  time >= from && time < from + seconds;

/** Seconds between the marks of a ruler. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];
/** Pixels that a mark's words need. */
const MARK_WIDTH = 76;

/** Moments to be marked, in view. */
export function marksOf({ from, seconds }: WaveView, width: number): readonly number[] {
  if (!(seconds > 0)) return [];
  const least = (MARK_WIDTH * seconds) / width;
  const step = STEPS.find((one) => one >= least) ?? Math.ceil(least / 3600) * 3600;
  const first = Math.ceil(from / step);
  const count = Math.max(0, Math.floor((from + seconds) / step) - first + 1);
  return Array.from({ length: count }, (_, index) => (first + index) * step);
}
