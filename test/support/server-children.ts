/** The processes of a running server by what they do, from /proc. */
import { readdirSync, readFileSync } from 'node:fs';

export type Role = 'engine' | 'spare' | 'decoder';

export interface ServerChild {
  readonly pid: number;
  readonly entry: 'engine' | 'decoder' | 'probe';
  readonly stopped: boolean;
  /** clock ticks since the machine started */
  readonly since: number;
}

const ENTRIES = [
  ['child-main', 'engine'],
  ['decoder-main', 'decoder'],
  ['probe-main', 'probe'],
] as const;

/** Those that live, the oldest first. */
export function serverChildren(server: number): ServerChild[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => read(Number(name), server) ?? []);
  return children.sort((a, b) => a.since - b.since || a.pid - b.pid);
}

/** The spare takes over from the engine, and the next spare is younger: of the engines the oldest one serves. */
export function inRole(children: readonly ServerChild[], role: Role): readonly ServerChild[] {
  const engines = children.filter(({ entry }) => entry === 'engine');
  if (role === 'engine') return engines.slice(0, 1);
  if (role === 'spare') return engines.slice(1);
  return children.filter(({ entry }) => entry === 'decoder');
}

/** Bytes; undefined when it is gone. */
export function residentBytes(pid: number): number | undefined {
  const status = readOf(pid, 'status');
  const kib = status === undefined ? undefined : /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

function read(pid: number, server: number): ServerChild | undefined {
  // pid (name) state parent …: the name may hold anything.
  const stat = readOf(pid, 'stat');
  const rest = stat?.slice(stat.lastIndexOf(') ') + 2).split(' ');
  if (rest === undefined || Number(rest[1]) !== server || rest[0] === 'Z' || rest[0] === 'X')
    return undefined;
  const command = readOf(pid, 'cmdline') ?? '';
  const entry = ENTRIES.find(([file]) => command.includes(`/${file}.`))?.[1];
  return entry && { pid, entry, stopped: rest[0] === 'T', since: Number(rest[19]) };
}

function readOf(pid: number, file: 'stat' | 'status' | 'cmdline'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}
