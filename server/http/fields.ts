/** Single values out of a form, each refusal naming its parameter. */
import { ApiError } from './api-error.ts';

/** values by the name in the form, in the order in which they came */
export type Fields = ReadonlyMap<string, readonly string[]>;

/** As elsewhere on the web, the last one counts when a field comes twice. */
export const last = (fields: Fields, name: string): string | undefined => fields.get(name)?.at(-1);

/** A list, written with brackets (`name[]`, as the openai client does) or without. */
export const all = (fields: Fields, name: string): readonly string[] => [
  ...(fields.get(`${name}[]`) ?? []),
  ...(fields.get(name) ?? []),
];

export function required(fields: Fields, name: string): string {
  const value = last(fields, name)?.trim();
  if (value) return value;
  throw new ApiError('bad_request', `the field ${name} is missing`, {
    param: name,
    wireCode: 'missing_required_parameter',
  });
}

export function oneOf<Value extends string>(
  fields: Fields,
  name: string,
  values: readonly Value[],
): Value | undefined {
  const written = last(fields, name);
  if (!written) return undefined;
  const value = values.find((known) => known === written);
  if (value !== undefined) return value;
  throw invalid(name, `one of ${values.join(', ')}`);
}

export function truth(fields: Fields, name: string): boolean | undefined {
  const written = last(fields, name)?.trim().toLowerCase();
  if (!written) return undefined;
  if (written === 'true' || written === '1') return true;
  if (written === 'false' || written === '0') return false;
  throw invalid(name, 'true or false');
}

export function number(
  fields: Fields,
  name: string,
  { from, to }: { readonly from: number; readonly to: number },
): number | undefined {
  const written = last(fields, name)?.trim();
  if (!written) return undefined;
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(written) ? Number(written) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw invalid(name, `a number from ${from} to ${to}`);
}

/** `expected` completes "NAME must be". */
export const invalid = (name: string, expected: string): ApiError =>
  new ApiError('bad_request', `${name} must be ${expected}`, { param: name, wireCode: 'invalid_value' });
