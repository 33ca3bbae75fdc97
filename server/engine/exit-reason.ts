import { readFileSync } from 'node:fs';
import { SottoError } from '../../shared/errors.ts';
import type { ProcessEnd } from './fork.ts';

/** What V8, C++ and the kernel say when there is no memory. */
const NO_MEMORY =
  /heap out of memory|bad_alloc|out of memory|cannot allocate memory|failed to allocate|allocation failed/i;
/** Enough for a person to see what it was. */
const DETAIL_CHARS = 400;

/** Why a process that nobody killed is gone: `out_of_memory` where it says so or the kernel did it, else `engine_exited`. */
export function exitReason(
  { code, signal, error }: ProcessEnd,
  stderr: string,
  kernelKills: { readonly before: number; readonly after: number },
): SottoError {
  const how =
    error !== undefined
      ? `could not be started: ${error.message}`
      : signal !== null
        ? `signal ${signal}`
        : `exit code ${code}`;
  const said = stderr.trim().slice(-DETAIL_CHARS);
  const detail = said === '' ? how : `${how}: ${said}`;
  // 137: a shell or container runtime saying that a process was killed.
  const killed = signal === 'SIGKILL' || code === 137;
  const noMemory = NO_MEMORY.test(said) || (killed && kernelKills.after > kernelKills.before);
  return new SottoError(noMemory ? 'out_of_memory' : 'engine_exited', detail);
}

/** How often the kernel has killed for want of memory since the machine started; 0 where that cannot be known. */
export function kernelOomKills(): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
