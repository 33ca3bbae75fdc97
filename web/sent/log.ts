/** The notebook on the device, in an IndexedDB of its own; this visit's memory where nothing can be kept. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Sent } from '../client/sent.ts';
import { type Book, emptyBook, noted } from './book.ts';

interface Schema extends DBSchema {
  book: { key: 'book'; value: Book };
}

export interface SentLog {
  read(): Promise<Book>;
  /** `at`: epoch milliseconds. Never rejects. */
  note(sent: Sent, at: number): Promise<void>;
  clear(): Promise<void>;
  /** false: this browser keeps nothing, what is noted is gone with the page */
  readonly lasts: boolean;
  /** called after each change made here */
  subscribe(listener: () => void): () => void;
}

/** `firstVisit`: whether nothing of this page was in this browser before; asked when the notebook is begun. */
export function openSentLog(
  now: () => number,
  firstVisit: () => Promise<boolean>,
  name = 'sotto-sent',
): SentLog {
  const listeners = new Set<() => void>();
  /** undefined: it is kept in the database */
  let memory: Book | undefined;
  const opening = openBook(name);
  opening.catch(() => undefined); // each use of it finds that out

  /** One transaction, so that two tabs lose nothing of each other's. */
  async function change(next: (book: Book) => Book): Promise<Book> {
    if (memory === undefined) {
      try {
        const db = await opening;
        const begun = (await db.count('book')) === 0 && (await firstVisit()) ? 'first' : 'later';
        return await stored(db, next, emptyBook(now(), begun));
      } catch (thrown) {
        console.warn('What is sent cannot be noted on this device.', thrown); // said on the page, too
        memory = emptyBook(now(), 'later');
      }
    }
    memory = next(memory);
    return memory;
  }

  function tell(): void {
    for (const listener of [...listeners]) listener();
  }

  return {
    read: () => change((book) => book),
    async note(sent, at) {
      await change((book) => noted(book, sent, at));
      tell();
    },
    async clear() {
      await change(() => emptyBook(now(), 'later'));
      tell();
    },
    get lasts() {
      return memory === undefined;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Rejects where the browser keeps nothing. */
async function openBook(name: string): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(name, 1, {
    upgrade: (db) => void db.createObjectStore('book'),
    // Another tab has a newer version of the page: it must not wait for this one.
    blocking: (_now, _wanted, event) => (event.target as IDBDatabase).close(),
  });
}

async function stored(db: IDBPDatabase<Schema>, next: (book: Book) => Book, empty: Book): Promise<Book> {
  const tx = db.transaction('book', 'readwrite');
  const before = await tx.store.get('book');
  const after = next(before ?? empty);
  if (after !== before) await tx.store.put(after, 'book');
  await tx.done;
  return after;
}
