/** A real server over a fake service, listening on a free port, with its spool in a folder of its own. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import OpenAI from 'openai';
import { buildApp, type Services } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import type { TranscriptionService } from '../../server/service/port.ts';
import { createFakeService, type FakeService, type FakeServiceOptions } from './fake-service.ts';

export interface HttpWorld {
  readonly app: FastifyInstance;
  readonly service: FakeService;
  /** without a slash at its end */
  readonly url: string;
  readonly port: number;
  client(options?: { readonly maxRetries?: number }): OpenAI;
  /** files in the spool */
  spooled(): Promise<string[]>;
  close(): Promise<void>;
}

export interface HttpWorldOptions extends FakeServiceOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly services?: Omit<Services, 'service'>;
  /** instead of the fake; whoever made it closes it */
  readonly real?: TranscriptionService;
}

export async function startHttp({ env, services, real, ...fake }: HttpWorldOptions = {}): Promise<HttpWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-http-'));
  const spool = join(folder, 'spool');
  await mkdir(join(folder, 'web'));
  await mkdir(spool);
  await writeFile(join(folder, 'web/index.html'), '<!doctype html><title>Sotto</title>');
  const config = readConfig(['--port', '0'], {
    SOTTO_WEB: join(folder, 'web'),
    ASR_SPOOL_DIR: spool,
    ...env,
  });
  const service = createFakeService(fake);
  const app = await buildApp(config, { service: real ?? service, ...services });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    app,
    service,
    url,
    port,
    client: ({ maxRetries = 0 } = {}) => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'unused', maxRetries }),
    async spooled() {
      const all = await readdir(spool, { recursive: true, withFileTypes: true });
      return all.filter((entry) => entry.isFile()).map(({ name }) => name);
    },
    async close() {
      service.release();
      await app.close();
      await service.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until something holds; the test's own limit ends it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A multipart body, part by part, as bytes: what no client would send included. */
export function form(
  parts: readonly { readonly name: string; readonly value: string | Buffer; readonly filename?: string }[],
  boundary = 'test-boundary',
): { readonly body: Buffer; readonly headers: Readonly<Record<string, string>> } {
  const chunks = parts.flatMap(({ name, value, filename }) => {
    const file = filename === undefined ? '' : `; filename="${filename}"\r\ncontent-type: audio/wav`;
    return [
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"${file}\r\n\r\n`),
      Buffer.from(value),
      Buffer.from('\r\n'),
    ];
  });
  const body = Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
  return { body, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}
