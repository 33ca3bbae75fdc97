/** Values out of a model folder's JSON files, which may hold anything. */
import { SottoError } from '../errors.ts';

export type Json = Readonly<Record<string, unknown>>;

/** `{}` for what is no object. */
export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

/** Throws `model_load_failed` where there is no number and nothing to take instead. */
export function numberOf(from: Json, key: string, otherwise?: number): number {
  const value = from[key] ?? otherwise;
  if (typeof value === 'number') return value;
  throw new SottoError('model_load_failed', `its configuration has no ${key}`);
}

/** The token ids of a list; none of what is no list. */
export function idsOf(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((id): id is number => typeof id === 'number' && id >= 0) : [];
}

/** The id itself, or a list's first. */
export function firstIdOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : idsOf(value)[0];
}
