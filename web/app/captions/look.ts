/** How captions look, as data; remembered between visits. */
import { recall, remember } from '../preferences.ts';

/** `page`: the page's own colours, light or dark */
export const SCHEMES = ['page', 'white-on-black', 'black-on-white', 'yellow-on-black'] as const;
export type Scheme = (typeof SCHEMES)[number];

/** Of the text, in rem. */
export const SIZES = [1.125, 1.5, 2, 2.75, 3.75, 5] as const;

export interface Look {
  /** index into SIZES */
  readonly size: number;
  readonly scheme: Scheme;
  /** whether screen readers are told of new text */
  readonly readAloud: 'on' | 'off';
}

const STANDARD: Look = { size: 2, scheme: 'page', readAloud: 'on' };

/** A look out of anything, such as what an older version stored: what is missing or wrong is the standard. */
export function lookFrom(value: unknown): Look {
  const given: Readonly<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {};
  const { size, scheme, readAloud } = given;
  return {
    size: typeof size === 'number' && SIZES[size] !== undefined ? size : STANDARD.size,
    scheme: SCHEMES.find((one) => one === scheme) ?? STANDARD.scheme,
    readAloud: readAloud === 'off' ? 'off' : 'on',
  };
}

export function recallLook(): Look {
  try {
    return lookFrom(JSON.parse(recall('captions') ?? 'null'));
  } catch {
    return STANDARD; // what was stored is no JSON
  }
}

export const rememberLook = (look: Look): void => remember('captions', JSON.stringify(look));
