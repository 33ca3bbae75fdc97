import { MODEL_CACHE } from '../../../shared/asr/model-keys.ts';
import { deviceKind } from '../model-choice.ts';
import { type Preference, recall } from '../preferences.ts';
import type { SottoApp } from '../sotto-app.ts';
import type { FirstRunCard } from './first-run-card.ts';

declare global {
  interface HTMLElementTagNameMap {
    'first-run': FirstRunCard;
  }
}

/** Whoever chose one of these has been here. */
const CHOICES: readonly Preference[] = ['first-run', 'model', 'spoken', 'terms', 'place', 'output', 'keep'];

/** Shows the first steps to whoever is here for the first time; others do not even fetch them. */
export async function startFirstRun(app: SottoApp): Promise<void> {
  if (await isKnown()) return;
  const { FirstRunCard } = await import('./first-run-card.ts');
  customElements.define('first-run', FirstRunCard);
  const card = app.renderRoot.querySelector('first-run');
  if (card !== null) card.device = (await deviceKind()).device;
}

/** Something was chosen here, or a model was loaded. */
async function isKnown(): Promise<boolean> {
  if (CHOICES.some((name) => recall(name) !== undefined)) return true;
  // Undefined on pages that are not secure: nothing is kept there, so nobody is known.
  const storage: CacheStorage | undefined = globalThis.caches;
  try {
    if (storage === undefined) return false;
    // That it is there says nothing: looking into it makes it.
    return (await (await storage.open(MODEL_CACHE)).keys()).length > 0;
  } catch {
    return false; // storage is forbidden here
  }
}
