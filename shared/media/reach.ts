/** Reading an address: what counts as unreachable, and how often it is tried again. */
import { SottoError, toSottoError } from '../errors.ts';
import type { MediaSource } from './source.ts';

const RETRY_SECONDS = [0.5, 2] as const;
/** dropped connections that one source may cost before it is given up */
const MAX_DROPS = 5;

export interface Reach {
  /** set once the source could not be read; then it is why, whatever else is thrown */
  readonly failure: SottoError | undefined;
  /** fetch that refuses error pages */
  readonly fetch: typeof fetch;
  readonly retryDelay: (attempts: number, thrown: unknown) => number | null;
  /** for errors that nobody waits for */
  readonly note: (thrown: unknown) => void;
}

export function createReach(source: MediaSource): Reach {
  let failure: SottoError | undefined;
  let reachedOnce = false;
  let drops = 0;

  const refuse = (detail: string): never => {
    failure = new SottoError('source_unreachable', detail);
    throw failure;
  };

  return {
    get failure() {
      return failure;
    },
    fetch: async (address, init) => {
      const response = await fetch(address, init);
      if (!response.ok) refuse(`status ${response.status}`);
      const type = response.headers.get('content-type') ?? '';
      if (/^text\/html\b/i.test(type)) refuse('a web page, not a file');
      reachedOnce = true;
      return response;
    },
    retryDelay(attempts, thrown) {
      if (failure !== undefined) return null;
      // an address that never answered is wrong or forbidden; one that did may come back
      const delay = reachedOnce && drops++ < MAX_DROPS ? RETRY_SECONDS[attempts - 1] : undefined;
      if (delay !== undefined) return delay;
      failure = toSottoError(thrown, 'source_unreachable');
      return null;
    },
    note(thrown) {
      if (source.kind === 'url') failure ??= toSottoError(thrown, 'source_unreachable');
    },
  };
}
