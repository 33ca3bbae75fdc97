/** Recordings, their text and their journals in IndexedDB. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { fromStored } from '../../shared/edit/stored.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import {
  type DocumentRecord,
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
  documents: { key: string; value: DocumentRecord };
  notes: { key: [string, string]; value: StoredNote };
}

/** What each version of the schema adds to the one before; never changed, only added to. */
const VERSIONS: readonly ((db: IDBPDatabase<Schema>) => void)[] = [
  (db) => {
    db.createObjectStore('recordings', { keyPath: 'id' });
    db.createObjectStore('journals', { keyPath: 'id' });
    db.createObjectStore('segments', { keyPath: ['recording', 'id'] });
  },
  (db) => {
    db.createObjectStore('documents', { keyPath: 'id' });
  },
  (db) => {
    db.createObjectStore('notes', { keyPath: ['recording', 'id'] });
  },
];

/** Segments read at once: each answer is unpacked on the page's thread. */
const PART = 300;

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
  const ALL = ['recordings', 'journals', 'segments', 'documents', 'notes'] as const;

  return {
    recordings: () => db.getAll('recordings'),
    find: (id) => db.get('recordings', id),
    async begin(recording, journal) {
      const tx = db.transaction(ALL, 'readwrite');
      await Promise.all([
        tx.objectStore('segments').delete(allOf(recording.id)),
        tx.objectStore('documents').delete(recording.id),
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
    async segments(id) {
      const { store } = db.transaction('segments');
      const all: Segment[] = [];
      for (let range = allOf(id); ; ) {
        const part = await store.getAll(range, PART);
        for (const { segment } of part) all.push(segment);
        const last = part.at(-1);
        if (last === undefined || part.length < PART) return all;
        range = IDBKeyRange.bound([id, last.id], [id, []], true);
      }
    },
    document: (id) => db.get('documents', id),
    async putDocument(id, document, revision) {
      const tx = db.transaction(['recordings', 'documents'], 'readwrite');
      const documents = tx.objectStore('documents');
      const [recording, before] = await Promise.all([
        tx.objectStore('recordings').get(id),
        documents.get(id),
      ]);
      const stale = recording === undefined || (before?.revision ?? 0) !== revision;
      const next = document === undefined ? 0 : revision + 1;
      if (!stale && document !== undefined) await documents.put({ id, revision: next, document });
      if (!stale && document === undefined) await documents.delete(id);
      await tx.done;
      return stale ? undefined : next;
    },
    async search(text, limit) {
      const wanted = text.trim().toLocaleLowerCase();
      if (wanted === '') return [];
      const tx = db.transaction(['segments', 'documents']);
      const edited = new Map(
        (await tx.objectStore('documents').getAll()).map(({ id, document }) => [id, document]),
      );
      const found: Found[] = [];
      const look = (id: string, segment: Segment) => {
        if (segment.text.toLocaleLowerCase().includes(wanted)) found.push({ id, segment });
      };
      let cursor = await tx.objectStore('segments').openCursor();
      while (cursor !== null && found.length < limit) {
        const { recording, segment } = cursor.value;
        const document = edited.get(recording);
        if (document === undefined) {
          look(recording, segment);
          cursor = await cursor.continue();
          continue;
        }
        const heard = await tx.objectStore('segments').getAll(allOf(recording));
        const { segments } = fromStored(
          document,
          heard.map((stored) => stored.segment),
        );
        for (const line of segments) look(recording, line);
        cursor = await cursor.continue([recording, Number.POSITIVE_INFINITY]);
      }
      return found.slice(0, limit);
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
        tx.objectStore('documents').delete(id),
        tx.objectStore('recordings').delete(id),
        tx.objectStore('journals').delete(id),
        tx.done,
      ]);
    },
    close: () => db.close(),
  };
}
