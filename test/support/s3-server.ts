/** An S3-compatible server for tests, as a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from './redis-server.ts';

export interface S3Server {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export async function startS3(folder: string, bucket: string): Promise<S3Server> {
  const port = await freePort();
  const options = {
    ...{ address: '127.0.0.1', port, silent: true, directory: folder },
    configureBuckets: [{ name: bucket }],
    // It reckons that of a query with a slash in it (a prefix) otherwise than S3 does.
    allowMismatchedSignatures: true,
  };
  const script = `new (require('@20minutes/s3rver'))(${JSON.stringify(options)}).run()`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = once(child, 'exit');
  const endpoint = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    if (child.exitCode !== null || tries > 400) throw new Error('the S3 server does not start');
    const answers = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (answers) break;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return {
    endpoint,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
