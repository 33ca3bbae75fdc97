/** What a process uses, as Linux tells it; undefined elsewhere, and once it is gone. */
import { readFile } from 'node:fs/promises';

/** USER_HZ, the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const KIB_PER_MIB = 1_024;

export interface ProcessUse {
  readonly cpuMs: number | undefined;
  readonly residentMb: number | undefined;
}

export async function processUse(pid: number): Promise<ProcessUse> {
  const [stat, status] = await Promise.all([text(`/proc/${pid}/stat`), text(`/proc/${pid}/status`)]);
  return { cpuMs: cpuMsOf(stat), residentMb: residentMbOf(status) };
}

async function text(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // Not Linux, or the process has just ended: its end is noticed by itself.
    return '';
  }
}

/** utime and stime are the 14th and 15th values; the 2nd, a name in brackets, may hold anything (proc(5)). */
function cpuMsOf(stat: string): number | undefined {
  const values = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(values[11]) + Number(values[12]);
  return Number.isFinite(ticks) ? (ticks * 1000) / TICKS_PER_SECOND : undefined;
}

function residentMbOf(status: string): number | undefined {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kib === undefined ? undefined : Number(kib) / KIB_PER_MIB;
}
