import type { Figure } from './bench.ts';
import type { Machine } from './machine.ts';

const HEAD = ['figure', 'value', 'min', 'max', 'measured on'];

/** A Markdown table, so that it can be pasted into a document, and the machine under it. */
export function table(figures: readonly Figure[], machine: Machine): string {
  const rows = figures.map((each) => [
    each.key,
    show(each, each.value),
    show(each, each.min),
    show(each, each.max),
    each.note,
  ]);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (numeric(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (numeric(column) ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`;
  const { cpu, cores, memory_gb, node, chromium, date, load } = machine;
  const facts = `${cpu}, ${cores} cores, ${memory_gb} GB; Node ${node}, Chromium ${chromium}; ${date}; load ${load} before`;
  return [line(HEAD), rule, ...rows.map(line), '', facts].join('\n');
}

const numeric = (column: number) => column >= 1 && column <= 3;

function show({ unit }: Figure, value: number): string {
  switch (unit) {
    case 'ms':
      return `${value.toFixed(1)} ms`;
    case 's':
      return `${value.toFixed(2)} s`;
    case 'MB':
      return `${value.toFixed(2)} MB`;
    case 'ratio':
      return value.toFixed(3);
    case 'count':
      return String(value);
  }
}

export interface BenchJson {
  readonly [key: string]: number | null | Machine | Readonly<Record<string, readonly [number, number]>>;
}

/** Every wanted figure by its key (null where its bench failed), their spread [min, max] and the machine. */
export function toJson(keys: readonly string[], figures: readonly Figure[], machine: Machine): BenchJson {
  const round = (value: number) => Number(value.toPrecision(4));
  return {
    ...Object.fromEntries(keys.map((key) => [key, null])),
    ...Object.fromEntries(figures.map(({ key, value }) => [key, round(value)])),
    spread: Object.fromEntries(figures.map(({ key, min, max }) => [key, [round(min), round(max)] as const])),
    machine,
  };
}
