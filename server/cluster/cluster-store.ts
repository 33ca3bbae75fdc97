/** Jobs of all machines, in Redis: the steps of scripts.ts with types. Every method may reject `cluster_unavailable`. */
import type { Redis } from 'ioredis';
import { SottoError } from '../../shared/errors.ts';
import { NOBODY, type Share } from '../../shared/queue/port.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { JobEnd } from '../jobs/port.ts';
import type { ReadNote } from '../service/port.ts';
import { type CallScript, listOf, numberOf, scriptsOn, textOf } from './call-scripts.ts';
import { type Asked, fieldsOf, type JobRecord, recordOf } from './job-record.ts';
import { type ClusterKeys, QUEUE } from './keys.ts';
import { toClusterError } from './redis.ts';

export interface AcceptRequest extends Asked {
  readonly id: string;
  /** hashed */
  readonly key: string | undefined;
  readonly fingerprint: string;
  readonly turn: Turn;
}

/** Whose it is, and how much of the tenant's share it takes: 8 over its weight. */
export interface Turn {
  readonly tenant: string;
  readonly cost: number;
}

/** A place in line and under way, of all machines. */
export interface Wanted {
  readonly most: number;
  /** where several tenants share a line that is full */
  readonly mostInAll: number;
  readonly lastsMs: number;
  readonly force: boolean;
  /** '': nobody said */
  readonly tenant: string;
}

/** Of nobody: everyone the same, first come, first served. */
export const turnOf = ({ id, weight }: Share = NOBODY): Turn => ({ tenant: id, cost: 8 / weight });

export type Accepted =
  | { readonly name: 'accepted'; readonly priority: number }
  | { readonly name: 'replayed'; readonly id: string };

/** What a worker finds when it takes a job. `many` segments are there already. */
export type Begun =
  | { readonly name: 'over' }
  | { readonly name: 'run' | 'poison'; readonly fence: number; readonly many: number };

/** Whether a write counted, or another reads it now (or it is over): then this one stops. */
export type Written = 'written' | 'fenced';

export interface Looked {
  readonly record: JobRecord;
  /** those before it, while it waits */
  readonly position: number;
}

export interface Standing {
  /** what each worker said last */
  readonly workers: readonly string[];
  /** for how long each job is being read, and how far */
  readonly running: readonly {
    readonly ms: number;
    readonly done: number;
    readonly total: number | undefined;
  }[];
  readonly queued: number;
  readonly reserved: number;
  /** milliseconds a job, moving average */
  readonly msPerJob: number | undefined;
}

/** Where a slot is free a job is taken long before. */
const WAITED_MS = 1_000;
/** From a job's giving way until the other one is begun. */
const GIVING_MS = 1_500;

export type ClusterStore = ReturnType<typeof createClusterStore>;

