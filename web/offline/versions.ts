/** Which of the versions on this device are let go. Pure. */
import { APP_CACHES } from './protocol.ts';

/** Earlier versions that are kept for tabs that still run one. */
const EARLIER = 2;

export const cacheOf = (version: string): string => `${APP_CACHES}${version}`;

/** The app's versions among the names of caches. */
export const versionsIn = (names: readonly string[]): string[] =>
  names.filter((name) => name.startsWith(APP_CACHES));

/**
 * `names`: of all caches, in the order they were made. A tab may still run an earlier version and fetch parts of it,
 * so all go only where this page is the only one.
 */
export function toLetGo(names: readonly string[], current: string, pages: number): string[] {
  const others = versionsIn(names).filter((name) => name !== cacheOf(current));
  return pages <= 1 ? others : others.slice(0, -EARLIER);
}
