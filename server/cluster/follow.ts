/** A request that is read elsewhere, followed to its end as if it were read here. */
import { fromWire, SottoError, toSottoError } from '../../shared/errors.ts';
import type { QueuePlace } from '../../shared/queue/port.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { TranscribeRequest, TranscribeResult } from '../service/port.ts';
import type { ChangeFeed } from './change-feed.ts';
import type { ClusterStore, Looked } from './cluster-store.ts';

export interface FollowParts {
  readonly store: Pick<ClusterStore, 'look' | 'segments' | 'finish'>;
  readonly feed: Pick<ChangeFeed, 'watch'>;
  readonly etaMs: (before: number) => number | undefined;
}

export interface Followed
  extends Omit<TranscribeRequest, 'path' | 'model' | 'options' | 'resume' | 'maxWaitMs'> {
  readonly id: string;
  /** in line; Infinity: as long as it takes */
  readonly maxWaitMs: number;
}

/** Without news it is looked at so often: for its place, and for what was missed. */
const LOOK_MS = 1_000;
/** Redis may be away for so long before the request is given up. */
const AWAY_MS = 12_000;
const SEGMENTS_AT_ONCE = 100;
/** A request that failed is kept for whoever looks at the moment. */
const KEPT_MS = 60_000;

/** Rejects with a SottoError: as `Reservation.transcribe`, and `cluster_unavailable`. */
export async function follow(
  request: Followed,
  { store, feed, etaMs }: FollowParts,
): Promise<TranscribeResult> {
  const { id, signal } = request;
  const segments: Segment[] = [];
  const came = performance.now();
  let begun = false;
  let doneSeconds = -1;
  let awaySince: number | undefined;
  let wake = () => {};
  const onNews = () => wake();
  const unwatch = feed.watch(id, onNews);
  signal.addEventListener('abort', onNews);

  async function look(): Promise<Looked | undefined | 'away'> {
    try {
      const looked = await store.look(id);
      await takeSegments(looked);
      awaySince = undefined;
      return looked;
    } catch (thrown) {
      const error = toSottoError(thrown);
      if (error.code !== 'cluster_unavailable') throw error;
      awaySince ??= performance.now();
      if (performance.now() - awaySince > AWAY_MS) throw error;
      return 'away';
    }
  }

  async function takeSegments(looked: Looked | undefined): Promise<void> {
    if (looked === undefined || looked.record.status === 'queued') return;
    for (;;) {
      const more = await store.segments(id, segments.length, SEGMENTS_AT_ONCE);
      segments.push(...more);
      if (more.length > 0) tellStart();
      if (more.length > 0) request.onSegments?.(more);
      if (more.length < SEGMENTS_AT_ONCE) return;
    }
  }

  function tellStart(): void {
    if (begun) return;
    begun = true;
    request.onStart?.();
  }

  async function tellPlace(before: number): Promise<void> {
    const place: QueuePlace = { position: before, etaMs: etaMs(before) };
    request.onPlace?.(place);
    if (begun || performance.now() - came < request.maxWaitMs) return;
    const error = { code: 'queue_timeout' } as const;
    if (await store.finish(id, 'queued', { status: 'failed', error }, KEPT_MS)) throw fromWire(error);
  }

  try {
    for (;;) {
      if (signal.aborted) throw new SottoError('cancelled');
      const news = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const looked = await look();
      if (looked === undefined) throw new SottoError('cluster_unavailable', 'the request was forgotten');
      if (looked !== 'away') {
        const { record, position } = looked;
        if (record.status === 'queued') await tellPlace(position);
        else if (record.status === 'failed') throw fromWire(record.error ?? { code: 'internal' });
        else if (record.status === 'cancelled') throw new SottoError('cancelled');
        else {
          tellStart();
          const { outcome, progress } = record;
          if (record.status === 'done' && outcome !== undefined) {
            // Those that came with the end.
            await takeSegments(looked);
            return { ...outcome, segments };
          }
          if (progress !== undefined && progress.doneSeconds > doneSeconds) {
            doneSeconds = progress.doneSeconds;
            request.onProgress?.(progress);
          }
        }
      }
      const left = begun ? LOOK_MS : request.maxWaitMs - (performance.now() - came);
      await either(news, Math.min(LOOK_MS, Math.max(10, left)));
    }
  } finally {
    unwatch();
    signal.removeEventListener('abort', onNews);
  }
}

function either(news: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void news.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
