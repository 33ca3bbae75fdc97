/** Durable jobs of all machines: whichever ingress is asked, it answers for every job. */
import { createHash, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { SottoError, toSottoError } from '../../shared/errors.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import { fingerprintOf } from '../jobs/fingerprint.ts';
import type { JobLog } from '../jobs/job-log.ts';
import type { Outbound } from '../jobs/outbound.ts';
import type { JobRemoval, JobSource, JobSpec, Jobs, JobView, Soon } from '../jobs/port.ts';
import { shortId } from '../jobs/runner.ts';
import { isFinal } from '../jobs/states.ts';
import { webhookKey } from '../jobs/webhook-signature.ts';
import type { Reservation } from '../service/port.ts';
import type { Blobs } from './blobs.ts';
import type { ChangeFeed } from './change-feed.ts';
import { type ClusterStore, type Looked, turnOf } from './cluster-store.ts';
import { newId } from './keys.ts';
import type { WorkQueue } from './queue.ts';

export interface ClusterJobsParts {
  readonly store: ClusterStore;
  readonly queue: WorkQueue;
  readonly feed: Pick<ChangeFeed, 'watch'>;
  readonly blobs: Blobs;
  readonly outbound: Pick<Outbound, 'check'>;
  readonly webhookSecret: string | undefined;
  readonly ttlMs: number;
  readonly etaMs: (before: number) => number | undefined;
  readonly log: JobLog;
}

const SEGMENTS_AT_ONCE = 500;

export function createClusterJobs(parts: ClusterJobsParts): Jobs {
  const { store, queue, blobs, ttlMs, log } = parts;

  function viewOf({ record, position }: Looked): JobView {
    const {
      kind: _kind,
      options: _options,
      source: _source,
      outcome: _outcome,
      attempts: _attempts,
      ...view
    } = record;
    return {
      ...view,
      expiresAt: view.finishedAt === undefined ? undefined : view.finishedAt + ttlMs,
      place: view.status === 'queued' ? { position, etaMs: parts.etaMs(position) } : undefined,
    };
  }

  /** Requests of clients that wait are nobody else's. */
  async function look(id: string): Promise<Looked | undefined> {
    const looked = await store.look(id);
    return looked?.record.kind === 'job' ? looked : undefined;
  }

  async function viewed(id: string): Promise<JobView> {
    const looked = await look(id);
    if (looked === undefined) throw new SottoError('cluster_unavailable', 'the job is gone');
    return viewOf(looked);
  }

  async function replayOf(key: string, fingerprint: string): Promise<JobView | undefined> {
    const id = await store.idOfKey(key);
    const looked = id === undefined ? undefined : await look(id);
    if (looked === undefined) return undefined;
    if (!(await store.sameAs(looked.record.id, fingerprint))) throw new SottoError('conflict');
    return viewOf(looked);
  }

  async function submit(spec: JobSpec, source: JobSource, takePlace: () => Soon<Reservation>) {
    const fingerprint = fingerprintOf(spec, source);
    const key = spec.idempotencyKey === undefined ? undefined : hashed(spec.idempotencyKey);
    const id = spec.id ?? newId();
    let place: Reservation | undefined;
    let kept: 'no' | 'perhaps' | 'yes' = 'no';
    try {
      const known = key === undefined ? undefined : await replayOf(key, fingerprint);
      if (known !== undefined) return { view: known, replayed: true };
      place = await takePlace();
      if (source.kind === 'file') await blobs.put(id, source.path);
      const { model, options, answer, webhook, tenant } = spec;
      const from = source.kind === 'url' ? source : ({ kind: 'file' } as const);
      const asked = { id, kind: 'job', model, options, answer, webhook, source: from, tenant } as const;
      kept = 'perhaps';
      const accepted = await store.accept({ ...asked, turn: turnOf(tenant), fingerprint, key });
      kept = accepted.name === 'accepted' ? 'yes' : 'no';
      if (accepted.name === 'replayed') return { view: await viewed(accepted.id), replayed: true };
      // From here on it is durable. Where the queue does not take it now, whoever sweeps puts it there.
      await queue.add(id, accepted.priority).catch((error: unknown) => {
        log.info({ job: shortId(id), err: toSottoError(error) }, 'job: not yet in the queue');
      });
      return { view: await viewed(id), replayed: false };
    } finally {
      place?.release();
      // Where no answer came it may have been accepted all the same: its blob is left to the sweep.
      if (kept === 'no') await blobs.remove(id);
      if (source.kind === 'file') await rm(source.path, { force: true });
    }
  }

  async function remove(id: string): Promise<JobRemoval> {
    const looked = await look(id);
    if (looked === undefined) return 'unknown';
    if (isFinal(looked.record.status)) {
      await store.forget(id);
      return 'forgotten';
    }
    const ended = await store.finish(id, 'any', { status: 'cancelled' }, ttlMs, messageId());
    if (ended) {
      await queue
        .remove(id)
        .catch((error: unknown) => log.info({ err: toSottoError(error) }, 'job: cancelled'));
      await blobs.remove(id);
    }
    return 'cancelled';
  }

  return {
    submit,
    knows: async (key) => (await store.idOfKey(hashed(key))) !== undefined,
    async find(id) {
      const looked = await look(id);
      return looked === undefined ? undefined : viewOf(looked);
    },
    segments: store.segments,
    async result(id) {
      const looked = await look(id);
      if (looked?.record.outcome === undefined) return undefined;
      const segments: Segment[] = [];
      for (;;) {
        const more = await store.segments(id, segments.length, SEGMENTS_AT_ONCE);
        segments.push(...more);
        if (more.length < SEGMENTS_AT_ONCE) return { ...looked.record.outcome, segments };
      }
    },
    watch: (id, listener) => parts.feed.watch(id, () => listener()),
    remove,
    checkAddress: (url) => void parts.outbound.check(url),
    secretFault(secret = parts.webhookSecret) {
      if (secret === undefined) return 'missing';
      return webhookKey(secret) === undefined ? 'malformed' : undefined;
    },
  };
}

/** A key may hold anything, a name too. */
const hashed = (key: string): string => createHash('sha256').update(key).digest('base64url');

/** The same at every try of its webhook. */
export const messageId = (): string => `msg_${randomUUID().replaceAll('-', '')}`;
