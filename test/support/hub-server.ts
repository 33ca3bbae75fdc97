/**
 * A model hub on this machine, laid out as the Hugging Face hub: `/<id>/resolve/<revision>/<path>` answers small
 * files itself and sends large ones (*.onnx) to a CDN address, `/api/models/<id>/tree/<revision>` lists them.
 * Under `/models/<id>/<path>` it can be a site with models of its own.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';

/** What goes wrong with a file: the first four as an answer, the others in its body (`short` ends as if it were whole). */
export type Fault =
  | 'missing'
  | 'error'
  | 'page'
  | 'unauthorized'
  | 'truncate'
  | 'short'
  | 'stall'
  | 'corrupt';

export interface HubOptions {
  /** folders by model id */
  readonly models: Readonly<Record<string, string>>;
  /** models that the site has itself, under /models/ */
  readonly site?: Readonly<Record<string, string>>;
  /** 40 hex digits; every model's only commit */
  readonly commit?: string;
  /** whether it has the listing API, as a plain mirror does not */
  readonly api?: boolean;
}

export interface Hub {
  /** http://127.0.0.1:<port> */
  readonly base: string;
  /** for `site` of the model store */
  readonly site: string;
  readonly commit: string;
  /** `METHOD path` of each request, in order */
  readonly requests: string[];
  /** the `Range` of each request that had one */
  readonly ranges: string[];
  /** by a file's path in its folder; undefined heals it */
  fault(path: string, fault: Fault | undefined): void;
  close(): Promise<void>;
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'X-Repo-Commit, X-Error-Code, ETag, X-Linked-Size, X-Linked-ETag, X-Xet-Hash, Content-Length',
  'cross-origin-resource-policy': 'cross-origin',
};

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** after half of the body: break the connection, or say no more */
  readonly halfway?: 'break' | 'hold';
}

type Folders = Readonly<Record<string, string>>;

export async function startHub(options: HubOptions): Promise<Hub> {
  const { models, site = {}, commit = '0123456789abcdef0123456789abcdef01234567', api = true } = options;
  const faults = new Map<string, Fault>();
  const requests: string[] = [];
  const ranges: string[] = [];

  function answerTo(path: string): Answer {
    const own = /^\/models\/(.+)$/.exec(path)?.[1];
    if (own !== undefined) return file(site, own);
    const cdn = /^\/cdn\/(.+)$/.exec(path)?.[1];
    if (cdn !== undefined) return file(models, cdn);
    const tree = /^\/api\/models\/([^/]+\/[^/]+)\/tree\/([^/]+)$/.exec(path);
    if (tree !== null) return listing(models[tree[1]!], tree[2]!);
    const resolve = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path);
    return resolve === null ? refusal(404) : resolved(resolve[1]!, resolve[2]!, resolve[3]!);
  }

  const isHere = (revision: string): boolean => revision === 'main' || revision === commit;

  function listing(folder: string | undefined, revision: string): Answer {
    if (!api || folder === undefined || !isHere(revision)) return refusal(404);
    const list = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const at = join(entry.parentPath, entry.name);
        const bytes = readFileSync(at);
        const lfs = isLarge(at) ? { lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 134 } } : {};
        return { type: 'file', oid: gitHash(bytes), size: bytes.length, ...lfs, path: relative(folder, at) };
      });
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(list)),
    };
  }

  function resolved(id: string, revision: string, path: string): Answer {
    const folder = models[id];
    // The hub does not tell strangers what exists.
    if (folder === undefined) return refusal(401, 'RepoNotFound');
    if (!isHere(revision)) return refusal(404, 'RevisionNotFound');
    const bytes = read(folder, path);
    const headers = { 'x-repo-commit': commit };
    if (bytes === undefined || !isLarge(path)) return file(models, `${id}/${path}`, headers);
    return {
      status: 302,
      headers: {
        ...headers,
        'x-linked-size': String(bytes.length),
        'x-linked-etag': `"${sha256(bytes)}"`,
        location: `/cdn/${id}/${path}`,
      },
      body: Buffer.alloc(0),
    };
  }

  function file(folders: Folders, address: string, more: Readonly<Record<string, string>> = {}): Answer {
    const id = Object.keys(folders).find((one) => address.startsWith(`${one}/`)) ?? '';
    const path = address.slice(id.length + 1);
    const folder = folders[id];
    const body = folder === undefined ? undefined : read(folder, path);
    const fault = faults.get(path);
    if (body === undefined || fault === 'missing') return refusal(404, 'EntryNotFound');
    if (fault === 'error') return refusal(500);
    if (fault === 'unauthorized') return refusal(403);
    if (fault === 'page') {
      return { status: 200, headers: { 'content-type': 'text/html' }, body: Buffer.from('<!doctype html>') };
    }
    const headers = {
      ...more,
      'content-type': path.endsWith('.json') ? 'application/json' : 'application/octet-stream',
      'content-length': String(body.length),
      // Behind the CDN some store's own digest: 64 hex digits, and not those of the file.
      etag: isLarge(path) ? `"${sha256(Buffer.from(path))}"` : `"${gitHash(body)}"`,
    };
    if (fault === 'short') {
      const { 'content-length': _, ...unsized } = headers;
      return { status: 200, headers: unsized, body: body.subarray(0, body.length >> 1) };
    }
    const whole: Answer = { status: 200, headers, body: fault === 'corrupt' ? flipped(body) : body };
    if (fault === 'truncate') return { ...whole, halfway: 'break' };
    return fault === 'stall' ? { ...whole, halfway: 'hold' } : whole;
  }

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://hub');
    requests.push(`${request.method} ${pathname}`);
    if (request.headers.range !== undefined) ranges.push(request.headers.range);
    const { status, headers, body, halfway } = partOf(answerTo(pathname), request.headers.range);
    response.writeHead(status, { ...CORS, ...headers });
    if (request.method === 'HEAD') response.end();
    else if (halfway === undefined) response.end(body);
    else {
      response.write(body.subarray(0, body.length >> 1), () => {
        if (halfway === 'break') response.destroy();
      });
    }
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    base,
    site: `${base}/models/`,
    commit,
    requests,
    ranges,
    fault(path, fault) {
      if (fault === undefined) faults.delete(path);
      else faults.set(path, fault);
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The rest of a whole file, from where a client has it. */
function partOf(answer: Answer, range: string | undefined): Answer {
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? Number.NaN);
  if (!(from >= 0) || answer.status !== 200 || answer.headers['content-length'] === undefined) return answer;
  if (from >= answer.body.length) return refusal(416);
  const body = answer.body.subarray(from);
  return {
    ...answer,
    status: 206,
    body,
    headers: { ...answer.headers, 'content-length': String(body.length) },
  };
}

function refusal(status: number, code?: string): Answer {
  const headers = { 'content-type': 'text/plain', ...(code === undefined ? {} : { 'x-error-code': code }) };
  return { status, headers, body: Buffer.from(`${status}`) };
}

function read(folder: string, path: string): Buffer | undefined {
  try {
    return readFileSync(join(folder, path));
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined;
    throw thrown;
  }
}

const isLarge = (path: string): boolean => /\.onnx(_data)?$/.test(path);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
/** What git calls a file's content, the hub's etag for small ones. */
const gitHash = (bytes: Buffer): string =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length >> 1]! ^= 0xff;
  return copy;
}
