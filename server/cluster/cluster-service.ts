/** The service of an ingress: it has no engine; its requests are read by the workers. */
import { randomBytes } from 'node:crypto';
import { fromWire, type Outcome, SottoError, toSottoError, unwrap } from '../../shared/errors.ts';
import type { Share } from '../../shared/queue/port.ts';
import type { JobLog } from '../jobs/job-log.ts';
import type {
  CanaryResult,
  RequestService,
  Reservation,
  ReserveOptions,
  ServiceEvent,
  ServiceStatus,
  TranscribeRequest,
  TranscribeResult,
} from '../service/port.ts';
import type { Blobs } from './blobs.ts';
import type { ChangeFeed } from './change-feed.ts';
import { type ClusterStore, turnOf } from './cluster-store.ts';
import { follow } from './follow.ts';
import { newId } from './keys.ts';
import { GONE_MS, type Presence } from './presence.ts';
import type { WorkQueue } from './queue.ts';
import type { RedisState } from './redis.ts';
import { ableOf, type ClusterCounts, etaMs, statusOf } from './standing.ts';

export interface ClusterServiceParts {
  readonly store: ClusterStore;
  readonly queue: WorkQueue;
  readonly feed: ChangeFeed;
  readonly presence: Presence;
  readonly blobs: Blobs;
  readonly redis: () => RedisState;
  readonly log: JobLog;
  /** in line, of all machines */
  readonly queueMax: number;
  /** that may share a full line: so many times as much is the most in all */
  readonly maxTenants: number;
  readonly maxWaitMs: number;
  /** live sessions, where there are any */
  readonly openSession?: RequestService['openSession'];
}

export interface ClusterService extends RequestService {
  reserve(options?: ReserveOptions): Promise<Reservation>;
  /** of someone with so many before them */
  etaMs(before: number): number | undefined;
}

const CANARY_MS = 60_000;
const NO_WORKER = {
  name: 'failed',
  error: { code: 'engine_unavailable', detail: 'no worker is there' },
} as const;

