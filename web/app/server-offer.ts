/** Whether sound may leave this device: what the visitor chose, was asked, and is remembered. */
import { WINDOW_PATH } from '../../shared/protocol/window-address.ts';
import type { Clock } from '../../shared/queue/port.ts';
import { createLeave } from '../client/leave.ts';
import type { LadderStep, ServerPlace } from '../client/rungs.ts';
import type { ServerConfig } from '../client/site-config.ts';

/** Where it may run. `device`: sound is never sent anywhere. */
export type PlaceChoice = 'device' | 'device-first' | 'server-first';

export const PLACE_CHOICES: readonly PlaceChoice[] = ['device', 'device-first', 'server-first'];

const LADDERS: Readonly<Record<PlaceChoice, readonly LadderStep[]>> = {
  device: ['webgpu', 'wasm'],
  'device-first': ['webgpu', 'server', 'wasm'],
  'server-first': ['server', 'webgpu', 'wasm'],
};

export interface OfferMemory {
  recall(name: 'place' | 'consent'): string | undefined;
  remember(name: 'place' | 'consent', value: string): void;
}

export interface ServerOffer {
  /** for people: where the sound would go */
  readonly host: string;
  readonly choice: PlaceChoice;
  /** the visitor is being asked */
  readonly asking: boolean;
  readonly ladder: readonly LadderStep[];
  readonly place: ServerPlace;
  choose(choice: PlaceChoice): void;
  answer(yes: boolean, remember: boolean): void;
  /** Nothing is sent any more for as long as the page is open; the choice is kept for the next visit. */
  stayHere(): void;
  subscribe(listener: () => void): () => void;
}

export function createServerOffer(
  { origin, models }: Pick<ServerConfig, 'origin' | 'models'>,
  { page, memory, clock }: { readonly page: string; readonly memory: OfferMemory; readonly clock: Clock },
): ServerOffer {
  const address = new URL(WINDOW_PATH, origin ?? page);
  const { host } = address;
  const listeners = new Set<() => void>();
  const recalled = memory.recall('place');
  let choice = PLACE_CHOICES.find((one) => one === recalled) ?? 'device-first';
  /** of this visit; agreement holds for this host only */
  const leave = createLeave(clock, memory.recall('consent') === host ? true : undefined);
  let here = false;

  function tell(): void {
    for (const listener of [...listeners]) listener();
  }
  leave.subscribe(tell);

  const staysHere = () => here || choice === 'device';

  return {
    host,
    get choice() {
      return choice;
    },
    get asking() {
      return leave.asking;
    },
    get ladder() {
      return LADDERS[staysHere() ? 'device' : choice];
    },
    place: {
      address: address.href,
      models,
      allowed: async (signal) => !staysHere() && (await leave.allowed(signal)),
    },
    choose(next) {
      choice = next;
      here = false;
      // Whoever chooses anew is asked anew, unless the agreement was to be remembered.
      leave.hold(next !== 'device' && memory.recall('consent') === host ? true : undefined);
      memory.remember('place', next);
      if (next === 'device') {
        memory.remember('consent', '');
        leave.dismiss();
      }
      tell();
    },
    answer(yes, remember) {
      if (remember && yes) memory.remember('consent', host);
      if (remember && !yes) {
        choice = 'device';
        memory.remember('place', choice);
      }
      leave.answer(yes);
    },
    stayHere() {
      here = true;
      leave.dismiss();
      tell();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
