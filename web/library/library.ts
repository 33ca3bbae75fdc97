/** The library of one page: keeps jobs while they run, and gives them back on a later visit. */
import type { Clock } from '../../shared/queue/port.ts';
import type { Job, Source } from '../client/transcriber.ts';
import type { Claims } from './claims.ts';
import { createDocuments } from './documents.ts';
import type { EditLock } from './edit-lock.ts';
import { entryOf, type Start } from './entry.ts';
import { keepJob } from './keeper.ts';
import type { Library, Trouble } from './library-port.ts';
import type { IndexStore, Recording } from './port.ts';
import type { SoundStore } from './sound-store.ts';
import { createSoundTaker } from './sound-taker.ts';
import { transfers } from './transfers.ts';
import { restOf } from './unread-sound.ts';

export interface LibraryParts {
  readonly index: IndexStore;
  readonly sounds: SoundStore | undefined;
  readonly claims: Claims;
  readonly editing: EditLock;
  readonly clock: Clock;
  /** epoch milliseconds */
  readonly wall: () => number;
}

/** How long a deletion can be taken back, in milliseconds. */
export const UNDO_MS = 10_000;
const MOST_FOUND = 200;

export function createLibrary(parts: LibraryParts): Library {
  const { index, sounds, claims, editing, clock, wall } = parts;
  const listeners = new Set<() => void>();
  const active = new Map<string, { readonly job: Job; readonly ended: Promise<void> }>();
  /** deletions that can be taken back, each with what ends that */
  const undos = new Map<string, () => void>();
  const kept = new WeakMap<Job, string>();
  const edited = new Set<string>();
  let trouble: Trouble | undefined;

  function tell(): void {
    for (const listener of [...listeners]) listener();
  }
  function troubled(thrown: unknown): void {
    trouble = isFull(thrown) ? 'full' : 'failed';
    tell();
  }
  const taker = createSoundTaker({ index, sounds, clock, onChange: tell, onTrouble: troubled });

  const onSaved = (id: string) => {
    edited.add(id);
    tell();
  };
  const documents = createDocuments({ index, editing, onSaved });

  /** Writes the job down to its end; `first` comes before everything. */
  function follow(
    id: string,
    job: Job,
    { written, first, release }: { written: number; first: Promise<unknown>; release: () => void },
  ): void {
    const ended = (async () => {
      try {
        await first;
        tell();
        await keepJob({ index, id, job, written, onChange: tell, onTrouble: troubled });
        await taker.settled(id);
        const recording = await index.find(id);
        // A microphone that was refused, or a job that was taken back before anything came of it.
        if (
          recording?.sound === 'none' &&
          (await index.segments(id)).length === 0 &&
          (await index.notes(id)).length === 0 &&
          job.snapshot.source.kind === 'live'
        )
          await index.remove(id);
      } catch (thrown) {
        troubled(thrown);
      } finally {
        active.delete(id);
        release();
        tell();
      }
    })();
    active.set(id, { job, ended });
    kept.set(job, id);
  }

  /** Its entry, without text; what is there of an earlier reading stays but that. */
  async function begin(id: string, source: Source, start: Start): Promise<void> {
    if ((await index.document(id)) !== undefined) throw new RangeError('edited in another tab');
    const { recording, journal } = entryOf(id, source, start, { former: await index.find(id), now: wall() });
    await index.begin(recording, journal);
  }

  async function purge(id: string): Promise<void> {
    undos.delete(id);
    await active.get(id)?.ended;
    await sounds?.remove(id);
    await index.remove(id);
    tell();
  }

  async function claimed<T>(id: string, work: (release: () => void) => Promise<T>): Promise<T | undefined> {
    const release = active.has(id) ? undefined : await claims.take(id);
    return release === undefined ? undefined : work(release);
  }

  /** Its id, where it is to be read on. */
  async function recovered({ id, deletedAt, state, kind, sound }: Recording): Promise<string | undefined> {
    const unfinished = state === 'capturing' || state === 'reading';
    if (deletedAt === undefined && !unfinished && sound !== 'writing') return undefined;
    return claimed(id, async (release) => {
      try {
        if (deletedAt !== undefined) {
          await purge(id);
          return undefined;
        }
        if (sound === 'writing') await taker.recover(id, kind);
        if (state === 'capturing') await index.change(id, { state: 'reading' });
        return unfinished ? id : undefined;
      } finally {
        release();
      }
    });
  }

  const visible = async () =>
    (await index.recordings())
      .filter(({ deletedAt }) => deletedAt === undefined)
      .sort((a, b) => b.createdAt - a.createdAt);

  return {
    list: visible,
    segments: index.segments,
    journal: index.journal,
    ...documents,
    async search(text) {
      const [found, shown] = await Promise.all([index.search(text, MOST_FOUND), visible()]);
      const ids = new Set(shown.map(({ id }) => id));
      return found.filter(({ id }) => ids.has(id));
    },
    sound: async (id) => sounds?.open(id),
    keepsSound: sounds !== undefined,
    get trouble() {
      return trouble;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    keep(source, again, session) {
      const former = source.kind === 'live' || again === undefined ? undefined : kept.get(again);
      const id = former === undefined || edited.has(former) ? crypto.randomUUID() : former;
      const before = active.get(id)?.ended ?? Promise.resolve();
      const claim = before.then(() => claims.take(id));
      const tap = source.kind === 'live' ? taker.tap(id) : undefined;
      return {
        options: tap === undefined ? {} : { tap },
        follow(job, asked) {
          const begun = claim.then(() => begin(id, source, { job, asked, session }));
          if (source.kind === 'file') taker.copy(id, source.file, begun);
          else taker.begun(id, begun);
          follow(id, job, {
            written: 0,
            first: begun,
            release: () => void claim.then((release) => release?.()),
          });
        },
      };
    },
    idOf: (job) => kept.get(job),
    async nameSpeaker(id, speaker) {
      const session = (await index.find(id))?.session;
      if (session === undefined) return;
      await index.change(id, { session: { ...session, speaker } });
      tell();
    },
    notes: index.notes,
    async addNote(id, note) {
      try {
        await index.putNotes(id, [note]);
      } catch (thrown) {
        troubled(thrown);
      }
      tell();
    },
    async recover() {
      const left = await Promise.all((await index.recordings()).map(recovered));
      await taker.sweep(claims, new Set((await index.recordings()).map(({ id }) => id)));
      tell();
      return left.filter((id) => id !== undefined);
    },
    async resume(id) {
      return claimed(id, async (release) => {
        const [recording, journal, segments] = await Promise.all([
          index.find(id),
          index.journal(id),
          index.segments(id),
        ]);
        const rest = recording && journal && (await restOf(recording, journal, sounds));
        if (rest === undefined || rest === 'nothing' || journal === undefined) {
          if (recording !== undefined && recording.state !== 'done') {
            await index.change(id, { state: 'reading' });
            await index.change(id, { state: rest === 'nothing' ? 'done' : 'stopped' });
          }
          release();
          tell();
          return undefined;
        }
        const { model, language, options } = journal;
        const resume = { segments, at: rest.at };
        return {
          source: rest.source,
          options: { ...options, model, language, resume },
          follow: (job) =>
            follow(id, job, {
              written: segments.length,
              first: index.change(id, { state: 'reading' }),
              release,
            }),
          letGo: release,
        };
      });
    },
    async rename(id, name) {
      await index.change(id, { name });
      tell();
    },
    async remove(id) {
      await index.change(id, { deletedAt: wall() });
      active.get(id)?.job.cancel();
      // Held, so that no other tab takes it for left behind.
      const release = active.has(id) ? undefined : await claims.take(id);
      const cancel = clock.after(UNDO_MS, () => void purge(id).catch(troubled).finally(release));
      undos.set(id, () => {
        cancel();
        release?.();
      });
      tell();
    },
    async undo(id) {
      undos.get(id)?.();
      undos.delete(id);
      await index.restore(id);
      tell();
    },
    canUndo: async (id) => (await index.find(id))?.deletedAt !== undefined,
    ...transfers({ index, sounds, claims, visible, tell }),
    async close() {
      for (const cancel of undos.values()) cancel();
      await Promise.all([...active.values()].map(({ ended }) => ended));
      sounds?.close();
      index.close();
    },
  };
}

const isFull = (thrown: unknown): boolean =>
  thrown instanceof DOMException && thrown.name === 'QuotaExceededError';
