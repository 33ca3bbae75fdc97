/** Where a window that has become as long as the model reads is cut, when no pause closed it. */
import { SAMPLE_RATE } from '../audio/pcm.ts';
import { SILENCE_DB, STEP, type Track } from './levels.ts';
import { FRAME } from './silero.ts';

/** samples; a shorter gap between runs is a consonant, not a place to cut */
const GAP = Math.round(0.09 * SAMPLE_RATE);

/** Consecutive speech frames, in samples: `from` and `to` as the VAD said, `start` and `end` as the loudness says. `to` grows while it is spoken. */
export interface Run {
  readonly from: number;
  to: number;
  readonly start: number;
  end: number;
}

export interface Gathering {
  readonly start: number;
  readonly runs: Run[];
  /** what was cut out of longer speech is never a click */
  readonly continues: boolean;
}

export const lastRun = (window: Gathering): Run => window.runs[window.runs.length - 1]!;

/** The longest pause of the window's second half, as the number of runs before it; undefined when there is none. */
export function longestGap(window: Gathering, max: number): number | undefined {
  let best: number | undefined;
  let longest = GAP;
  for (let i = 1; i < window.runs.length; i++) {
    const previous = window.runs[i - 1]!;
    const gap = window.runs[i]!.from - previous.to;
    if (previous.to - window.start >= max / 2 && gap >= longest) {
      best = i;
      longest = gap;
    }
  }
  return best;
}

/** The quietest 40 ms of the window's last third, as far as they are in its last run. In samples of the source. */
export function quietestPoint(
  window: Gathering,
  max: number,
  now: number,
  heard: { readonly levels: Track; readonly probabilities: Track },
): number {
  const from = Math.max(window.start + Math.floor((max * 2) / 3), lastRun(window).from + FRAME);
  let best = Math.max(from, now - FRAME);
  let lowest = Number.POSITIVE_INFINITY;
  for (let i = Math.ceil(from / STEP); i * STEP <= now - FRAME; i++) {
    let score = 10 * heard.probabilities.at(Math.floor((i * STEP) / FRAME), 1);
    for (let k = -2; k < 3; k++) score += heard.levels.at(i + k, SILENCE_DB) / 5;
    if (score <= lowest) {
      lowest = score;
      best = i * STEP;
    }
  }
  return Math.min(best, now);
}
