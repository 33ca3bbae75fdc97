/** Where a model's files come from: this site's own folder, or the hub. */
import type { ModelEntry, ModelFile } from '../../shared/asr/catalogue.ts';
import { SottoError } from '../../shared/errors.ts';
import { download, type FileFacts, request, type TellAsked, unlessStalled } from './store-download.ts';

export interface SourcesOptions {
  /** base address of the hub, with or without a slash at its end */
  readonly hub: string;
  /** base address of the site's own models, with a slash at its end */
  readonly site: string;
  readonly stallMs: number;
  /** is told of every request */
  readonly onAsked?: TellAsked | undefined;
}

export interface Sources {
  /** Whether the site has the model itself; asked once a model. Embedded models are always there. */
  onSite(entry: ModelEntry, signal: AbortSignal): Promise<boolean>;
  /** The commit that `main` is now; undefined where the hub does not say (a plain mirror). */
  commitOf(entry: ModelEntry, signal: AbortSignal): Promise<string | undefined>;
  /** One file from the best source that has it; undefined when an optional one is nowhere. */
  fetchFile(request: FileRequest): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

export interface FileRequest {
  readonly entry: ModelEntry;
  readonly revision: string;
  readonly file: ModelFile;
  readonly signal: AbortSignal;
  readonly onBytes: (loaded: number, total: number | undefined) => void;
}

/** The store keeps its own copy; the hub need not know which page asks. */
const HUB_INIT: RequestInit = { credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' };

type Listing = ReadonlyMap<string, FileFacts>;

export function createSources({ hub, site, stallMs, onAsked }: SourcesOptions): Sources {
  const hubBase = hub.replace(/\/+$/, '');
  const siteUrl = (id: string, path: string) => new URL(`${id}/${path}`, site).href;
  const hubUrl = (id: string, revision: string, path: string) =>
    `${hubBase}/${id}/resolve/${revision}/${path}`;
  const probes = new Map<string, Promise<boolean>>();
  const listings = new Map<string, Promise<Listing>>();

  async function probe(url: string, signal: AbortSignal): Promise<boolean> {
    return unlessStalled(signal, stallMs, url, async (watched) => {
      try {
        return (await request(url, { method: 'HEAD', signal: watched }, onAsked)) !== undefined;
      } catch (thrown) {
        if (watched.aborted) throw thrown;
        // A site that cannot say is one that does not have it: the hub is asked, and its answer counts.
        return false;
      }
    });
  }

  async function onSite({ id, source }: ModelEntry, signal: AbortSignal): Promise<boolean> {
    if (source === 'embedded') return true;
    return once(probes, id, () => probe(siteUrl(id, 'config.json'), signal));
  }

  /**
   * Sizes and digests of a commit's files, from the hub's API: a page cannot see the headers of the redirects that
   * lead to large files. Only a help: empty where there is no such API.
   */
  async function readListing(id: string, revision: string, signal: AbortSignal): Promise<Listing> {
    const url = `${hubBase}/api/models/${id}/tree/${revision}?recursive=true`;
    return unlessStalled(signal, stallMs, url, async (watched) => {
      try {
        const response = await request(url, { ...HUB_INIT, signal: watched }, onAsked);
        return listingOf(await response?.json());
      } catch (thrown) {
        if (watched.aborted) throw thrown;
        return new Map();
      }
    });
  }

  return {
    onSite,
    async commitOf({ id }, signal) {
      const url = hubUrl(id, 'main', 'config.json');
      return unlessStalled(signal, stallMs, url, async (watched) => {
        const response = await request(url, { ...HUB_INIT, signal: watched }, onAsked);
        if (response === undefined) throw new SottoError('model_not_found', url);
        await response.body?.cancel();
        return response.headers.get('x-repo-commit') ?? undefined;
      });
    },
    async fetchFile({ entry, revision, file, signal, onBytes }) {
      const common = { signal, onBytes, stallMs, onAsked };
      const here = await onSite(entry, signal);
      if (here) {
        const url = siteUrl(entry.id, file.path);
        const bytes = await download(url, { ...common, expected: {}, init: {} });
        if (bytes !== undefined || file.optional) return bytes;
        if (entry.source === 'embedded') throw new SottoError('model_not_found', url);
      }
      // The operator may have put only some dtypes on the site.
      const key = `${entry.id}@${revision}`;
      const facts = await once(listings, key, () => readListing(entry.id, revision, signal));
      const url = hubUrl(entry.id, revision, file.path);
      const expected = facts.get(file.path) ?? {};
      const bytes = await download(url, { ...common, expected, init: HUB_INIT });
      if (bytes === undefined && !file.optional) throw new SottoError('model_not_found', url);
      return bytes;
    },
  };
}

/** The answer of the first call for all that follow; a failure is forgotten. */
async function once<T>(answers: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const answer = answers.get(key) ?? ask();
  answers.set(key, answer);
  try {
    return await answer;
  } catch (thrown) {
    answers.delete(key);
    throw thrown;
  }
}

/** `[{ path, size, lfs?: { oid } }]`; `oid` of a large file is its SHA-256. */
function listingOf(answer: unknown): Listing {
  const listing = new Map<string, FileFacts>();
  for (const item of Array.isArray(answer) ? (answer as readonly unknown[]) : []) {
    if (!isRecord(item) || typeof item.path !== 'string' || typeof item.size !== 'number') continue;
    const oid = isRecord(item.lfs) ? item.lfs.oid : undefined;
    const sha256 = typeof oid === 'string' && /^[0-9a-f]{64}$/.test(oid) ? { sha256: oid } : {};
    listing.set(item.path, { size: item.size, ...sha256 });
  }
  return listing;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
