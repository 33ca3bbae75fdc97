/** Gets a session, again and again as long as that can help, and says what it waits for. */
import type { LoadProgress } from '../../shared/asr/engine.ts';
import { SottoError } from '../../shared/errors.ts';
import { sleep } from '../../shared/host/sleep.ts';
import type { Clock, Priority } from '../../shared/queue/port.ts';
import type { LineSocket } from './server-line.ts';
import { type NoSession, openSession, type ServerSession } from './server-session.ts';
import {
  afterServerError,
  retryAfterMs,
  type ServerPatience,
  waitAfter,
  waitForPlace,
} from './server-tries.ts';

export interface ConnectOptions {
  readonly connect: () => LineSocket;
  /** asks the same address without WebSocket, for what a failed handshake does not say: its status and Retry-After */
  readonly probe: (signal: AbortSignal) => Promise<{ status: number; retryAfter: string | null }>;
  readonly clock: Clock;
  readonly patience: ServerPatience;
  readonly random: () => number;
  readonly model: string;
  readonly priority: () => Priority;
  /** a window of so many seconds has gone out */
  readonly onSent?: ((seconds: number) => void) | undefined;
}

/** Why there is no session yet, as far as what to do goes. */
type Obstacle =
  | { readonly name: 'again' | 'give-up'; readonly detail: string }
  | { readonly name: 'full'; readonly retryMs: number };

/** Where a full server does not say when to come back. */
const USUAL_RETRY_MS = 5_000;

/**
 * Resolves with a session that is ready. Rejects `server_unreachable` when that is hopeless or too many tries failed,
 * `queue_full` when the server was full for too long, `cancelled` by the signal.
 */
export async function connectToServer(
  options: ConnectOptions,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<ServerSession> {
  const { clock, patience, random } = options;
  let tries = 0;
  const fullUntil = clock.now() + patience.maxFullMs;
  for (;;) {
    onProgress({ phase: 'start' });
    const opened = await openSession({
      ...options,
      priority: options.priority(),
      signal,
      onPlace: (place) => onProgress({ phase: 'queue', ...place }),
    });
    signal.throwIfAborted();
    if (!('name' in opened)) return opened;
    const obstacle = await obstacleOf(opened, options, signal);
    signal.throwIfAborted();
    if (obstacle.name === 'give-up') throw new SottoError('server_unreachable', obstacle.detail);
    if (obstacle.name === 'full') {
      const ms = waitForPlace(obstacle.retryMs, random());
      if (clock.now() + ms > fullUntil) throw new SottoError('queue_full', 'the server stayed full');
      onProgress({ phase: 'queue', position: undefined, etaMs: ms });
      await sleep(clock, ms, signal);
      continue;
    }
    tries += 1;
    if (tries >= patience.maxTries) {
      throw new SottoError('server_unreachable', `${obstacle.detail}, ${tries} times`);
    }
    await sleep(clock, waitAfter(tries, random(), patience), signal);
  }
}

async function obstacleOf(
  failed: NoSession,
  { probe, clock, patience }: ConnectOptions,
  signal: AbortSignal,
): Promise<Obstacle> {
  if (failed.name === 'refused') {
    const { error } = failed;
    const then = afterServerError(error.code);
    if (then === 'later') return { name: 'full', retryMs: failed.retryAfterMs ?? USUAL_RETRY_MS };
    return { name: then, detail: error.detail === undefined ? error.code : `${error.code}: ${error.detail}` };
  }
  const { opened, detail } = failed.end;
  if (opened) return { name: 'again', detail };
  const bound = new AbortController();
  const stop = clock.after(patience.silentMs, () => bound.abort());
  try {
    const { status, retryAfter } = await probe(AbortSignal.any([signal, bound.signal]));
    if (status === 429 || (status === 503 && retryAfter !== null)) {
      return { name: 'full', retryMs: retryAfterMs(retryAfter, Date.now()) ?? USUAL_RETRY_MS };
    }
    if (HOPELESS.includes(status)) return { name: 'give-up', detail: `it answered ${status}` };
    return { name: 'again', detail: `${detail}, it answered ${status}` };
  } catch {
    return { name: 'again', detail }; // nobody there at all: no more than the handshake had said
  } finally {
    stop();
  }
}

/** Not offered, or not to us. */
const HOPELESS: readonly number[] = [401, 403, 404, 405, 410];
