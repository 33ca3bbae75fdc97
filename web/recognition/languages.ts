/** BCP 47 tags and the languages of a model. */
import type { ModelEntry } from '../../shared/asr/catalogue.ts';

/** Other subtags for what models know under an older or a wider one. */
const ALSO: Readonly<Record<string, string>> = { nb: 'no', fil: 'tl', jv: 'jw' };

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
  if (language === undefined) return undefined;
  return [language, ALSO[language]].find((one) => one !== undefined && entry.languages.includes(one));
}
