/** Which reads may share a batch. */
import type { ReadOptions } from './engine.ts';

/** Every option, so that a new one cannot be forgotten here. Lists are equal by content. */
const NAMES: Readonly<Record<keyof ReadOptions, true>> = {
  model: true,
  task: true,
  language: true,
  effort: true,
  prompt: true,
  terms: true,
  temperature: true,
  doubtful: true,
  times: true,
};

export function equalOptions(a: ReadOptions, b: ReadOptions): boolean {
  const names = Object.keys(NAMES) as (keyof ReadOptions)[];
  return names.every((name) => equal(a[name], b[name]));
}

type Value = ReadOptions[keyof ReadOptions];

function equal(a: Value, b: Value): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
