import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setChildPriority } from '../child-priority.ts';

/** Entries of the machine room's processes, by the names of their files in this folder. */
export type ProcessEntry = 'child-main' | 'probe-main';

/** Milliseconds during which the last words of a process that ended may still come out of its pipe. */
export const LAST_WORDS_MS = 100;

/**
 * A process of its own, from the sources (through tsx, as the parent itself) or compiled, as the parent is. It ends
 * with the parent: by its channel's end, or at the latest when the parent exits in order. `cpus`: the cores it may use,
 * as `taskset -c` takes them (Linux).
 */
export function forkEntry(
  entry: ProcessEntry,
  { cpus }: { readonly cpus?: string | undefined } = {},
): ChildProcess {
  const fromSource = import.meta.url.endsWith('.ts');
  const path = fileURLToPath(new URL(`./${entry}${fromSource ? '.ts' : '.js'}`, import.meta.url));
  const node = fromSource ? ['--import', tsx()] : [];
  const child = fork(path, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // It becomes the process that it starts, with the same id and channel.
    ...(cpus === undefined
      ? { execArgv: node }
      : { execPath: 'taskset', execArgv: ['-c', cpus, process.execPath, ...node] }),
  });
  setChildPriority(child.pid, 'engine');
  const killNow = () => child.kill('SIGKILL');
  process.on('exit', killNow);
  child.once('exit', () => process.off('exit', killNow));
  return child;
}

const tsx = () => pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

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
