import { css, html } from 'lit';
import { SottoElement } from '../element.ts';
import { languageSwitch } from '../language-switch.ts';
import { base, controls } from '../styles.ts';
import { settingsWords } from '../words/settings.ts';
import { sectionStyles } from './settings-styles.ts';
import { chooseTheme, currentTheme, THEMES, type Theme } from './theme.ts';

const NAMES: Readonly<Record<Theme, () => string>> = {
  system: settingsWords.system,
  light: settingsWords.light,
  dark: settingsWords.dark,
};

/** Light or dark, and the language of the page. */
export class LooksSection extends SottoElement {
  static override styles = [
    base,
    controls,
    sectionStyles,
    css`
      fieldset {
        margin: 0.75rem 0 0;
        padding: 0;
        border: 0;
      }
      legend,
      .title {
        padding: 0;
        margin-block-end: 0.35rem;
        font-size: 0.875rem;
        font-weight: 550;
      }
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1.5rem;
      }
      .language {
        max-inline-size: 16rem;
      }
    `,
  ];

  override render() {
    const chosen = currentTheme();
    return html`<section class="card section" aria-labelledby="title">
      <h2 id="title" tabindex="-1">${settingsWords.looks()}</h2>
      <fieldset>
        <legend>${settingsWords.theme()}</legend>
        <div class="choices">
          ${THEMES.map(
            (theme) => html`<label class="check">
              <input
                type="radio"
                name="theme"
                value=${theme}
                .checked=${theme === chosen}
                @change=${() => {
                  chooseTheme(theme);
                  this.requestUpdate();
                }}
              />
              ${NAMES[theme]()}
            </label>`,
          )}
        </div>
      </fieldset>
      <div class="block">
        <p class="title" aria-hidden="true">${settingsWords.language()}</p>
        ${languageSwitch()}
      </div>
    </section>`;
  }
}
