/** What is done with the models kept on this device, one thing a model at a time. Outlives the view that shows it. */
import { chooseDtype, type ModelEntry, modelFiles } from '../../../shared/asr/catalogue.ts';
import { type ErrorWire, toWire } from '../../../shared/errors.ts';
import { type ModelStore, openModelStore } from '../../engine/model-store.ts';
import type { HeldModel } from '../../engine/store-held.ts';
import type { UncachedReason } from '../../engine/store-shelf.ts';
import type { DeviceKind } from '../model-choice.ts';
import { noteSent } from '../sent-notes.ts';

/** What is going on with a model. */
export type Work =
  | { readonly name: 'none' }
  | { readonly name: 'downloading'; readonly loaded: number; readonly total: number }
  | { readonly name: 'verifying'; readonly done: number; readonly total: number }
  | { readonly name: 'deleting' };

/** What came of the last thing that was done. */
export type News =
  | { readonly name: 'none' }
  | { readonly name: 'downloaded' }
  | { readonly name: 'cancelled' }
  | { readonly name: 'no-room' }
  | { readonly name: 'failed'; readonly error: ErrorWire }
  /** `lengths`: so many could only be compared by their length */
  | { readonly name: 'same'; readonly files: number; readonly lengths: number }
  | { readonly name: 'damaged'; readonly paths: readonly string[] }
  | { readonly name: 'deleted' };

export interface Shelved {
  readonly held: HeldModel;
  readonly work: Work;
  readonly news: News;
}

export interface ModelShelf {
  /** undefined until it has been looked at */
  of(id: string): Shelved | undefined;
  /** bytes of all models kept here */
  readonly bytes: number;
  /** Looks again at what is kept. */
  refresh(): Promise<void>;
  /** Fetches what is missing for this browser, without making it the model in use. */
  download(entry: ModelEntry): Promise<void>;
  /** Ends a download or a check; files that are whole stay. */
  cancel(id: string): void;
  verify(entry: ModelEntry): Promise<void>;
  /** Fetches damaged files again. */
  mend(entry: ModelEntry, paths: readonly string[]): Promise<void>;
  remove(entry: ModelEntry): Promise<void>;
  subscribe(listener: () => void): () => void;
}

export interface ShelfParts {
  readonly models: readonly ModelEntry[];
  readonly hub: string;
  /** base address of the site's own models, with a slash at its end */
  readonly site: string;
  readonly kind: () => Promise<DeviceKind>;
}

export function createModelShelf({ models, hub, site, kind }: ShelfParts): ModelShelf {
  const shelved = new Map<string, Shelved>();
  const aborts = new Map<string, AbortController>();
  const listeners = new Set<() => void>();

  function change(id: string, patch: Partial<Shelved>): void {
    const before = shelved.get(id);
    if (before === undefined) return;
    shelved.set(id, { ...before, ...patch });
    for (const listener of [...listeners]) listener();
  }

  /** A store of its own each time: what one could not keep must not stay in this page's memory. */
  const open = (model: string, onUncached: (reason: UncachedReason) => void = () => {}): ModelStore =>
    openModelStore({
      hub,
      site,
      onUncached,
      onAsked: (asked) => noteSent({ kind: 'model', model, ...asked }),
    });

  async function look(entry: ModelEntry): Promise<void> {
    const held = await open(entry.id).held(entry);
    const { work, news } = shelved.get(entry.id) ?? NOTHING;
    shelved.set(entry.id, { held, work, news });
  }

  /** One thing at a time; what comes of it is the news. */
  async function during(
    entry: ModelEntry,
    work: Work,
    run: (signal: AbortSignal) => Promise<News>,
  ): Promise<void> {
    if (shelved.get(entry.id)?.work.name !== 'none') return;
    const abort = new AbortController();
    aborts.set(entry.id, abort);
    change(entry.id, { work, news: { name: 'none' } });
    const news = await run(abort.signal).catch((thrown: unknown): News => {
      const error = toWire(thrown, 'model_load_failed');
      return error.code === 'cancelled' ? { name: 'cancelled' } : { name: 'failed', error };
    });
    aborts.delete(entry.id);
    await look(entry);
    change(entry.id, { work: { name: 'none' }, news });
  }

  const fetching = (entry: ModelEntry, before: (store: ModelStore) => Promise<void> = async () => {}) =>
    during(entry, { name: 'downloading', loaded: 0, total: 0 }, async (signal) => {
      let uncached: UncachedReason | undefined;
      const store = open(entry.id, (reason) => {
        uncached = reason;
      });
      await before(store);
      const { device, fp16 } = await kind();
      await store.fetchModel(entry, modelFiles(entry, chooseDtype(entry, device, { fp16 })), {
        signal,
        onProgress: ({ loaded, total }) => change(entry.id, { work: { name: 'downloading', loaded, total } }),
      });
      return { name: uncached === undefined ? 'downloaded' : 'no-room' };
    });

  return {
    of: (id) => shelved.get(id),
    get bytes() {
      const files = [...shelved.values()].flatMap(({ held }) => held.files);
      return files.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
    },
    async refresh() {
      for (const entry of models) await look(entry);
      for (const listener of [...listeners]) listener();
    },
    download: (entry) => fetching(entry),
    cancel: (id) => aborts.get(id)?.abort(),
    verify: (entry) =>
      during(entry, { name: 'verifying', done: 0, total: 0 }, async (signal) => {
        const verified = await open(entry.id).verify(entry, {
          signal,
          onFile: (done, total) => change(entry.id, { work: { name: 'verifying', done, total } }),
        });
        const paths = verified.filter(({ verdict }) => verdict === 'damaged').map(({ path }) => path);
        if (paths.length > 0) return { name: 'damaged', paths };
        const lengths = verified.filter(({ verdict }) => verdict === 'length').length;
        return { name: 'same', files: verified.length, lengths };
      }),
    mend: (entry, paths) => fetching(entry, (store) => store.dropFiles(entry, paths)),
    remove: (entry) =>
      during(entry, { name: 'deleting' }, async () => {
        await open(entry.id).deleteModel(entry);
        return { name: 'deleted' };
      }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const NOTHING = { work: { name: 'none' }, news: { name: 'none' } } as const;
