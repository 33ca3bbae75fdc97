/** Whether the place that someone is told only ever gets better. Pure. */

export interface PlaceTally {
  /** `queue_status` events that came */
  queueStatus: number;
  /** places that grew soon after a blow: what a dead machine was reading is put back before those who wait */
  grewAfterBlow: number;
  /** places that grew without any */
  grew: number;
}

export const createPlaceTally = (): PlaceTally => ({ queueStatus: 0, grewAfterBlow: 0, grew: 0 });

/** Its lock runs out, its job is put back, and whoever failed with it comes back as well. */
export const AFTER_BLOW_MS = 15_000;

/** Of one job: each place that is told of it, in order. `blowAt`: when something was killed last, or -Infinity. */
export function watchPlace(tally: PlaceTally) {
  let last = Number.POSITIVE_INFINITY;
  return (position: number, now: number, blowAt: number): 'better' | 'explained' | 'grew' => {
    const grew = position > last;
    last = position;
    tally.queueStatus += 1;
    if (!grew) return 'better';
    const explained = now - blowAt <= AFTER_BLOW_MS;
    tally[explained ? 'grewAfterBlow' : 'grew'] += 1;
    return explained ? 'explained' : 'grew';
  };
}