export function createClusterStore(redis: Redis, keys: ClusterKeys) {
  const call: CallScript = scriptsOn(redis, keys.prefix);
  const written = (answer: unknown): Written => (Number(answer) < 0 ? 'fenced' : 'written');

  return {
    /** Whether there was room, or is for this tenant. */
    async reserve(id: string, { most, mostInAll, lastsMs, force, tenant }: Wanted): Promise<boolean> {
      const args = [id, most, lastsMs, force ? 1 : 0, tenant, mostInAll];
      return numberOf(listOf(await call('reserve', ...args))[0]) === 1;
    },
    async release(id: string): Promise<void> {
      await call('release', id);
    },
    /** The recording is in the blobs already. Rejects `conflict` too. */
    async accept(asked: AcceptRequest): Promise<Accepted> {
      const { id, key = '', fingerprint, turn } = asked;
      const fields = fieldsOf(asked);
      const [name, known, priority] = listOf(
        await call('accept', id, key, fingerprint, turn.tenant, turn.cost, ...fields),
      );
      if (name === 'conflict') throw new SottoError('conflict');
      if (name === 'replayed') return { name, id: textOf(known) };
      return { name: 'accepted', priority: numberOf(priority) };
    },
    async begin(id: string, worker: string, mostDeaths: number): Promise<Begun> {
      const [name, fence, many] = listOf(await call('begin', id, worker, mostDeaths));
      if (name !== 'run' && name !== 'poison') return { name: 'over' };
      return { name, fence: numberOf(fence), many: numberOf(many) };
    },
    /** Those that are there already stay as they are. */
    async addSegments(id: string, fence: number, segments: readonly Segment[]): Promise<Written> {
      const [first] = segments;
      if (first === undefined) return 'written';
      const many = numberOf(
        await call('segments', id, fence, first.id, ...segments.map((each) => JSON.stringify(each))),
      );
      if (many === -2) throw new SottoError('internal', `segment ${first.id} after a gap`);
      return written(many);
    },
    /** What the next reader must know of a window beside its text. */
    async addNote(id: string, fence: number, note: ReadNote): Promise<Written> {
      return written(await call('note', id, fence, `${note.end} ${note.name}`, JSON.stringify(note)));
    },
    /** In order, of windows that end by then; the others are forgotten. [] where another reads it. */
    async keepNotes(id: string, fence: number, seconds: number): Promise<readonly ReadNote[]> {
      const pairs = listOf(await call('keepNotes', id, fence, seconds));
      const notes = pairs.flatMap((text, at) => (at % 2 === 1 ? [JSON.parse(textOf(text)) as ReadNote] : []));
      return notes.toSorted((a, b) => a.end - b.end);
    },
    async progress(id: string, fence: number, done: number, total: number | undefined): Promise<Written> {
      return written(await call('progress', id, fence, done, total ?? ''));
    },
    async fetched(id: string, fence: number): Promise<Written> {
      return written(await call('fetched', id, fence));
    },
    /** False: it was over, or another reads it. `guard`: who may, or from where. */
    async finish(
      id: string,
      guard: number | 'any' | 'queued',
      end: JobEnd,
      keptMs: number,
      messageId = '',
    ): Promise<boolean> {
      const { segments = [], ...outcome } = end.status === 'done' ? end.result : {};
      const done = end.status === 'done' ? JSON.stringify(outcome) : '';
      const error = end.status === 'failed' ? JSON.stringify(end.error) : '';
      const texts = segments.map((each) => JSON.stringify(each));
      const answer = await call('finish', id, guard, end.status, done, error, keptMs, messageId, 0, ...texts);
      if (numberOf(answer) === -2) throw new SottoError('internal', 'a result with a gap');
      return numberOf(answer) === 1;
    },
    /** The tries without a new segment; undefined: another reads it. */
    async requeue(id: string, fence: number, tried: 'counted' | 'not-counted'): Promise<number | undefined> {
      const answer = numberOf(await call('requeue', id, fence, tried === 'counted' ? 1 : 0));
      return answer < 0 ? undefined : answer;
    },
    /** Which of these, all of one worker, gives way to another tenant's; undefined: none. */
    async due(had: readonly string[]): Promise<string | undefined> {
      const id = await call('due', QUEUE, WAITED_MS, GIVING_MS, ...had);
      return typeof id === 'string' ? id : undefined;
    },
    /** Back in line, behind those that are due. Its new turn; undefined: another reads it. */
    async giveWay(id: string, fence: number, { cost }: Turn): Promise<number | undefined> {
      const priority = numberOf(await call('giveWay', id, fence, cost));
      return priority < 0 ? undefined : priority;
    },
    async forget(id: string): Promise<boolean> {
      return numberOf(await call('forget', id)) === 1;
    },
    async look(id: string): Promise<Looked | undefined> {
      const [pairs, position] = listOf(await call('look', id, QUEUE));
      const record = recordOf(listOf(pairs).map(textOf));
      return record === undefined ? undefined : { record, position: numberOf(position) };
    },
    async segments(id: string, from: number, limit: number): Promise<readonly Segment[]> {
      const texts = await redis.lrange(keys.text(id), from, from + limit - 1).catch((thrown: unknown) => {
        throw toClusterError(thrown);
      });
      return texts.map((text) => JSON.parse(text) as Segment);
    },
    async idOfKey(hash: string): Promise<string | undefined> {
      const id = await redis.get(keys.idempotency(hash)).catch((thrown: unknown) => {
        throw toClusterError(thrown);
      });
      return id ?? undefined;
    },
    /** Whether the job is of this fingerprint. */
    async sameAs(id: string, fingerprint: string): Promise<boolean> {
      const held = await redis.hget(keys.job(id), 'fingerprint').catch((thrown: unknown) => {
        throw toClusterError(thrown);
      });
      return held === fingerprint;
    },
    async beat(ingress: string, lastsMs: number, reservations: readonly string[]): Promise<Standing> {
      const [workers, running, queued, reserved, ms, jobs] = listOf(
        await call('beat', ingress, lastsMs, ...reservations),
      );
      const many = Number(textOf(jobs));
      return {
        workers: listOf(workers).map(textOf),
        running: listOf(running).map((each) => {
          const [since, done, total] = listOf(each);
          return {
            ms: numberOf(since),
            done: Number(textOf(done)),
            total: Number(textOf(total)) || undefined,
          };
        }),
        queued: numberOf(queued),
        reserved: numberOf(reserved),
        msPerJob: many > 0 ? Number(textOf(ms)) / many : undefined,
      };
    },
    /** What fell out of the queue, and whose asker is gone. */
    async sweep(
      olderMs: number,
    ): Promise<{ lost: readonly { id: string; priority: number }[]; orphans: readonly string[] }> {
      const [lost, orphans] = listOf(await call('sweep', QUEUE, olderMs));
      return {
        lost: listOf(lost).map((each) => {
          const [id, priority] = listOf(each);
          return { id: textOf(id), priority: numberOf(priority) };
        }),
        orphans: listOf(orphans).map(textOf),
      };
    },
    async present(worker: string, lastsMs: number, says: string): Promise<void> {
      await call('present', worker, lastsMs, says);
    },
    /** A worker or an ingress that ends in order. */
    async leave(id: string): Promise<void> {
      await call('leave', id);
    },
    async tell(id: string, what: string): Promise<void> {
      await call('tell', id, what);
    },
    call,
  };
}
