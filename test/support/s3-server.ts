/** An S3-compatible server for tests, as a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { freePort } from './redis-server.ts';

export interface S3Server {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export async function startS3(folder: string, bucket: string): Promise<S3Server> {
  const port = await freePort();
  const program = createRequire(import.meta.url).resolve('@20minutes/s3rver/bin/s3rver.js');
  const args = [
    program,
    '-d',
    folder,
    '-p',
    String(port),
    '-a',
    '127.0.0.1',
    '--configure-bucket',
    bucket,
    '--silent',
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
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
