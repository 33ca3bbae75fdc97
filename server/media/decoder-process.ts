/** A decoder in a process of its own, started and not yet given a file. */
import { fork } from 'node:child_process';
import type { FromDecoder, ToDecoder } from '../../shared/protocol/decoder-process.ts';
import { childEntry } from '../child-entry.ts';
import { setChildPriority } from '../child-priority.ts';

export interface DecoderProcess {
  readonly pid: number | undefined;
  send(message: ToDecoder): void;
  /** What it says; the last one to ask hears it. */
  listen(listener: (message: FromDecoder) => void): void;
  /** Resolves, never rejects, with how it ended: `signal SIGSEGV`, `exit code 1`. */
  readonly exited: Promise<string>;
  readonly alive: boolean;
  /** Ends it at once, stopped or not. Idempotent. */
  kill(): void;
}

/** MiB of JavaScript's heap; sound is outside of it. */
const HEAP_MB = 256;

const killAtExit = new Set<() => void>();
let watching = false;

/** Those that live end with this process, at the latest when it exits in order. */
function watchExit(): void {
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const kill of killAtExit) kill();
  });
}

/** @param vad path of the Silero model */
export function startDecoder(vad: string): DecoderProcess {
  const { path, execArgv } = childEntry(import.meta.url, 'decoder-main');
  const child = fork(path, [], {
    serialization: 'advanced',
    // FFmpeg may print what a file says of itself, and that is nobody's business.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [`--max-old-space-size=${HEAP_MB}`, ...execArgv],
  });
  watchExit();
  setChildPriority(child.pid, 'decoder');
  let alive = true;
  let listener: (message: FromDecoder) => void = () => {};
  const kill = () => {
    if (alive) child.kill('SIGKILL');
  };
  killAtExit.add(kill);
  const exited = new Promise<string>((resolve) => {
    const end = (how: string) => {
      alive = false;
      killAtExit.delete(kill);
      resolve(how);
    };
    child.once('error', (error) => end(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  child.on('message', (message: FromDecoder) => listener(message));
  // A process without its channel is of no use, even where it lives on.
  child.on('disconnect', kill);
  const send = (message: ToDecoder) => {
    // A channel that takes no message has lost its other end; that end is noticed by itself.
    if (child.connected) child.send(message, () => undefined);
  };
  send({ type: 'start', vad });
  return {
    get pid() {
      return child.pid;
    },
    send,
    listen(to) {
      listener = to;
    },
    exited,
    get alive() {
      return alive;
    },
    kill,
  };
}
