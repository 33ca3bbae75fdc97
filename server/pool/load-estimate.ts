/** How long someone waits who needs a model and a place; milliseconds. */
import type { Slot } from './model-slot.ts';
import type { Outlook } from './model-turns.ts';

/** A load that takes longer than expected is not done at any moment. */
const LEAST_SHARE = 0.1;

/** `placeMs`: for a place alone. undefined: nobody knows. */
export function waitFor(
  slot: Slot,
  placeMs: number | undefined,
  outlook: (slot: Slot) => Outlook,
  now: number,
): number | undefined {
  const { state, since, expectedMs: loadMs } = slot;
  if (state.name === 'loaded' || state.name === 'failed') return placeMs;
  if (placeMs === undefined || loadMs === undefined) return undefined;
  if (state.name === 'loading') return Math.max(placeMs, LEAST_SHARE * loadMs, loadMs - (now - since));
  switch (outlook(slot)) {
    case 'free':
      return Math.max(placeMs, loadMs);
    case 'after-jobs':
      return placeMs + loadMs;
    case 'unknown':
      return undefined;
  }
}
