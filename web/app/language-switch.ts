import { html } from 'lit';
import { chooseLocale, currentLocale, LOCALE_NAMES, LOCALES, pickLocale } from './locale.ts';
import { pageWords } from './words/page.ts';

/** The language of the page, chosen by hand. */
export const languageSwitch = () => html`<select
  class="field language"
  aria-label=${pageWords.language()}
  @change=${(event: Event & { target: HTMLSelectElement }) => {
    void chooseLocale(pickLocale([event.target.value]));
  }}
>
  ${LOCALES.map(
    (locale) => html`<option value=${locale} lang=${locale} .selected=${locale === currentLocale()}>
      ${LOCALE_NAMES[locale]}
    </option>`,
  )}
</select>`;
