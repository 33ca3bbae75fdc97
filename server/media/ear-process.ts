/** The live-ear process, started. */
import { fork } from 'node:child_process';
import type { FromEar, ToEar } from '../../shared/protocol/ear-process.ts';
import { childEntry } from '../child-entry.ts';

export interface EarProcess {
  readonly pid: number | undefined;
  send(message: ToEar): void;
  /** Ends it at once. Idempotent. */
  kill(): void;
  /** Resolves, never rejects, with how it ended. */
  readonly exited: Promise<string>;
}

const HEAP_MB = 512;

/** @param vad path of the Silero model */
export function startEar(vad: string, onMessage: (message: FromEar) => void): EarProcess {
  const { path, execArgv } = childEntry(import.meta.url, 'ear-main');
  const child = fork(path, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [`--max-old-space-size=${HEAP_MB}`, ...execArgv],
  });
  const kill = () => void child.kill('SIGKILL');
  process.on('exit', kill);
  const exited = new Promise<string>((resolve) => {
    const end = (how: string) => {
      process.off('exit', kill);
      resolve(how);
    };
    child.once('error', (error) => end(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  child.on('message', onMessage);
  // A process without its channel is of no use, even where it lives on.
  child.on('disconnect', kill);
  const send = (message: ToEar) => {
    // A channel that takes no message has lost its other end; that end is noticed by itself.
    if (child.connected) child.send(message, () => undefined);
  };
  send({ type: 'start', vad });
  return {
    get pid() {
      return child.pid;
    },
    send,
    kill,
    exited,
  };
}
