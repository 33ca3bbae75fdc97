/** What the speakers are called; remembered between visits. */
import { recall, remember } from '../preferences.ts';
import { captionWords } from '../words/captions.ts';
import type { Names } from './caption-list.ts';
import type { Side } from './sound.ts';

/** As they were typed; '' where nothing was. */
export type TypedNames = Readonly<Record<Side, string>>;

const LONGEST = 60;

export function typedNamesFrom(value: unknown): TypedNames {
  const given: Readonly<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {};
  const name = (side: Side): string => {
    const typed = given[side];
    return typeof typed === 'string' ? typed.trim().slice(0, LONGEST) : '';
  };
  return { you: name('you'), others: name('others') };
}

export function recallNames(): TypedNames {
  try {
    return typedNamesFrom(JSON.parse(recall('speakers') ?? 'null'));
  } catch {
    return typedNamesFrom(undefined); // what was stored is no JSON
  }
}

export const rememberNames = (names: TypedNames): void => remember('speakers', JSON.stringify(names));

/** Where nothing was typed, the page's own words. */
export const namesOf = ({ you, others }: TypedNames): Names => ({
  you: you === '' ? captionWords.you() : you,
  others: others === '' ? captionWords.others() : others,
});
