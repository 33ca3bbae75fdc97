import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';

export interface BenchArgs {
  readonly json: boolean;
  readonly benches: readonly Bench[];
  /** whether a figure was asked for */
  readonly wants: (bench: Bench, key: string) => boolean;
}

/** `--json`, and `--only NAME` (a group or a figure; several times, or with commas). Throws an Error with the names there are. */
export function readArgs(argv: readonly string[], all: readonly Bench[]): BenchArgs {
  const { values } = parseArgs({
    args: [...argv],
    options: { json: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } },
  });
  const only = (values.only ?? []).flatMap((names) => names.split(',')).map((name) => name.trim());
  const known = all.flatMap((bench) => [bench.group, ...bench.keys]);
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`There is no bench ${unknown.join(', ')}; there are ${known.join(', ')}.`);
  }
  const wants = (bench: Bench, key: string) =>
    only.length === 0 || only.includes(bench.group) || only.includes(key);
  return {
    json: values.json,
    benches: all.filter((bench) => only.length === 0 || bench.keys.some((key) => wants(bench, key))),
    wants,
  };
}