export function createClusterService(parts: ClusterServiceParts): ClusterService {
  const { store, queue, feed, presence, blobs, log } = parts;
  const listeners = new Set<(event: ServiceEvent) => void>();
  const stopping = new AbortController();
  const following = new Set<Promise<unknown>>();
  const counts: Record<keyof ClusterCounts, number> = { done: 0, failed: 0, cancelled: 0, refused: 0 };
  let closing: Promise<void> | undefined;
  let models: ServiceStatus['models'] = [];

  function emit(event: ServiceEvent): void {
    if (event.type === 'refused') counts.refused += 1;
    if (event.type === 'job' && event.end !== 'refused') counts[event.end] += 1;
    for (const listener of listeners) listener(event);
  }

  function engineState(): ServiceStatus['engine'] {
    const { standing, workers } = presence;
    if (closing !== undefined) return { name: 'closed' };
    if (standing === undefined || parts.redis().name === 'lost') {
      return { name: 'failed', error: { code: 'cluster_unavailable' } };
    }
    const states = ableOf(workers).map(({ status }) => status.engine);
    const failed = workers.map(({ status }) => status.engine).find(({ name }) => name === 'failed');
    return states.find(({ name }) => name === 'ready') ?? states[0] ?? failed ?? NO_WORKER;
  }

  const eta = (before: number) => {
    const { standing, slots } = presence;
    return standing === undefined ? undefined : etaMs(standing, slots, before);
  };

  async function reserve({ force = false, tenant }: ReserveOptions = {}): Promise<Reservation> {
    try {
      const state = engineState();
      if (state.name === 'closed') throw new SottoError('closed');
      if (state.name === 'failed' && !force) throw fromWire(state.error);
      const id = newId();
      const most = presence.slots + parts.queueMax;
      const bounds = { most, mostInAll: most * parts.maxTenants, lastsMs: GONE_MS, force };
      if (!(await store.reserve(id, { ...bounds, tenant: tenant?.id ?? '' }))) {
        throw new SottoError('queue_full');
      }
      presence.held.add(id);
      return reservation(id, tenant);
    } catch (thrown) {
      emit({ type: 'refused', reason: toSottoError(thrown).code });
      throw thrown;
    }
  }

  function reservation(id: string, tenant: Share | undefined): Reservation {
    let used: 'no' | 'yes' = 'no';
    return {
      transcribe(request) {
        used = 'yes';
        const ended = transcribe(id, tenant, request);
        const settled = ended.catch(() => undefined).finally(() => following.delete(settled));
        following.add(settled);
        return ended;
      },
      release() {
        if (used === 'no') letGo(id);
        used = 'yes';
      },
      get place() {
        const before = (presence.standing?.queued ?? 0) + (presence.standing?.reserved ?? 0);
        return { position: Math.max(0, before - 1), etaMs: eta(Math.max(0, before - 1)) };
      },
    };
  }

  function letGo(id: string): void {
    presence.held.delete(id);
    // Where Redis does not take it, it lapses by itself.
    store.release(id).catch((error: unknown) => log.info({ err: toSottoError(error) }, 'cluster: a place'));
  }

  async function transcribe(
    id: string,
    tenant: Share | undefined,
    request: TranscribeRequest,
  ): Promise<TranscribeResult> {
    const signal = AbortSignal.any([request.signal, stopping.signal]);
    const came = performance.now();
    const reached = new Set<'accepted' | 'begun'>();
    let beganAt: number | undefined;
    try {
      const served = presence.workers.flatMap(({ status }) => status.models);
      if (served.length > 0 && !served.some((model) => model.id === request.model)) {
        throw new SottoError('model_unknown', request.model);
      }
      await blobs.put(id, request.path);
      const { model, options } = request;
      const source = { kind: 'file' } as const;
      const asked = { id, kind: 'request', owner: presence.id, model, options, source, tenant } as const;
      const accepted = await store.accept({
        ...asked,
        turn: turnOf(tenant),
        fingerprint: id,
        key: undefined,
      });
      presence.held.delete(id);
      reached.add('accepted');
      if (accepted.name === 'accepted') await queue.add(id, accepted.priority);
      const result = await follow(
        {
          ...request,
          id,
          signal,
          maxWaitMs: request.maxWaitMs ?? parts.maxWaitMs,
          onStart() {
            reached.add('begun');
            beganAt = performance.now();
            request.onStart?.();
          },
        },
        { store, feed, etaMs: eta },
      );
      emit({ type: 'job', end: 'done', ...result.timings, audioSeconds: result.duration });
      return result;
    } catch (thrown) {
      const error = reasonOf(thrown, request.signal);
      const cancelled = error.code === 'cancelled';
      const waitMs = (beganAt ?? performance.now()) - came;
      if (!cancelled && !reached.has('begun')) emit({ type: 'refused', reason: error.code });
      const end = cancelled ? 'cancelled' : reached.has('begun') ? 'failed' : 'refused';
      emit({ type: 'job', end, code: error.code, waitMs, decodeMs: 0, inferenceMs: 0, audioSeconds: 0 });
      throw error;
    } finally {
      letGo(id);
      void tidy(id, reached.has('accepted')).catch((error: unknown) =>
        log.info({ err: toSottoError(error) }, 'cluster: tidying'),
      );
    }
  }

  /** Nothing of a request is left when its client has its answer, or is gone. */
  async function tidy(id: string, accepted: boolean): Promise<void> {
    await blobs.remove(id);
    if (!accepted) return;
    await store.finish(id, 'any', { status: 'cancelled' }, GONE_MS);
    await queue.remove(id);
    await store.forget(id);
  }

  function reasonOf(thrown: unknown, asked: AbortSignal): SottoError {
    if (asked.aborted) return new SottoError('cancelled', undefined, { cause: thrown });
    return stopping.signal.aborted ? new SottoError('closed') : toSottoError(thrown);
  }

  async function canary(signal: AbortSignal): Promise<CanaryResult> {
    const ready = ableOf(presence.workers).filter(({ status }) => status.engine.name === 'ready');
    const worker = ready[Math.floor(Math.random() * ready.length)];
    if (worker === undefined) throw new SottoError('engine_unavailable', 'no worker is ready');
    const id = `ask_${randomBytes(12).toString('base64url')}`;
    const limit = AbortSignal.any([signal, stopping.signal, AbortSignal.timeout(CANARY_MS)]);
    let unwatch = () => {};
    try {
      const answer = new Promise<Outcome<CanaryResult>>((resolve, reject) => {
        limit.addEventListener('abort', () => reject(new SottoError('cancelled')), { once: true });
        unwatch = feed.watch(
          id,
          (change) => change && resolve(JSON.parse(change.what) as Outcome<CanaryResult>),
        );
      });
      await Promise.all([store.tell(worker.id, `ask:${id}`), answer]);
      return unwrap(await answer);
    } finally {
      unwatch();
    }
  }

  return {
    reserve,
    etaMs: eta,
    openSession(options) {
      try {
        if (parts.openSession !== undefined) return parts.openSession(options);
        throw new SottoError('engine_unavailable', 'live sessions are not read by workers');
      } catch (thrown) {
        emit({ type: 'refused', reason: toSottoError(thrown).code });
        throw thrown;
      }
    },
    canary: (signal) => (signal.aborted ? Promise.reject(new SottoError('cancelled')) : canary(signal)),
    status() {
      const status = statusOf(presence.workers, presence.standing, counts, engineState());
      if (status.models.length > 0) models = status.models;
      // What was served a moment ago is not unknown while its workers are away.
      return { ...status, models };
    },
    observe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close(graceMs = 0) {
      closing ??= (async () => {
        const timer = setTimeout(() => stopping.abort(new SottoError('closed')), graceMs);
        await Promise.all(following);
        clearTimeout(timer);
        stopping.abort(new SottoError('closed'));
      })();
      return closing;
    },
  };
}
