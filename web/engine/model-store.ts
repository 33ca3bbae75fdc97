/** A model's files, fetched once and kept on the device, whole or not at all. Runs in the engine worker and in the settings. */
import type { ModelEntry, ModelFile } from '../../shared/asr/catalogue.ts';
import { keysOf, MODEL_CACHE } from '../../shared/asr/model-keys.ts';
import type { TellAsked } from './store-download.ts';
import { type HeldModel, heldFiles } from './store-held.ts';
import { type DownloadProgress, sumProgress } from './store-progress.ts';
import { openShelf, type ShelfOptions, type UncachedReason } from './store-shelf.ts';
import { createSources } from './store-sources.ts';
import { type VerifiedFile, type VerifyOptions, verifyFiles } from './store-verify.ts';

export interface ModelStoreOptions {
  /** base address of the model hub, such as https://huggingface.co */
  readonly hub: string;
  /** base address of the site's own models, with a slash at its end */
  readonly site: string;
  readonly cacheName?: string;
  /** the files could not be kept on the device: they are in memory, for this session; once a reason */
  readonly onUncached?: (reason: UncachedReason) => void;
  /** is told of every request that goes out */
  readonly onAsked?: TellAsked;
  /** the browser's own unless given */
  readonly caches?: ShelfOptions['caches'];
  /** a source that sends nothing for so long has failed */
  readonly stallMs?: number;
  /** milliseconds, for the pace of progress */
  readonly now?: () => number;
}

export interface FetchOptions {
  /** Ends it as `cancelled`. Files that are already whole stay. */
  readonly signal?: AbortSignal;
  /** Called only when something must be downloaded. */
  readonly onProgress?: (progress: DownloadProgress) => void;
}

export type ReadFile = (path: string) => Promise<Uint8Array<ArrayBuffer> | undefined>;

export interface ModelStore {
  /**
   * Brings every file of `files` onto the device; needs no network when they are there. The reader gives a file's
   * bytes, or undefined for what the model does not have. Throws SottoError: `model_offline`, `model_not_found`,
   * `model_source_failed`, `model_incomplete`, `cancelled`.
   */
  fetchModel(entry: ModelEntry, files: readonly ModelFile[], options?: FetchOptions): Promise<ReadFile>;
  /** Bytes of the model kept on the device (or in memory), all dtypes together. */
  cachedBytes(entry: ModelEntry): Promise<number>;
  /** Everything of the model that is kept, whatever version and dtype. Asks nobody. */
  held(entry: ModelEntry): Promise<HeldModel>;
  /**
   * Reads the kept files of the current version one by one and compares them with what was noted when they came. Asks
   * nobody. `onFile` is called before each. Throws `cancelled`.
   */
  verify(entry: ModelEntry, options?: VerifyOptions): Promise<readonly VerifiedFile[]>;
  /** Forgets single files, to be fetched again. */
  dropFiles(entry: ModelEntry, paths: readonly string[]): Promise<void>;
  deleteModel(entry: ModelEntry): Promise<void>;
}

const keyOf = (id: string, revision: string, path: string) => `${keysOf(id)}${revision}/${path}`;
/** The commit that `main` was when the first file was fetched. */
const pinOf = (id: string) => `${keysOf(id)}main-is`;

