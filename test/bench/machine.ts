import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { findChromium } from '../support/chromium.ts';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory_gb: number;
  readonly node: string;
  readonly chromium: string;
  readonly date: string;
  /** processes that wanted a core, over the minute before the bench: above `cores` the times are too long */
  readonly load: number;
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? process.arch,
    cores: availableParallelism(),
    memory_gb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    chromium: chromiumVersion(),
    date: new Date().toISOString(),
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

function chromiumVersion(): string {
  const path = findChromium();
  if (path === undefined) return 'none';
  const said = execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return /\d+(\.\d+)+/.exec(said)?.[0] ?? said.trim();
}
