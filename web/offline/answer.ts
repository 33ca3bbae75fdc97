/** Who answers a request of the app's pages and their workers. Pure. */
import { SHARE_PATH } from './protocol.ts';

export type Answer =
  /** the app's page, from the version in use */
  | 'page'
  /** a part of the app: from the version in use, else from an earlier one that a tab still runs */
  | 'app'
  /** from this device once it was used */
  | 'used'
  /** the network for a moment, then what it said last */
  | 'config'
  /** files that another app shares */
  | 'shared'
  /** not the service worker's business */
  | 'network';

export interface Asked {
  readonly url: string;
  readonly method: string;
  /** a page is to be opened */
  readonly opens: boolean;
}

export const CONFIG = '/app-config.json';
const PAGES: readonly string[] = ['/', '/index.html'];
const USED = ['/ort/', '/vad/'];

/** `named`: files of the build outside of its folder of hashed names. */
export function answerFor(
  { url, method, opens }: Asked,
  { origin, named }: { readonly origin: string; readonly named: readonly string[] },
): Answer {
  const { origin: asked, pathname } = new URL(url);
  if (asked !== origin) return 'network';
  if (method === 'POST' && opens && pathname === SHARE_PATH) return 'shared';
  if (method !== 'GET') return 'network';
  if (opens) return PAGES.includes(pathname) ? 'page' : 'network';
  if (pathname === CONFIG) return 'config';
  if (USED.some((folder) => pathname.startsWith(folder))) return 'used';
  return pathname.startsWith('/assets/') || named.includes(pathname) ? 'app' : 'network';
}
