/** A new version's way from being found to taking over. */
import { whenFree } from './busy.ts';
import { NO_UPDATE, nextUpdate, type Update, type UpdateEvent } from './update.ts';
import { type Versions, watchVersions } from './versions.ts';

export interface UpdateDesk {
  readonly update: Update;
  readonly loses: boolean;
  agree(): void;
  putOff(): void;
}

/** Calls `onChange` whenever the desk has something else to say; never where there are no versions. */
export async function watchUpdates(
  loses: () => boolean,
  onChange: (desk: UpdateDesk) => void,
): Promise<void> {
  let update = NO_UPDATE;
  let waiting = new AbortController();
  const happen = (event: UpdateEvent): void => {
    const before = update;
    update = nextUpdate(before, event);
    if (update !== before) onChange(desk);
  };

  async function wait({ apply }: Versions, signal: AbortSignal): Promise<void> {
    await whenFree(navigator.locks, signal, async () => {
      happen({ type: 'free', loses: loses() });
      if (update.name !== 'applying') return;
      await apply();
      location.reload();
      // Nothing may begin before the page is gone.
      await new Promise<void>(() => undefined);
    });
  }

  // Something may be found before all of it is known here.
  const coming = watchVersions(() => happen({ type: 'found' }));
  const desk: UpdateDesk = {
    get update() {
      return update;
    },
    get loses() {
      return loses();
    },
    agree() {
      happen({ type: 'agreed', loses: loses() });
      waiting.abort();
      waiting = new AbortController();
      const { signal } = waiting;
      coming
        .then((versions) => versions && wait(versions, signal))
        .catch((thrown: unknown) => {
          if (signal.aborted) return;
          console.warn('The new version did not take over.', thrown); // said on the page, too
          happen({ type: 'failed' });
        });
    },
    putOff() {
      waiting.abort();
      happen({ type: 'put-off' });
    },
  };
  await coming;
}
