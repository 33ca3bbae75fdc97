/** What the page uses of a browser, and which of it matters so much that its lack is said at once. Pure. */

export const FEATURES = [
  'microphone',
  'files',
  'store',
  'webgpu',
  'threads',
  'offline',
  'tabs',
  'tabSound',
  'window',
  'share',
] as const;

export type Feature = (typeof FEATURES)[number];

/** `partly`: of the files' codecs some are missing */
export type Has = 'yes' | 'partly' | 'no';

export interface Browser {
  readonly has: Readonly<Record<Feature, Has>>;
  /** names of codecs that cannot be read here */
  readonly codecs: readonly string[];
}

const IMPORTANT: readonly Feature[] = ['microphone', 'files', 'store'];

export const importantlyMissing = ({ has }: Pick<Browser, 'has'>): Feature[] =>
  IMPORTANT.filter((feature) => has[feature] === 'no');
