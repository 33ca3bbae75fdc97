/** The engine that computes what is ordered: from which hub its models come, and where it may be. */
import { SottoError } from '../../shared/errors.ts';
import { WINDOW_PATH } from '../../shared/protocol/window-address.ts';
import { realClock } from '../../shared/queue/port.ts';
import { type ServerPlace, stepsOf } from '../client/rungs.ts';
import { type Borrowed, borrow } from '../client/share.ts';
import type { SiteConfig } from '../client/site-config.ts';
import { configOf, HUB, siteOf } from '../client/site-of.ts';
import { createDesk, type Desk } from './consent-desk.ts';
import type { Order } from './order.ts';

export interface OrderedEngine extends Borrowed {
  /** where the visitor is asked, if it may be a server */
  readonly desk: Desk | undefined;
}

/** For as long as the page is open. */
const desks = new Map<string, Desk>();

/** Rejects with what is in the way when nothing of the ladder can be had. */
export async function engineOf({ server, ladder, idleMs, options }: Order): Promise<OrderedEngine> {
  const site = siteOf(server);
  const config = await configOf(site);
  const wanted = stepsOf(ladder);
  const offered = wanted.includes('server') ? serverAt(site, config, options.model ?? '') : undefined;
  if (offered instanceof SottoError) {
    if (wanted.every((step) => step === 'server')) throw offered;
    console.warn('sotto-transcriber: computed on this device.', offered.message);
  }
  const there = offered instanceof SottoError ? undefined : offered;
  const share = { hub: config?.hub ?? HUB, site, ladder: wanted, idleMs };
  try {
    const borrowed = await borrow(there === undefined ? share : { ...share, server: there.place });
    return { ...borrowed, desk: there?.desk };
  } catch (thrown) {
    throw new SottoError('engine_blocked', String(thrown), { cause: thrown });
  }
}

function serverAt(
  site: string,
  config: SiteConfig | undefined,
  model: string,
): { readonly place: ServerPlace; readonly desk: Desk } | SottoError {
  const server = config?.server;
  if (config?.refused) {
    return new SottoError('origin_refused', `ASR_CORS_ORIGINS of ${site} must name ${location.origin}`);
  }
  if (server === undefined) {
    return new SottoError('server_unreachable', `${site} offers no server (ASR_ENABLED)`);
  }
  const { models } = server;
  if (models?.includes(model) === false) {
    return new SottoError('server_unreachable', `${site} reads with ${models.join(', ')}, not with ${model}`);
  }
  const address = new URL(WINDOW_PATH, server.origin ?? site);
  const desk = desks.get(address.host) ?? createDesk(address.host, realClock);
  desks.set(address.host, desk);
  return { desk, place: { address: address.href, models, allowed: desk.leave.allowed } };
}
