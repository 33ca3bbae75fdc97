/** The library of this browser. */
import { realClock } from '../../shared/queue/port.ts';
import { createClaims } from './claims.ts';
import { createEditLock } from './edit-lock.ts';
import { openIndex } from './index-store.ts';
import { createLibrary } from './library.ts';
import type { Library } from './library-port.ts';
import { openSounds } from './sound-store.ts';

/** Rejects where the browser keeps nothing. */
export async function openLibrary(): Promise<Library> {
  const [index, sounds] = await Promise.all([openIndex(), openSounds()]);
  const claims = createClaims(navigator.locks);
  const editing = createEditLock(navigator.locks);
  return createLibrary({ index, sounds, claims, editing, clock: realClock, wall: Date.now });
}
