/** `sotto serve --redis` and `sotto worker --redis` as processes of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { COMMAND } from './programs.ts';

export interface ClusterProcess {
  readonly child: ChildProcess;
  /** an ingress's address, or a worker's id */
  readonly name: string;
  kill(signal: NodeJS.Signals): Promise<void>;
}

export const startIngress = (env: NodeJS.ProcessEnv, node = COMMAND) =>
  start([...node, 'serve', '--port', '0'], env, /ready at (\S+)\n/);

export const startWorker = (env: NodeJS.ProcessEnv, node = COMMAND) =>
  start([...node, 'worker'], env, /works as (\S+)\n/);

async function start(args: readonly string[], env: NodeJS.ProcessEnv, says: RegExp): Promise<ClusterProcess> {
  const { PORT: _, ...inherited } = process.env;
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, ASR_DEVICE: 'cpu', ASR_THREADS: '1', ASR_SPARES: '0', ...env },
  });
  let output = '';
  const ended = once(child, 'close');
  const name = await new Promise<string>((resolve, reject) => {
    const read = (text: string) => {
      output += text;
      const found = says.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.setEncoding('utf8').on('data', read);
    child.stderr?.setEncoding('utf8').on('data', read);
    void ended.then(() => reject(new Error(`it ended before it was ready: ${output}`)));
  });
  return {
    child,
    name,
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await ended;
    },
  };
}
