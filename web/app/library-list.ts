/** The library as it is shown: what of it, and in which order. Pure. */
import type { Found, Recording } from '../library/port.ts';

export const ORDERS = ['date', 'name', 'length'] as const;
export type Order = (typeof ORDERS)[number];

export const pickOrder = (value: string | undefined): Order =>
  ORDERS.find((order) => order === value) ?? 'date';

/** Rows that are shown at first, and more at each press: each is an element of its own. */
export const PAGE = 50;

export interface Row {
  readonly recording: Recording;
  /** lines of its text that hold what is searched for */
  readonly found: readonly Found[];
}

/** The newest first, the longest first, names as the language sorts them. */
export function sorted(all: readonly Recording[], order: Order, locale: string): readonly Recording[] {
  const { compare } = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  const orders: Record<Order, (a: Recording, b: Recording) => number> = {
    date: (a, b) => b.createdAt - a.createdAt,
    name: (a, b) => compare(a.name, b.name),
    length: (a, b) => b.seconds - a.seconds,
  };
  return all.toSorted((a, b) => orders[order](a, b) || b.createdAt - a.createdAt);
}

/** All of them when nothing is searched for; else those whose name or text holds it. */
export function rowsOf(
  all: readonly Recording[],
  { wanted, found }: { readonly wanted: string; readonly found: readonly Found[] },
): readonly Row[] {
  const text = wanted.trim().toLocaleLowerCase();
  if (text === '') return all.map((recording) => ({ recording, found: [] }));
  return all
    .map((recording) => ({ recording, found: found.filter(({ id }) => id === recording.id) }))
    .filter((row) => row.found.length > 0 || row.recording.name.toLocaleLowerCase().includes(text));
}
