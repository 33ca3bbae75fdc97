/** Programs that tests need, from Debian's packages where they are missing and this user may install them. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export function onPath(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'].filter(
    (folder) => folder !== '',
  );
  return folders.map((folder) => join(folder, name)).find(runnable);
}

/** The program's path. Throws an Error that says what to install. */
export function ensureProgram(name: string, debianPackage: string): string {
  const found = onPath(name);
  if (found !== undefined) return found;
  const flags = ['install', '-y', '--no-install-recommends', debianPackage];
  // Debian would start the service; a test starts its own, with its own data.
  const installed = mayInstall() && (aptGet(flags) || (aptGet(['update']) && aptGet(flags)));
  const program = installed ? onPath(name) : undefined;
  if (program !== undefined) return program;
  throw new Error(`These tests need ${name}. Install it (Debian: "apt-get install ${debianPackage}").`);
}

/** Whether this user may install. */
export const mayInstall = (): boolean => process.getuid?.() === 0 && runnable('/usr/bin/apt-get');

/** Whether it went well. */
export function aptGet(args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  // Two test files may want it at the same time: the later waits for the lock.
  const all = ['-o', 'DPkg::Lock::Timeout=120', ...args];
  return spawnSync('/usr/bin/apt-get', all, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
}

export function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
