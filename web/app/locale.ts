import { configureLocalization } from '@lit/localize';
import { recall, remember } from './preferences.ts';
import { pageWords } from './words/page.ts';

export const LOCALES = ['en', 'zh-Hans'] as const;

export type Locale = (typeof LOCALES)[number];

/** Each language by its own name. */
export const LOCALE_NAMES: Readonly<Record<Locale, string>> = { en: 'English', 'zh-Hans': '简体中文' };

let configured: ReturnType<typeof configureLocalization> | undefined;

function localization() {
  configured ??= configureLocalization({
    sourceLocale: 'en',
    targetLocales: ['zh-Hans'],
    loadLocale: () => import('../locales/zh-Hans.ts'),
  });
  return configured;
}

export function currentLocale(): Locale {
  return pickLocale([localization().getLocale()]);
}

/** The first of the wanted languages that the page has; English when it has none. Any Chinese counts as Chinese. */
export function pickLocale(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0];
    if (language === 'zh') return 'zh-Hans';
    if (language === 'en') return 'en';
  }
  return 'en';
}

/** The language chosen on an earlier visit, else the browser's. */
export function preferredLocale(): Locale {
  const chosen = recall('locale');
  return pickLocale(chosen === undefined ? navigator.languages : [chosen]);
}

/** Shows the page in a language; when its texts cannot be loaded the page stays as it is. */
export async function showLocale(locale: Locale): Promise<void> {
  try {
    await localization().setLocale(locale);
  } catch (thrown) {
    console.warn('The texts of this language could not be loaded.', thrown);
  }
  document.documentElement.lang = currentLocale();
  document.title = pageWords.title();
}

export async function chooseLocale(locale: Locale): Promise<void> {
  await showLocale(locale);
  if (currentLocale() === locale) remember('locale', locale);
}
