/** Recordings, their text and their journals in IndexedDB. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Segment } from '../../shared/transcript/transcript.ts';
import {
  type Found,
  type IndexStore,
  type JobJournal,
  mayBecome,
  type Note,
  type Recording,
} from './port.ts';

interface StoredSegment {
  readonly recording: string;
  readonly segment: Segment;
  readonly id: number;
}

interface StoredNote extends Note {
  readonly recording: string;
}

interface Schema extends DBSchema {
  recordings: { key: string; value: Recording };
  journals: { key: string; value: JobJournal };
  segments: { key: [string, number]; value: StoredSegment };
  notes: { key: [string, string]; value: StoredNote };
}

/** What each version of the schema adds to the one before; never changed, only added to. */
const VERSIONS: readonly ((db: IDBPDatabase<Schema>) => void)[] = [
  (db) => {
    db.createObjectStore('recordings', { keyPath: 'id' });
    db.createObjectStore('journals', { keyPath: 'id' });
    db.createObjectStore('segments', { keyPath: ['recording', 'id'] });
  },
  () => undefined, // 2: documents
  (db) => {
    db.createObjectStore('notes', { keyPath: ['recording', 'id'] });
  },
];

const allOf = (id: string) => IDBKeyRange.bound([id], [id, []]);

/** Rejects with a DOMException where the browser keeps nothing (some private windows). */
export async function openIndex(name = 'sotto-library'): Promise<IndexStore> {
  const db = await openDB<Schema>(name, VERSIONS.length, {
    upgrade(upgraded, from) {
      for (const version of VERSIONS.slice(from)) version(upgraded);
    },
    // Another tab has a newer version of the page: it must not wait for this one.
    blocking: (_now, _wanted, event) => (event.target as IDBDatabase).close(),
  });
  const ALL = ['recordings', 'journals', 'segments', 'notes'] as const;

  return {
    recordings: () => db.getAll('recordings'),
    find: (id) => db.get('recordings', id),
    async begin(recording, journal) {
      const tx = db.transaction(ALL, 'readwrite');
      await Promise.all([
        tx.objectStore('segments').delete(allOf(recording.id)),
        tx.objectStore('recordings').put(recording),
        tx.objectStore('journals').put(journal),
        tx.done,
      ]);
    },
    async change(id, patch) {
      const tx = db.transaction('recordings', 'readwrite');
      const now = await tx.store.get(id);
      if (now === undefined) return undefined;
      if (patch.state !== undefined && !mayBecome(now.state, patch.state)) {
        tx.abort();
        await tx.done.catch(() => undefined); // the abort's own
        throw new RangeError(`a recording cannot go from ${now.state} to ${patch.state}`);
      }
      const next: Recording = { ...now, ...patch };
      await Promise.all([tx.store.put(next), tx.done]);
      return next;
    },
    async restore(id) {
      const tx = db.transaction('recordings', 'readwrite');
      const now = await tx.store.get(id);
      if (now === undefined) return;
      const { deletedAt: _, ...next } = now;
      await Promise.all([tx.store.put(next), tx.done]);
    },
    journal: (id) => db.get('journals', id),
    async append(id, segments, { language }) {
      const tx = db.transaction(['journals', 'segments'], 'readwrite');
      const journals = tx.objectStore('journals');
      const journal = await journals.get(id);
      if (journal === undefined) return;
      const texts = tx.objectStore('segments');
      await Promise.all([
        ...segments.map((segment) => texts.put({ recording: id, id: segment.id, segment })),
        journals.put({
          ...journal,
          language,
          readUntil: segments.at(-1)?.end ?? journal.readUntil,
          segments: journal.segments + segments.length,
        }),
        tx.done,
      ]);
    },
    segments: async (id) => (await db.getAll('segments', allOf(id))).map(({ segment }) => segment),
    async search(text, limit) {
      const wanted = text.trim().toLocaleLowerCase();
      if (wanted === '') return [];
      const found: Found[] = [];
      for (
        let cursor = await db.transaction('segments').store.openCursor();
        cursor !== null && found.length < limit;
        cursor = await cursor.continue()
      ) {
        const { recording, segment } = cursor.value;
        if (segment.text.toLocaleLowerCase().includes(wanted)) found.push({ id: recording, segment });
      }
      return found;
    },
    async notes(id) {
      const stored = await db.getAll('notes', allOf(id));
      return stored.map(({ recording: _, ...note }) => note).sort((a, b) => a.at - b.at);
    },
    async putNotes(id, notes) {
      const tx = db.transaction('notes', 'readwrite');
      await Promise.all([...notes.map((note) => tx.store.put({ ...note, recording: id })), tx.done]);
    },
    async remove(id) {
      const tx = db.transaction(ALL, 'readwrite');
      await Promise.all([
        tx.objectStore('notes').delete(allOf(id)),
        tx.objectStore('segments').delete(allOf(id)),
        tx.objectStore('recordings').delete(id),
        tx.objectStore('journals').delete(id),
        tx.done,
      ]);
    },
    close: () => db.close(),
  };
}
