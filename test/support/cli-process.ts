/** The command line as a shell runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { COMMAND } from './programs.ts';

export interface CliEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function startCli(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { readonly child: ChildProcess; readonly ended: Promise<CliEnd> } {
  const child = spawn(process.execPath, [...COMMAND, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ASR_DEVICE: 'cpu', ASR_THREADS: '1', ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]): CliEnd => ({ code, stdout, stderr }));
  return { child, ended };
}
