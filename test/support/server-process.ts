import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { SERVER } from './programs.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ServerProcess {
  readonly child: ChildProcess;
  /** the address that it printed; rejects when it ends without one */
  readonly address: Promise<string>;
  readonly ended: Promise<Ended>;
}

/** Starts the real server as a process of its own; `node` is what stands before its arguments. */
export function startServer(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  node: readonly string[] = SERVER,
  options: Pick<SpawnOptions, 'stdio' | 'detached'> = {},
): ServerProcess {
  const child = spawn(process.execPath, [...node, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
    // Most tests are of the page and its files: no engine for them.
    env: { ...process.env, ASR_ENABLED: 'off', ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal, stdout, stderr }));
  const address = new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const found = /ready at (\S+)\n/.exec(stdout)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then((end) => reject(new Error(`ended with ${end.code} before it listened: ${end.stderr}`)));
  });
  // Some tests wait for the end alone.
  address.catch(() => undefined);
  return { child, address, ended };
}
