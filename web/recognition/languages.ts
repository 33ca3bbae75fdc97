/** BCP 47 tags and the languages of a model. */
import type { ModelEntry } from '../../shared/asr/catalogue.ts';

/** The language subtag; undefined for what is no tag. */
export function languageOf(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).language;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What the model reads it as; undefined where it cannot. */
export function languageFor(entry: Pick<ModelEntry, 'languages'>, tag: string): string | undefined {
  const language = languageOf(tag);
  return language !== undefined && entry.languages.includes(language) ? language : undefined;
}
