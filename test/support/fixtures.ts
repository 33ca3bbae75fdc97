import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface FixtureSentence {
  readonly text: string;
  /** seconds */
  readonly start: number;
  readonly end: number;
}

export interface Fixture {
  readonly path: string;
  /** none where each channel has its own */
  readonly text?: string;
  readonly group: 'seen' | 'open' | 'unseen' | 'other';
  readonly duration: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly modelWer?: number;
  readonly sentences?: readonly FixtureSentence[];
  readonly words?: readonly { readonly text: string; readonly start: number }[];
}

const folder = join(import.meta.dirname, '../fixtures/audio');

export const FIXTURES: readonly Fixture[] = JSON.parse(
  readFileSync(join(folder, 'manifest.json'), 'utf8'),
).files;

export const fixturePath = (name: string): string => join(folder, name);

/** The manifest's entry; throws when there is none. */
export function fixture(name: string): Fixture {
  const found = FIXTURES.find(({ path }) => path === name);
  if (found === undefined) throw new Error(`no fixture ${name}`);
  return found;
}

/** Fixtures that the demo model was made for: their text is known, and its word error rate is low. */
export const SEEN = FIXTURES.filter(({ group }) => group === 'seen');
