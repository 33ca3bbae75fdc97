/** How long a wait will be, from what was measured. Pure; milliseconds throughout. */

/** A moving ratio: milliseconds for each `per` (seconds of audio, or jobs). Older measurements fade. */
export interface Pace {
  readonly ms: number;
  readonly per: number;
}

export const UNMEASURED: Pace = { ms: 0, per: 0 };

/** What an older measurement still counts when a new one comes. */
const FADE = 0.7;

/** The pace after one more measurement. Sums fade together, so a long job weighs more than a short one. */
export function measure(pace: Pace, ms: number, per: number): Pace {
  return { ms: pace.ms * FADE + ms, per: pace.per * FADE + per };
}

/** Milliseconds for one `per`; undefined before anything was measured. */
export function rate(pace: Pace): number | undefined {
  return pace.per > 0 ? pace.ms / pace.per : undefined;
}

/** What is known about the jobs of one priority. */
export interface JobPace {
  readonly perSecond: Pace;
  readonly perJob: Pace;
}

export const UNMEASURED_JOBS: JobPace = { perSecond: UNMEASURED, perJob: UNMEASURED };

export function measureJob(pace: JobPace, ms: number, seconds: number | undefined): JobPace {
  return {
    perSecond: seconds === undefined ? pace.perSecond : measure(pace.perSecond, ms, seconds),
    perJob: measure(pace.perJob, ms, 1),
  };
}

/** How long a job of `seconds` of audio will take; undefined when nothing says so. */
export function jobMs(pace: JobPace, seconds: number | undefined): number | undefined {
  const perSecond = rate(pace.perSecond);
  return seconds !== undefined && perSecond !== undefined ? seconds * perSecond : rate(pace.perJob);
}

/**
 * The wait of each job in line: the first to come takes the place that frees first (list scheduling).
 * @param remaining what each active job still needs
 * @param places how many may be active at once, at least as many as are active
 * @param queue how long each waiting job will take, in order
 * @returns the wait of each, undefined from where something unknown decides it
 */
export function waits(
  remaining: readonly (number | undefined)[],
  places: number,
  queue: readonly (number | undefined)[],
): (number | undefined)[] {
  const freeAt = [...remaining, ...Array.from({ length: Math.max(0, places - remaining.length) }, () => 0)];
  return queue.map((duration) => {
    let soonest = 0;
    for (const [place, at] of freeAt.entries()) {
      if (at === undefined) return undefined;
      if (at < (freeAt[soonest] ?? 0)) soonest = place;
    }
    const wait = freeAt[soonest];
    freeAt[soonest] = wait === undefined || duration === undefined ? undefined : wait + duration;
    return wait;
  });
}
