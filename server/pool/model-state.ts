/** Where a model can stand on a server, and every legal step between. */
import type { ErrorWire } from '../../shared/errors.ts';

export type ModelState =
  /** not in memory; its files may be here */
  | { readonly name: 'available' }
  | { readonly name: 'loading' }
  /** its engine was ready; the supervisor keeps it going from here on */
  | { readonly name: 'loaded' }
  /** its processes are being ended, and their memory is not free yet */
  | { readonly name: 'unloading' }
  | { readonly name: 'failed'; readonly error: ErrorWire };

/** `loading` -> `unloading`: nobody wants it any more, and others need the memory. `failed` -> `available`: it may be tried again. */
export const MODEL_TRANSITIONS: Readonly<Record<ModelState['name'], readonly ModelState['name'][]>> = {
  available: ['loading', 'failed'],
  loading: ['loaded', 'failed', 'unloading'],
  loaded: ['unloading'],
  unloading: ['available'],
  failed: ['available'],
};

/** The state after a step; undefined where there is no such step. */
export function modelStep(from: ModelState, to: ModelState): ModelState | undefined {
  return MODEL_TRANSITIONS[from.name].includes(to.name) ? to : undefined;
}
