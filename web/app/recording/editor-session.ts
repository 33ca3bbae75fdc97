/** One recording that is open in this tab: its text with what was done to it, and that it is kept. */
import type { Document } from '../../../shared/edit/document.ts';
import { heardDocument } from '../../../shared/edit/document.ts';
import { begun, changed, type History, redone, undone } from '../../../shared/edit/history.ts';
import type { KeptDocument } from '../../library/documents.ts';
import type { Editing } from '../../library/edit-lock.ts';
import type { Library } from '../../library/library-port.ts';
import type { JobJournal, Recording } from '../../library/port.ts';

/**
 * `unread`: its text is still coming; `elsewhere`: another tab edits it; `open`: it can be edited here.
 */
export type Access = 'opening' | 'missing' | 'unread' | 'elsewhere' | 'open';

/** `stale`: newer text than this tab's was saved elsewhere; `full`, `failed`: it is here, but not kept. */
export type Keeping = 'saved' | 'unsaved' | 'full' | 'failed' | 'stale';

/** Milliseconds after a change until it is written. */
const PAUSE_MS = 250;
/** Milliseconds until it is said that another tab has it. */
const PATIENCE_MS = 400;
/** Milliseconds between two looks at a text that is still coming. */
const REST_MS = 2000;

export class EditorSession {
  readonly id: string;
  access: Access = 'opening';
  keeping: Keeping = 'saved';
  recording: Recording | undefined;
  journal: JobJournal | undefined;
  history: History = begun(heardDocument([]));
  readonly #library: Library;
  readonly #onChange: () => void;
  readonly #leaving = new AbortController();
  #kept: KeptDocument = { document: this.history.present, heard: [], revision: 0 };
  #turn: Editing | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #loadedAt = 0;
  #looking = Promise.resolve();
  /** for its turn to edit */
  #asked = false;
  #writing: Promise<void> | undefined;
  #unsubscribe: () => void;

  constructor(library: Library, id: string, onChange: () => void) {
    this.id = id;
    this.#library = library;
    this.#onChange = onChange;
    this.#unsubscribe = library.subscribe(() => void this.#look());
  }

  get document(): Document {
    return this.history.present;
  }

  get heard(): KeptDocument['heard'] {
    return this.#kept.heard;
  }

  async open(): Promise<void> {
    await this.#look();
    this.#onChange();
  }

  /** Does nothing where it cannot be edited here. `tag`: see History. */
  apply(document: Document, tag?: string): void {
    this.#move(changed(this.history, document, tag));
  }

  undo(): void {
    this.#move(undone(this.history));
  }

  redo(): void {
    this.#move(redone(this.history));
  }

  /** Edits here, and no more in the other tab. */
  takeOver(): void {
    this.#ask('now');
  }

  /** What the library has, after what was written elsewhere was found newer. */
  async reload(): Promise<void> {
    await this.#load();
    this.keeping = 'saved';
    this.#onChange();
  }

  /** Resolves when what is here is written, or could not be. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    this.#leaving.abort();
    await this.flush();
    this.#turn?.release();
    this.#turn = undefined;
  }

  #move(history: History): void {
    if (this.access !== 'open' || history === this.history) return;
    this.history = history;
    if (this.keeping !== 'stale') this.keeping = 'unsaved';
    this.#timer ??= setTimeout(() => void this.flush(), PAUSE_MS);
    this.#onChange();
  }

  /** The newest of everything, until nothing newer came meanwhile. */
  async #write(): Promise<void> {
    while (this.access === 'open' && this.keeping !== 'stale' && this.document !== this.#kept.document) {
      const { document } = this;
      try {
        const kept = await this.#library.saveDocument(this.id, document, this.#kept);
        if (kept !== undefined) this.#kept = kept;
        this.keeping = kept === undefined ? 'stale' : document === this.document ? 'saved' : 'unsaved';
      } catch (thrown) {
        console.warn('The edits could not be kept.', thrown); // said on the page, too
        this.keeping =
          thrown instanceof DOMException && thrown.name === 'QuotaExceededError' ? 'full' : 'failed';
        break;
      }
    }
    // What was changed meanwhile was taken back.
    if (this.keeping === 'unsaved' && this.document === this.#kept.document) this.keeping = 'saved';
    this.#onChange();
  }

  /** Where the recording stands now; one look after the other. */
  #look(): Promise<void> {
    this.#looking = this.#looking
      .then(() => this.#lookNow())
      .catch((thrown: unknown) => {
        console.warn('The library could not be read.', thrown); // what was read before is shown
      });
    return this.#looking;
  }

  async #lookNow(): Promise<void> {
    const recording = (await this.#library.list()).find(({ id }) => id === this.id);
    if (this.#leaving.signal.aborted) return;
    const before = this.recording;
    this.recording = recording;
    const reading = recording?.state === 'capturing' || recording?.state === 'reading';
    if (recording === undefined) this.#stand('missing');
    else if (reading) {
      const soon = this.access === 'unread' && performance.now() - this.#loadedAt < REST_MS;
      if (!soon) await this.#load();
      this.#stand('unread');
    } else if (!this.#asked) {
      this.access = 'opening';
      await this.#load();
      this.#asked = true;
      this.#ask('turn');
    } else if (before?.name !== recording.name || before.sound !== recording.sound) this.#onChange();
  }

  async #load(): Promise<void> {
    this.#loadedAt = performance.now();
    const [kept, journal] = await Promise.all([
      this.#library.document(this.id),
      this.#library.journal(this.id),
    ]);
    this.#kept = kept;
    this.journal = journal;
    this.history = begun(kept.document);
  }

  #ask(when: 'turn' | 'now'): void {
    const { signal } = this.#leaving;
    const timer = setTimeout(() => this.access !== 'open' && this.#stand('elsewhere'), PATIENCE_MS);
    this.#onChange();
    this.#library
      .editing(this.id, when, signal)
      .then((turn) => this.#granted(turn))
      .catch((thrown: unknown) => {
        if (!signal.aborted) console.warn('It cannot be edited here.', thrown); // shown as being edited elsewhere
      })
      .finally(() => clearTimeout(timer));
  }

  async #granted(turn: Editing): Promise<void> {
    // Asked for twice, or meanwhile it is read on.
    if (this.#leaving.signal.aborted || this.#turn !== undefined || this.access === 'unread')
      return turn.release();
    this.#turn = turn;
    void turn.lost.then(() => {
      if (this.#turn !== turn) return;
      this.#turn = undefined;
      this.#stand('elsewhere');
      this.#ask('turn');
    });
    if (this.access === 'elsewhere') await this.#load();
    this.keeping = 'saved';
    this.#stand('open');
  }

  #stand(access: Access): void {
    if (access === 'unread' || access === 'missing') {
      this.#asked = false;
      this.#turn?.release();
      this.#turn = undefined;
    }
    this.access = access;
    this.#onChange();
  }
}
