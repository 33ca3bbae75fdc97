/** What the hub says of a model: the commit that a revision is, and its files' sizes and digests. */
import type { ModelEntry } from '../../shared/asr/catalogue.ts';
import { SottoError } from '../../shared/errors.ts';
import type { FileFacts } from './download.ts';

export interface HubModel {
  /** 40 hex digits where the hub says so, else what was asked for */
  readonly revision: string;
  /** by path; empty where there is no listing, as at a plain mirror */
  readonly facts: ReadonlyMap<string, FileFacts>;
  url(path: string): string;
}

const ASK_MS = 30_000;

/** Throws SottoError: `model_not_found`, `model_offline`, `cancelled`. */
export async function askHub(hub: string, entry: ModelEntry, signal: AbortSignal): Promise<HubModel> {
  const at = (revision: string, path: string) => `${hub}/${entry.id}/resolve/${revision}/${path}`;
  const head = await get(at(entry.revision, 'config.json'), 'HEAD', signal);
  if (!head.ok) throw new SottoError('model_not_found', `${entry.id} at ${hub}: status ${head.status}`);
  const revision = head.headers.get('x-repo-commit') ?? entry.revision;
  const list = await get(`${hub}/api/models/${entry.id}/tree/${revision}?recursive=true`, 'GET', signal);
  const facts = new Map<string, FileFacts>();
  const items: unknown = list.ok ? await list.json().catch(() => []) : [];
  for (const item of Array.isArray(items) ? (items as readonly unknown[]) : []) {
    if (!isRecord(item) || typeof item.path !== 'string' || typeof item.size !== 'number') continue;
    const oid = isRecord(item.lfs) ? item.lfs.oid : undefined;
    const sha256 = typeof oid === 'string' && /^[0-9a-f]{64}$/.test(oid) ? oid : undefined;
    facts.set(item.path, { size: item.size, sha256 });
  }
  return { revision, facts, url: (path) => at(revision, path) };
}

async function get(url: string, method: 'GET' | 'HEAD', signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { method, signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]) });
  } catch (thrown) {
    throw new SottoError(signal.aborted ? 'cancelled' : 'model_offline', url, { cause: thrown });
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
