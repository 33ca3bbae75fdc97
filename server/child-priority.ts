/** Who goes first where cores are short: everybody waits for the engine, and only one job for its decoder. */
import { setPriority } from 'node:os';

/** Niceness: less goes first. Below 0 needs a right (CAP_SYS_NICE, LimitNICE=) that not every server has. */
const NICENESS = { engine: -5, decoder: 10 } as const;

/** To be called as soon as it was started: threads take after the one that starts them. */
export function setChildPriority(pid: number | undefined, kind: keyof typeof NICENESS): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, NICENESS[kind]);
  } catch (error) {
    // It is gone already, which its end tells; or this server has not the right, and it runs as the others do.
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_SYSTEM_ERROR')) throw error;
  }
}
