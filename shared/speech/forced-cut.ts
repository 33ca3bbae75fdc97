/** Where a window that has become as long as the model reads is cut, when no pause closed it. */
import { SAMPLE_RATE } from '../audio/pcm.ts';
import { SILENCE_DB, STEP, type Track } from './levels.ts';
import { FRAME } from './silero.ts';

/** samples; a shorter gap between runs is a consonant, not a place to cut */
const GAP = Math.round(0.09 * SAMPLE_RATE);
/** a gap that long is a pause between words for sure */
const PAUSE = Math.round(0.2 * SAMPLE_RATE);

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
  /** in samples: the sound that the window before has as well, and where the change is best */
  readonly overlap?: { readonly end: number; readonly seam: number };
}

/** How a full window is divided; all in samples. */
export interface ForcedCut {
  readonly head: Gathering;
  /** the head's sound goes no further */
  readonly end: number;
  /** goes on as the open window */
  readonly rest: Gathering;
}

export interface CutRules {
  readonly max: number;
  /** samples that both parts have where there is no gap */
  readonly overlap: number;
  readonly padding: number;
  /** the head keeps all that was heard, even after a gap */
  readonly whenHeard: boolean;
}

interface Heard {
  readonly levels: Track;
  readonly probabilities: Track;
}

export const lastRun = (window: Gathering): Run => window.runs[window.runs.length - 1]!;

/** Divides the window, which is being spoken, at its longest gap, or else where it is quietest, with an overlap. */
export function forcedCut(window: Gathering, now: number, rules: CutRules, heard: Heard): ForcedCut {
  const count = gapOf(window, rules);
  if (count !== undefined) return atGap(window, now, count, rules);
  const at = quietestPoint(window, now, rules, heard);
  const half = Math.floor(rules.overlap / 2);
  const end = rules.whenHeard ? now : Math.min(now, at + half);
  const start = at - half;
  const last = lastRun(window);
  const head = [...window.runs.slice(0, -1), { ...last, to: end, end }];
  const tail: Run = { from: start, to: last.to, start, end: last.end };
  return {
    head: { ...window, runs: head },
    end,
    rest: { start, runs: [tail], continues: true, ...(start < end ? { overlap: { end, seam: at } } : {}) },
  };
}

function atGap(window: Gathering, now: number, count: number, rules: CutRules): ForcedCut {
  const before = window.runs[count - 1]!;
  const next = window.runs[count]!;
  const seam = before.end + Math.floor((next.start - before.end) / 2);
  const start = Math.max(seam, Math.min(next.from, next.start - rules.padding));
  const rest = { start, runs: window.runs.slice(count), continues: true };
  if (!rules.whenHeard) return { head: { ...window, runs: window.runs.slice(0, count) }, end: seam, rest };
  const runs = [...window.runs.slice(0, -1), { ...lastRun(window), to: now, end: now }];
  return { head: { ...window, runs }, end: now, rest: { ...rest, overlap: { end: now, seam } } };
}

/**
 * The gap to cut at, as the number of runs before it; undefined when there is none. One of the second half, so that the
 * window is filled; otherwise an earlier one if it is a true pause, for that is better than a cut in a word. Not where
 * the head goes on to the end: all after the gap is read twice then.
 */
function gapOf(window: Gathering, { max, whenHeard }: CutRules): number | undefined {
  const late = longestGap(window, window.start + max / 2, GAP);
  return late ?? (whenHeard ? undefined : longestGap(window, window.start + max / 8, PAUSE));
}

function longestGap(window: Gathering, since: number, atLeast: number): number | undefined {
  let best: number | undefined;
  let longest = atLeast;
  for (let i = 1; i < window.runs.length; i++) {
    const previous = window.runs[i - 1]!;
    const gap = window.runs[i]!.from - previous.to;
    if (previous.to >= since && gap >= longest) {
      best = i;
      longest = gap;
    }
  }
  return best;
}

/** The quietest 40 ms of the window's last third, as far as they are in its last run. In samples of the source. */
function quietestPoint(window: Gathering, now: number, { max, overlap }: CutRules, heard: Heard): number {
  const from = Math.max(window.start + Math.floor((max * 2) / 3), lastRun(window).from + FRAME);
  const until = now - Math.max(FRAME, Math.floor(overlap / 2));
  let best = Math.max(from, until);
  let lowest = Number.POSITIVE_INFINITY;
  for (let i = Math.ceil(from / STEP); i * STEP <= until; i++) {
    let score = 10 * heard.probabilities.at(Math.floor((i * STEP) / FRAME), 1);
    for (let k = -2; k < 3; k++) score += heard.levels.at(i + k, SILENCE_DB) / 5;
    if (score <= lowest) {
      lowest = score;
      best = i * STEP;
    }
  }
  return Math.min(best, now);
}
