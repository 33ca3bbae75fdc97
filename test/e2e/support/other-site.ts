/** Somebody else's site: another origin than Sotto's, without special headers, with the policy that docs/embed.md asks for. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OtherSite {
  readonly url: string;
  /** Serves something at a path from now on; gives its address. */
  serve(path: string, body: string | Uint8Array, type?: string): string;
  /** Serves a page with this body, which has Sotto's script; gives its address. */
  page(path: string, body: string, attributes?: string): string;
  /** Its pages use another Sotto from now on; what else they may connect to. */
  use(sotto: string, connects: readonly string[]): void;
  close(): Promise<void>;
}

/** What docs/embed.md says a strict page must allow for the Sotto at `host`. */
export const policyFor = (host: string, connects: readonly string[] = []): string =>
  `script-src ${host} 'wasm-unsafe-eval'; worker-src blob: ${host}; connect-src ${[host, ...connects].join(' ')} 'self'`;

export async function openOtherSite(host: string): Promise<OtherSite> {
  let sotto = { host, connects: [] as readonly string[] };
  const files = new Map<string, { readonly body: string | Uint8Array; readonly type: string }>();
  const server = createServer((request, response) => {
    const file = files.get(new URL(request.url ?? '', 'http://other').pathname);
    if (file === undefined) return response.writeHead(404).end();
    response.setHeader('content-type', file.type);
    if (file.type.startsWith('text/html')) {
      response.setHeader(
        'content-security-policy',
        `default-src 'none'; media-src 'self' blob:; form-action 'self'; ${policyFor(sotto.host, sotto.connects)}`,
      );
    }
    // Players seek by ranges.
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    if (range === null) return response.end(file.body);
    const body = Buffer.from(file.body);
    const [from, to] = [Number(range[1]), range[2] ? Number(range[2]) : body.length - 1];
    response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${body.length}` });
    return response.end(body.subarray(from, to + 1));
  });
  // By name, where Sotto's is by number: another origin, and a secure context.
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const serve = (path: string, body: string | Uint8Array, type = 'application/octet-stream'): string => {
    files.set(path, { body, type });
    return `${url}${path}`;
  };
  return {
    url,
    serve,
    page: (path, body, attributes = 'lang="en"') =>
      serve(
        path,
        `<!doctype html><html ${attributes}><head><meta charset="utf-8"><title>A page</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <script type="module" src="${sotto.host}/embed/sotto.js"></script></head><body><main>${body}</main></body></html>`,
        'text/html; charset=utf-8',
      ),
    use(address, connects) {
      sotto = { host: address, connects };
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
