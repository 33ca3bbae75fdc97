/** Times, sizes and levels as people read them. Pure; locales are BCP 47 tags. */

export { clock } from '../../shared/formats/clock.ts';

/** `PT12.34S`, for `<time datetime>`. */
export function isoDuration(seconds: number): string {
  return `PT${Math.round(Math.max(0, seconds) * 100) / 100}S`;
}

/** A wait in one unit, coarse enough not to flicker: `5 sec`, `20 sec`, `3 min`, `2 hr`. */
export function roughly(milliseconds: number, locale: string): string {
  const seconds = Math.max(1, milliseconds / 1000);
  if (seconds < 10) return unit(Math.ceil(seconds), 'second', locale);
  if (seconds < 55) return unit(Math.ceil(seconds / 5) * 5, 'second', locale);
  if (seconds < 55 * 60) return unit(Math.round(seconds / 60), 'minute', locale);
  return unit(Math.max(1, Math.round(seconds / 360) / 10), 'hour', locale);
}

/** Making one takes longer than a row of a list. */
const dates = new Map<string, Intl.DateTimeFormat>();

/** `Apr 3, 2026, 12:00 PM`, of epoch milliseconds. */
export function dateAndTime(moment: number, locale: string): string {
  const format =
    dates.get(locale) ?? new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  dates.set(locale, format);
  return format.format(moment);
}

/** Decimal megabytes, as download dialogs show them: `0.4 MB`, `77 MB`, `1.6 GB`. */
export function bytes(count: number, locale: string): string {
  const megabytes = count / 1e6;
  if (megabytes >= 1000) return unit(Math.round(megabytes / 100) / 10, 'gigabyte', locale);
  return unit(megabytes < 10 ? Math.round(megabytes * 10) / 10 : Math.round(megabytes), 'megabyte', locale);
}

/** A factor of real time: `0.4`, `3.2`, `48`. */
export function factor(speed: number, locale: string): string {
  const digits = speed < 10 ? 1 : 0;
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(speed);
}

/** Whole percent, never 100 before everything is there; undefined when the whole is unknown. */
export function percent(done: number, total: number | undefined): number | undefined {
  if (total === undefined || !(total > 0)) return undefined;
  if (done >= total) return 100;
  return Math.min(99, Math.max(0, Math.floor((done / total) * 100)));
}

/** A probability as whole percent, never certain: `93%`. */
export function share(probability: number, locale: string): string {
  const bounded = Math.min(0.99, Math.max(0, probability));
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(bounded);
}

const QUIETEST_DB = -60;
const LOUDEST_DB = -6;

/** RMS in [0, 1] to the length of a meter in [0, 1]: linear in decibels, as loudness is heard. */
export function meterLength(rms: number): number {
  if (!(rms > 0)) return 0;
  const decibels = 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, (decibels - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)));
}

function unit(value: number, name: string, locale: string): string {
  const text = new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(
    value,
  );
  return text.replaceAll(' ', '\u00a0');
}
