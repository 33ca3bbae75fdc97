/** How captions look, and where. */
import { html } from 'lit';
import { captionWords } from '../words/captions.ts';
import { type Look, SCHEMES, type Scheme, SIZES } from './look.ts';

const SCHEME_NAMES: Readonly<Record<Scheme, () => string>> = {
  page: captionWords.page,
  'white-on-black': captionWords.whiteOnBlack,
  'black-on-white': captionWords.blackOnWhite,
  'yellow-on-black': captionWords.yellowOnBlack,
};

export const lookPart = (look: Look, onLook: (look: Look) => void) => html`<fieldset class="look">
  <legend class="visually-hidden">${captionWords.look()}</legend>
  <div class="size">
    <label for="size">${captionWords.size()}</label>
    <input
      id="size"
      type="range"
      min="0"
      max=${SIZES.length - 1}
      step="1"
      .value=${String(look.size)}
      aria-valuetext=${captionWords.sizeOf(look.size + 1, SIZES.length)}
      @input=${(event: Event & { target: HTMLInputElement }) => onLook({ ...look, size: event.target.valueAsNumber })}
    />
  </div>
  <div class="scheme">
    <label for="scheme">${captionWords.scheme()}</label>
    <select
      id="scheme"
      class="field"
      @change=${(event: Event & { target: HTMLSelectElement }) =>
        onLook({ ...look, scheme: SCHEMES.find((one) => one === event.target.value) ?? 'page' })}
    >
      ${SCHEMES.map(
        (scheme) => html`<option value=${scheme} .selected=${scheme === look.scheme}>
          ${SCHEME_NAMES[scheme]()}
        </option>`,
      )}
    </select>
  </div>
  <label class="check">
    <input
      type="checkbox"
      .checked=${look.readAloud === 'on'}
      @change=${(event: Event & { target: HTMLInputElement }) =>
        onLook({ ...look, readAloud: event.target.checked ? 'on' : 'off' })}
    />
    ${captionWords.readAloud()}
  </label>
</fieldset>`;
