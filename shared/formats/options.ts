/** How a transcript is to be written down, as data. */

export type Times = 'none' | 'line' | 'paragraph';

export interface OutputOptions {
  /** columns a line of a cue; a Chinese, Japanese or Korean character takes two */
  readonly lineLength: number;
  readonly cueLines: number;
  /** 0: as many as fit */
  readonly cueWords: number;
  readonly cueSeconds: number;
  readonly speakers: 'shown' | 'hidden';
  /** in running text: TXT, Markdown, DOCX */
  readonly times: Times;
}

export type NumberOption = 'lineLength' | 'cueLines' | 'cueWords' | 'cueSeconds';

/** Whole numbers. The defaults are what broadcasters ask of subtitles: two lines of 42, seven seconds. */
export const NUMBER_OPTIONS: Readonly<
  Record<NumberOption, { readonly standard: number; readonly least: number; readonly most: number }>
> = {
  lineLength: { standard: 42, least: 16, most: 120 },
  cueLines: { standard: 2, least: 1, most: 4 },
  cueWords: { standard: 0, least: 0, most: 50 },
  cueSeconds: { standard: 7, least: 1, most: 30 },
};

export const NUMBER_OPTION_NAMES = Object.keys(NUMBER_OPTIONS) as readonly NumberOption[];

export const TIMES: readonly Times[] = ['none', 'line', 'paragraph'];

/** The nearest number that is allowed; the standard one where it is none. */
export function allowed(name: NumberOption, value: unknown): number {
  const { standard, least, most } = NUMBER_OPTIONS[name];
  if (typeof value !== 'number' || !Number.isFinite(value)) return standard;
  return Math.min(most, Math.max(least, Math.round(value)));
}

/** Options out of anything, such as what an older version stored: what is missing or wrong is the standard. */
export function optionsFrom(value: unknown): OutputOptions {
  const given: Readonly<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {};
  return {
    lineLength: allowed('lineLength', given.lineLength),
    cueLines: allowed('cueLines', given.cueLines),
    cueWords: allowed('cueWords', given.cueWords),
    cueSeconds: allowed('cueSeconds', given.cueSeconds),
    speakers: given.speakers === 'hidden' ? 'hidden' : 'shown',
    times: TIMES.find((times) => times === given.times) ?? 'none',
  };
}

export const STANDARD_OPTIONS: OutputOptions = optionsFrom(undefined);
