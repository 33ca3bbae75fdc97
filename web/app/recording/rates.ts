/** Speeds that a recording is played at. */
export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const;

export const SLOWEST: number = RATES[0];
export const FASTEST: number = Math.max(...RATES);

/** Making one costs a millisecond, and the player renders often. */
const formats = new Map<string, Intl.NumberFormat>();

/** `1.5×` */
export function rateName(rate: number, locale: string): string {
  const format = formats.get(locale) ?? new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  formats.set(locale, format);
  return `${format.format(rate)}×`;
}
