/**
 * Where speech truly begins and ends: the VAD speaks in frames of 32 ms and answers one to six of them late; the
 * loudness near its answer tells to 8 ms. Pure functions over the levels; all positions are in samples.
 */
import { SILENCE_DB, STEP, type Track } from './levels.ts';

/** steps looked back before an onset, or cut off after a late release */
const REACH = 38;
/** steps that speech may go on after the release */
const FORWARD = 12;
/** steps of a closure (p, t, k) within speech */
const CLOSURE = 6;
/** speech is this much above the pause beside it, and no more than this below its own peak, dB */
const ABOVE_PAUSE = 8;
const BELOW_PEAK = 42;
/** steps looked at for the pause and for the peak */
const PAUSE_STEPS = 40;
const PEAK_STEPS = 62;

/** The VAD's onset is at `onset`; the result is not before `floor` and at most 0.3 s away. */
export function refineStart(levels: Track, onset: number, floor: number, known: number): number {
  const from = step(onset);
  const first = Math.max(Math.ceil(floor / STEP), from - REACH);
  const last = Math.min(step(known), from + REACH);
  const pause = median(levels, Math.max(first, from - PAUSE_STEPS), Math.max(first, from - 6));
  const threshold = Math.max(pause + ABOVE_PAUSE, peak(levels, from, from + PEAK_STEPS) - BELOW_PEAK);
  let start = from;
  for (let i = from - 1; i >= first && start - i <= CLOSURE; i--) {
    if (levels.at(i, SILENCE_DB) > threshold) start = i;
  }
  if (start === from) {
    while (start < last && levels.at(start, SILENCE_DB) <= threshold) start++;
    if (start === last) start = from;
  }
  return Math.max(floor, start * STEP);
}

/** The VAD's release is at `release`; the result is between `floor` and `ceiling`. */
export function refineEnd(levels: Track, release: number, floor: number, ceiling: number): number {
  const from = step(release);
  const last = Math.min(Math.floor(ceiling / STEP), from + FORWARD);
  const first = Math.max(Math.ceil(floor / STEP), from - REACH);
  const pause = median(levels, from, Math.min(step(ceiling), from + PAUSE_STEPS));
  const threshold = Math.max(pause + ABOVE_PAUSE, peak(levels, from - PEAK_STEPS, from) - BELOW_PEAK);
  let end = from;
  for (let i = from; i < last && i - end < CLOSURE; i++) {
    if (levels.at(i, SILENCE_DB) > threshold) end = i + 1;
  }
  if (end === from) {
    while (end > first && levels.at(end - 1, SILENCE_DB) <= threshold) end--;
    if (end === first) end = from;
  }
  return Math.min(ceiling, Math.max(floor, end * STEP));
}

const step = (sample: number): number => Math.floor(sample / STEP);

function median(levels: Track, from: number, to: number): number {
  const values: number[] = [];
  for (let i = Math.max(0, from); i < to; i++) values.push(levels.at(i, SILENCE_DB));
  values.sort((a, b) => a - b);
  return values[values.length >> 1] ?? SILENCE_DB;
}

function peak(levels: Track, from: number, to: number): number {
  let highest = SILENCE_DB;
  for (let i = from; i < to; i++) highest = Math.max(highest, levels.at(i, SILENCE_DB));
  return highest;
}