export function openModelStore(options: ModelStoreOptions): ModelStore {
  const { hub, site, cacheName = MODEL_CACHE, stallMs = 60_000, onUncached } = options;
  const shelf = openShelf({
    caches: 'caches' in options ? options.caches : globalThis.caches,
    cacheName,
    onUncached: (reason) => onUncached?.(reason),
  });
  const sources = createSources({ hub, site, stallMs, onAsked: options.onAsked });
  const now = options.now ?? (() => performance.now());

  /** The version to read and write under; asks the hub what `main` is at most once, ever. */
  async function revisionOf(entry: ModelEntry, signal: AbortSignal): Promise<string> {
    if (entry.revision !== 'main') return entry.revision;
    const pinned = await shelf.read(pinOf(entry.id));
    if (pinned !== undefined) return new TextDecoder().decode(pinned);
    const commit = (await sources.onSite(entry, signal)) ? undefined : await sources.commitOf(entry, signal);
    const revision = commit ?? 'main';
    await shelf.keep(pinOf(entry.id), new TextEncoder().encode(revision));
    return revision;
  }

  async function fetchModel(
    entry: ModelEntry,
    files: readonly ModelFile[],
    { signal: outer = new AbortController().signal, onProgress }: FetchOptions = {},
  ): Promise<ReadFile> {
    const failed = new AbortController();
    const signal = AbortSignal.any([outer, failed.signal]);
    const revision = await revisionOf(entry, outer);
    const at = (path: string) => keyOf(entry.id, revision, path);

    const already = new Map<string, number>();
    for (const { path } of files) {
      const found = await shelf.look(at(path));
      if (found !== undefined) already.set(path, found.name === 'whole' ? found.bytes : 0);
    }
    const progress = sumProgress(files, already, (said) => onProgress?.(said), now);

    async function bring(file: ModelFile, during: AbortSignal): Promise<Uint8Array<ArrayBuffer> | undefined> {
      const bytes = await sources.fetchFile({
        entry,
        revision,
        file,
        signal: during,
        onBytes: (loaded, total) => progress.set(file.path, loaded, total),
      });
      await (bytes === undefined ? shelf.keepAbsent(at(file.path)) : shelf.keep(at(file.path), bytes));
      return bytes;
    }

    const missing = files.filter((file) => !already.has(file.path));
    const bringing = missing.map(async (file) => {
      try {
        await bring(file, signal);
      } catch (thrown) {
        // The others stop, too; the first failure is the one that is told.
        failed.abort();
        throw thrown;
      }
    });
    const first = await firstFailure(bringing);
    if (first !== undefined) {
      progress.stop();
      throw first.thrown;
    }
    if (missing.length > 0) {
      progress.finish();
      await dropOthers(entry, revision);
    }

    return async (path) => {
      const file = files.find((one) => one.path === path);
      if (file === undefined) return undefined;
      const found = await shelf.look(at(path));
      if (found?.name === 'absent') return undefined;
      // The browser may have cleared its storage since.
      return (await shelf.read(at(path))) ?? bring(file, outer);
    };
  }

  /** Files of earlier versions, once this one is whole. */
  async function dropOthers({ id }: ModelEntry, revision: string): Promise<void> {
    const keys = await shelf.keys(keysOf(id));
    const kept = keyOf(id, revision, '');
    await shelf.drop(keys.filter((key) => !key.startsWith(kept) && key !== pinOf(id)));
  }

  async function held(entry: ModelEntry): Promise<HeldModel> {
    const pinned = entry.revision === 'main' ? await shelf.read(pinOf(entry.id)) : undefined;
    const revision = entry.revision !== 'main' ? entry.revision : pinned && new TextDecoder().decode(pinned);
    return { revision, files: await heldFiles(shelf, entry.id) };
  }

  return {
    fetchModel,
    async cachedBytes({ id }) {
      const found = await Promise.all((await shelf.keys(keysOf(id))).map((key) => shelf.look(key)));
      return found.reduce((sum, one) => sum + (one?.name === 'whole' ? one.bytes : 0), 0);
    },
    held,
    async verify(entry, verifying) {
      const { revision, files } = await held(entry);
      return verifyFiles(
        files.filter((file) => file.revision === revision),
        (file) => shelf.read(keyOf(entry.id, file.revision, file.path)),
        verifying,
      );
    },
    async dropFiles(entry, paths) {
      const { revision } = await held(entry);
      if (revision !== undefined) await shelf.drop(paths.map((path) => keyOf(entry.id, revision, path)));
    },
    async deleteModel({ id }) {
      await shelf.drop(await shelf.keys(keysOf(id)));
    },
  };
}

/** Waits for all; what was thrown first, in time. */
async function firstFailure(works: readonly Promise<void>[]): Promise<{ thrown: unknown } | undefined> {
  let first: { thrown: unknown } | undefined;
  await Promise.all(
    works.map((work) =>
      work.catch((thrown: unknown) => {
        first ??= { thrown };
      }),
    ),
  );
  return first;
}
