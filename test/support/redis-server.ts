/** A real redis-server on a free port of the loopback interface, which tests kill and start again on the same data. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureProgram } from './apt.ts';

export interface RedisServer {
  /** redis://127.0.0.1:PORT, the same after a restart */
  readonly url: string;
  readonly port: number;
  /** SIGKILL: what was not written is lost. Resolves when it is gone. Idempotent. */
  kill(): Promise<void>;
  /** SIGSTOP or SIGCONT: it is there and does not answer. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** Starts it again on the same port and data, after `kill`. Resolves when it answers. */
  start(): Promise<void>;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

export interface RedisServerOptions {
  /** further lines of its configuration, as arguments: `['--maxmemory-policy', 'allkeys-lru']` */
  readonly args?: readonly string[];
  /** how often it writes to the disk */
  readonly fsync?: 'always' | 'everysec';
}

export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const program = ensureProgram('redis-server', 'redis-server');
  const folder = await mkdtemp(join(tmpdir(), 'sotto-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const args = [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--daemonize', 'no'],
      ...['--appendonly', 'yes', '--appendfsync', options.fsync ?? 'always'],
      ...['--maxmemory-policy', 'noeviction', ...(options.args ?? [])],
    ];
    const started = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child = started;
    const until = Date.now() + 20_000;
    while (!(await answers(port))) {
      if (started.exitCode !== null) throw new Error(`redis-server ended with ${started.exitCode}`);
      if (Date.now() > until) throw new Error('redis-server does not answer');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill: () => end('SIGKILL'),
    signal: (name) => void child?.kill(name),
    start,
    async stop() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whether it takes commands: not while it still loads its data. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => finish(data.toString().startsWith('+PONG')));
    socket.once('error', () => finish(false));
    socket.setTimeout(1_000, () => finish(false));
  });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
