import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { childEntry } from '../child-entry.ts';
import { setChildPriority } from '../child-priority.ts';

/** Entries of the machine room's processes, by the names of their files in this folder. */
export type ProcessEntry = 'child-main' | 'probe-main';

/** Milliseconds during which the last words of a process that ended may still come out of its pipe. */
export const LAST_WORDS_MS = 100;

/**
 * A process of its own. It ends with the parent: by its channel's end, or at the latest when the parent exits in
 * order. `cpus`: the cores it may use, as `taskset -c` takes them (Linux).
 */
export function forkEntry(
  entry: ProcessEntry,
  { cpus }: { readonly cpus?: string | undefined } = {},
): ChildProcess {
  const { path, execArgv } = childEntry(import.meta.url, entry);
  const child = fork(path, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // It becomes the process that it starts, with the same id and channel.
    ...(cpus === undefined
      ? { execArgv: [...execArgv] }
      : { execPath: 'taskset', execArgv: ['-c', cpus, process.execPath, ...execArgv] }),
  });
  setChildPriority(child.pid, 'engine');
  const killNow = () => child.kill('SIGKILL');
  process.on('exit', killNow);
  child.once('exit', () => process.off('exit', killNow));
  return child;
}

export interface Tail {
  text(): string;
}

/** The end of what a process says on stderr. */
export function tailOf(child: ChildProcess, maxChars = 4_096): Tail {
  let kept = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    kept = (kept + text).slice(-maxChars);
  });
  return { text: () => kept };
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** it could not even be started */
  readonly error?: Error;
}

/** Calls once, when the process is gone and its last words are in, or when it could not be started. */
export function onEnd(child: ChildProcess, tell: (end: ProcessEnd) => void): void {
  let told = false;
  const once = (end: ProcessEnd) => {
    if (told) return;
    told = true;
    tell(end);
  };
  // Every one is heard: an error event without a listener would end this process too.
  child.on('error', (error) => {
    if (child.pid === undefined) once({ code: null, signal: null, error });
  });
  child.once('exit', (code, signal) => {
    const late = setTimeout(() => once({ code, signal }), LAST_WORDS_MS);
    child.once('close', () => {
      clearTimeout(late);
      once({ code, signal });
    });
  });
}

/** Whether a signal has stopped the process, where that can be known: Linux. */
export function isStopped(pid: number | undefined): boolean {
  try {
    // pid (name) state …: the name may hold anything.
    return /^.*\) T /s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
